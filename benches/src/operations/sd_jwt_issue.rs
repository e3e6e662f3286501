//! One copy of an SD-JWT VC with 12 claims, the portrait among them, from typed claims to the finished text.

use anyhow::{Context as _, Result};

use super::sd_jwt::{disclosures_of, issue, prepare};
use crate::{
    harness::Operation,
    limit::sha256_all,
    scene::{Scene, Seeded},
};

pub(super) fn operation(scene: &Scene) -> Result<Operation<'_>> {
    let signer = &scene.authority.sd_jwt;
    let claims = scene.holder.selective_claims()?;
    let unsigned = prepare(scene, &claims, &mut Seeded::new(13))?;
    let message = unsigned.to_be_signed().to_vec();
    let issued = unsigned.attach(&signer.key.sign(&message)?);
    let (_, disclosures) = issued.split_once('~').context("an SD-JWT has disclosures")?;
    let disclosures = disclosures_of(disclosures);
    let mut entropy = Seeded::new(13);
    let ours = move || issue(scene, &claims, &mut entropy);
    let limit = move || {
        let signature = signer.limit.sign(&message)?;
        Ok((signature, sha256_all(&disclosures)))
    };
    Ok(Operation::new("sd-jwt-issue", "1 signature, 12 digests", ours, limit).at_most(1.35))
}
