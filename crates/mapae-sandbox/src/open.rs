//! Reading what a verifier asks.

use mapae_jose::{Object, base64url, json};
use mapae_oid4vp::{AwaitingRequest, HttpResponse, Request, RequestFault};
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;

/// The request, once it is authentic. A sample person shows and signs every kind of transaction, as no real wallet does.
pub fn open(
    awaiting: AwaitingRequest,
    response: &HttpResponse,
    registrars: &[TrustAnchor],
    now: Timestamp,
) -> Result<Request, RequestFault> {
    let kinds = kinds(&response.body).unwrap_or_default();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let object = awaiting.receive(response)?;
    Ok(object.authenticate_knowing(registrars, now, &kinds)?.into_request())
}

/// The kinds of transactions in a request object that nobody has authenticated yet.
fn kinds(jws: &[u8]) -> Option<Vec<String>> {
    let text = core::str::from_utf8(jws).ok()?;
    let claims = object(text.trim().split('.').nth(1)?)?;
    let all = claims.get("transaction_data")?.as_array()?;
    Some(all.iter().filter_map(|one| object(one.as_str()?)?.get("type")?.as_str().map(str::to_owned)).collect())
}

fn object(part: &str) -> Option<Object> {
    json::parse_object(&base64url::decode(part).ok()?).ok()
}
