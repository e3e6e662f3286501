//! A driving licence shown to a verifier that has seen another one of the same signer: 27 elements issued, 6 disclosed.

use anyhow::{Context as _, Result, ensure};
use mapae_dcql::DcqlQuery;
use mapae_mdoc::DeviceResponse;
use mapae_verify::{Binding, Policy, verify};

use super::mdoc::{Presented, present, query, transcript};
use crate::{
    harness::Operation,
    limit::sha256_all,
    scene::{CLIENT_ID, NONCE, Scene, Seeded},
};

const LIMIT: &str = "2 verifications, 7 digests";
const TARGET: f64 = 1.10;

/// All that a relying party needs: bundle, chain, status and query too.
pub(super) fn with_trust(scene: &Scene) -> Result<Operation<'_>> {
    let presented = present(scene, &mut Seeded::new(10))?;
    let bytes = presented.bytes.clone();
    let (store, query) = (scene.trust_store()?, DcqlQuery::from_json(&query(scene))?);
    let ours = move || {
        let binding = Binding::new(transcript(), CLIENT_ID, NONCE);
        Ok(verify(&bytes, &binding, &store, scene.now, &Policy::default().asking(&query))?)
    };
    Ok(Operation::new("mdoc-verify", LIMIT, ours, move || limit(&presented)).at_most(TARGET))
}

/// The document alone, by a signer that the caller trusts.
pub(super) fn alone(scene: &Scene) -> Result<Operation<'_>> {
    let presented = present(scene, &mut Seeded::new(10))?;
    let bytes = presented.bytes.clone();
    let ours = move || {
        let response = DeviceResponse::parse(&bytes)?;
        let document = response.documents().first().context("a response has a document")?;
        let authentic = document.verify_issuer(scene.authority.document.key.public())?;
        let verified = authentic.valid_at(scene.now)?.verify_device(&transcript(), None)?;
        let disclosed = verified.elements().map(|element| element.raw_value().len()).sum::<usize>();
        ensure!(disclosed > 8_000, "the portrait is disclosed");
        Ok(disclosed)
    };
    Ok(Operation::new("mdoc-verify-alone", LIMIT, ours, move || limit(&presented)).at_most(TARGET))
}

fn limit(presented: &Presented) -> Result<u32> {
    presented.issuer.verify()?;
    presented.device.verify()?;
    Ok(sha256_all(&presented.hashed))
}
