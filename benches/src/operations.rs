//! What is measured.

mod bundle;
mod cold_chain;
mod keys;
mod log_proof;
mod mdoc;
mod mdoc_issue;
mod mdoc_verify;
mod sd_jwt;
mod sd_jwt_issue;
mod sd_jwt_verify;
mod status_token;

use anyhow::Result;
use serde_json::json;

use crate::{
    harness::Operation,
    scene::{CLIENT_ID, NONCE, RESPONSE_URI, Scene, Seeded},
};

/// Every operation, those with a target first.
pub fn all(scene: &Scene) -> Result<Vec<Operation<'_>>> {
    Ok(vec![
        mdoc_verify::with_trust(scene)?,
        mdoc_verify::alone(scene)?,
        mdoc_issue::operation(scene)?,
        sd_jwt_verify::with_trust(scene)?,
        sd_jwt_verify::with_trust_and_portrait(scene)?,
        sd_jwt_verify::alone(scene)?,
        sd_jwt_verify::alone_with_portrait(scene)?,
        sd_jwt_issue::operation(scene)?,
        status_token::operation(scene)?,
        log_proof::two_of_three(scene)?,
        log_proof::five_of_nine(scene)?,
        log_proof::five_of_nine_by_all(scene)?,
        cold_chain::operation(scene)?,
        bundle::operation(scene)?,
        keys::operation(),
    ])
}

/// The licence presented as mdoc, and the request that it answers, as files of a verifier.
pub fn presentation(scene: &Scene) -> Result<(Vec<u8>, serde_json::Value)> {
    let request = json!({
        "client_id": CLIENT_ID,
        "nonce": NONCE,
        "response_uri": RESPONSE_URI,
        "dcql_query": mdoc::query(scene),
    });
    Ok((mdoc::present(scene, &mut Seeded::new(6))?.bytes, request))
}
