//! An SD-JWT VC with 12 claims, 5 of them disclosed, and a key binding, shown to a verifier that knows the signer. Once
//! the portrait is among the five, once not.

use anyhow::Result;
use mapae_dcql::DcqlQuery;
use mapae_sd_jwt::{KeyBindingExpectation, SdJwtPresentation};
use mapae_types::Duration;
use mapae_verify::{Binding, Policy, verify};

use super::{
    mdoc::transcript,
    sd_jwt::{Presented, WITH_PORTRAIT, WITHOUT_PORTRAIT, present, query},
};
use crate::{
    harness::Operation,
    limit::sha256_all,
    scene::{CLIENT_ID, NONCE, Scene, Seeded},
};

const LIMIT: &str = "2 verifications, 6 digests";
const TARGET: f64 = 1.08;

pub(super) fn with_trust(scene: &Scene) -> Result<Operation<'_>> {
    trusting("sd-jwt-verify", scene, &WITHOUT_PORTRAIT)
}

pub(super) fn with_trust_and_portrait(scene: &Scene) -> Result<Operation<'_>> {
    trusting("sd-jwt-verify-portrait", scene, &WITH_PORTRAIT)
}

pub(super) fn alone(scene: &Scene) -> Result<Operation<'_>> {
    by_itself("sd-jwt-verify-alone", scene, &WITHOUT_PORTRAIT)
}

pub(super) fn alone_with_portrait(scene: &Scene) -> Result<Operation<'_>> {
    by_itself("sd-jwt-alone-portrait", scene, &WITH_PORTRAIT)
}

/// All that a relying party needs: bundle, chain, status and query too. The transcript is what an mdoc would answer.
fn trusting<'s>(name: &'static str, scene: &'s Scene, claims: &[&str]) -> Result<Operation<'s>> {
    let presented = present(scene, claims, &mut Seeded::new(12))?;
    let text = presented.text.clone();
    let (store, query) = (scene.trust_store()?, DcqlQuery::from_json(&query(scene, claims))?);
    let binding = Binding::new(transcript(), CLIENT_ID, NONCE);
    let ours = move || Ok(verify(text.as_bytes(), &binding, &store, scene.now, &Policy::default().asking(&query))?);
    Ok(Operation::new(name, LIMIT, ours, move || limit(&presented)).at_most(TARGET))
}

/// The credential alone, by a signer that the caller trusts.
fn by_itself<'s>(name: &'static str, scene: &'s Scene, claims: &[&str]) -> Result<Operation<'s>> {
    let presented = present(scene, claims, &mut Seeded::new(12))?;
    let text = presented.text.clone();
    let expected = KeyBindingExpectation {
        audience: CLIENT_ID,
        nonce: NONCE,
        now: scene.now,
        max_age: Duration::seconds(300),
        skew: Duration::seconds(60),
    };
    let ours = move || {
        let authentic = SdJwtPresentation::parse(&text)?.verify_issuer(scene.authority.sd_jwt.key.public())?;
        Ok(authentic.process()?.verify_holder(&expected)?)
    };
    Ok(Operation::new(name, LIMIT, ours, move || limit(&presented)).at_most(TARGET))
}

fn limit(presented: &Presented) -> Result<u32> {
    presented.issuer.verify()?;
    presented.holder.verify()?;
    Ok(sha256_all(&presented.hashed))
}
