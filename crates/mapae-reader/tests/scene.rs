//! A shop with a request, and a holder who answers it.

use mapae_reader::{Request, judge};
use mapae_types::Timestamp;
use mapae_verify::{NotVerified, Verified};
use serde_json::{Value, json};
use testkit::{Format, World, document, now};

/// The request of [`World::request`] as a file that asks for elements of the resident card.
pub(crate) fn request_json(world: &World) -> Value {
    let query =
        |format| testkit::Request::query(format, document("resident"), &["family_name", "age_over_19"]).to_json();
    let [mdoc, sd_jwt] = [Format::Mdoc, Format::SdJwt].map(query);
    let mut credentials = vec![mdoc["credentials"][0].clone(), sd_jwt["credentials"][0].clone()];
    for (credential, id) in credentials.iter_mut().zip(["mdoc", "sd-jwt"]) {
        credential["id"] = json!(id);
    }
    json!({
        "client_id": world.request.client_id,
        "nonce": world.request.nonce,
        "response_uri": world.request.response_uri,
        "response_mode": "direct_post",
        "iat": now().unix() - 60,
        "purpose": "open an account",
        "dcql_query": { "credentials": credentials, "credential_sets": [{ "options": [["mdoc"], ["sd-jwt"]] }] },
    })
}

/// The same, read.
pub(crate) fn request(world: &World) -> Request {
    Request::parse(request_json(world).to_string().as_bytes()).unwrap()
}

/// The verdict on an answer to it.
pub(crate) fn verdict(world: &World, shown: &[u8], at: Timestamp) -> Result<Verified, NotVerified> {
    let request = request(world);
    judge(shown, &request, &world.store(), at, &request.policy(at))
}
