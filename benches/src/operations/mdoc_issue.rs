//! One copy of a driving licence with 27 elements, from typed values to the finished bytes, salts included.

use anyhow::{Context as _, Result};
use mapae_cose::cbor::Value;

use super::mdoc::{items, prepare};
use crate::{
    harness::Operation,
    limit::sha256_all,
    scene::{Scene, Seeded},
};

pub(super) fn operation(scene: &Scene) -> Result<Operation<'_>> {
    let signer = &scene.authority.document;
    let unsigned = prepare(scene, &mut Seeded::new(11))?;
    let message = unsigned.to_be_signed().to_vec();
    let issued = unsigned.attach(&signer.key.sign(&message)?);
    let items = items(&Value::from_cbor(&issued)?).context("an issued document has items")?;
    let mut entropy = Seeded::new(11);
    let ours = move || {
        let unsigned = prepare(scene, &mut entropy)?;
        let signature = signer.key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    };
    let limit = move || {
        let signature = signer.limit.sign(&message)?;
        Ok((signature, sha256_all(&items)))
    };
    Ok(Operation::new("mdoc-issue", "1 signature, 26 digests", ours, limit).at_most(1.30))
}
