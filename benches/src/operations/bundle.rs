//! A trust bundle with one root and one status list: read and verified, ready for questions.

use anyhow::Result;
use mapae_trust::Bundle;

use crate::{harness::Operation, limit::Signed, scene::Scene};

pub(super) fn operation(scene: &Scene) -> Result<Operation<'_>> {
    let key = &scene.bundle_key;
    let (point, signature) = (key.public().sec1().to_vec(), key.sign(&scene.bundle)?.as_bytes().to_vec());
    let signed = Signed { point, message: scene.bundle.clone(), signature };
    let ours = move || Ok(Bundle::parse(scene.bundle.as_slice())?.verify(scene.bundle_key.public())?);
    // The root's signature over itself, and the bundle's.
    let limit = move || signed.verify().and_then(|()| signed.verify());
    Ok(Operation::new("bundle", "2 verifications", ours, limit))
}
