//! The provider's word on who signed in (OpenID Connect Core §2, §3.1.3.7).

use mapae_crypto::constant_time_eq;
use mapae_jose::{Object, Value, base64url, json};
use mapae_types::{Duration, PersonId, Timestamp};

use super::{
    error::IdTokenFault,
    keys::{KeySet, TokenAlgorithm},
};

/// Characters of an `id_token` at most.
const MAX_LEN: usize = 16 << 10;
/// How far two clocks may differ.
const SKEW: Duration = Duration::seconds(60);
/// How long ago it may have been issued: it comes straight from the provider.
const MAX_AGE: Duration = Duration::seconds(600);

/// What it must say.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) acr: Option<&'a str>,
    pub(super) person_claim: &'a str,
    pub(super) now: Timestamp,
}

/// Who signed in, if the token says so to us, now, for this sign-in.
pub(super) fn verify(text: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<PersonId, IdTokenFault> {
    let claims = signed(text, keys)?;
    check_parties(&claims, expected)?;
    check_times(&claims, expected.now)?;
    // §3.1.3.7 step 11: this browser's, not one that somebody slipped in.
    if !constant_time_eq(text_of(&claims, "nonce")?.as_bytes(), expected.nonce.as_bytes()) {
        return Err(IdTokenFault::Differs { name: "nonce" });
    }
    if expected.acr.is_some() && claims.get("acr").and_then(Value::as_str) != expected.acr {
        return Err(IdTokenFault::Differs { name: "acr" });
    }
    let person = claims.get(expected.person_claim).and_then(Value::as_str);
    person.and_then(|person| person.parse().ok()).ok_or(IdTokenFault::Person)
}

/// The claims of a token that a key of the provider signed.
fn signed(text: &str, keys: &KeySet) -> Result<Object, IdTokenFault> {
    if text.len() > MAX_LEN {
        return Err(IdTokenFault::Unreadable);
    }
    let (message, signature) = text.rsplit_once('.').ok_or(IdTokenFault::Unreadable)?;
    let (header, payload) = message.split_once('.').ok_or(IdTokenFault::Unreadable)?;
    let header = object(header)?;
    // RFC 7515 §4.1.11: no extension is understood here.
    if header.contains_key("crit") {
        return Err(IdTokenFault::Unreadable);
    }
    let algorithm = header.get("alg").and_then(Value::as_str).ok_or(IdTokenFault::Algorithm)?;
    let algorithm = TokenAlgorithm::from_jose(algorithm)?;
    let kid = header.get("kid").map(|kid| kid.as_str().ok_or(IdTokenFault::Unreadable)).transpose()?;
    let signature = base64url::decode(signature).map_err(|_| IdTokenFault::Unreadable)?;
    keys.verify(algorithm, kid, message.as_bytes(), &signature)?;
    object(payload)
}

fn object(part: &str) -> Result<Object, IdTokenFault> {
    let bytes = base64url::decode(part).map_err(|_| IdTokenFault::Unreadable)?;
    json::parse_object(&bytes).map_err(|_| IdTokenFault::Unreadable)
}

/// Steps 2 to 5. A token for others besides us would be good at theirs, and who knows them?
fn check_parties(claims: &Object, expected: &Expected<'_>) -> Result<(), IdTokenFault> {
    if text_of(claims, "iss")? != expected.issuer {
        return Err(IdTokenFault::Differs { name: "iss" });
    }
    let ours = |audience: &Value| audience.as_str() == Some(expected.client_id);
    let is_ours = match claims.get("aud").ok_or(IdTokenFault::Claim { name: "aud" })? {
        Value::Array(all) => !all.is_empty() && all.iter().all(ours),
        one => ours(one),
    };
    if !is_ours {
        return Err(IdTokenFault::Differs { name: "aud" });
    }
    if claims.get("azp").is_some_and(|azp| azp.as_str() != Some(expected.client_id)) {
        return Err(IdTokenFault::Differs { name: "azp" });
    }
    // §2: a subject, whichever claim is the person's id.
    text_of(claims, "sub").map(drop)
}

/// Steps 9 and 10.
fn check_times(claims: &Object, now: Timestamp) -> Result<(), IdTokenFault> {
    let expired = time_of(claims, "exp")?;
    if now > expired + SKEW {
        return Err(IdTokenFault::Expired { expired });
    }
    let issued_at = time_of(claims, "iat")?;
    if issued_at > now + SKEW || now > issued_at + MAX_AGE {
        return Err(IdTokenFault::IssuedAt { issued_at });
    }
    Ok(())
}

fn text_of<'o>(claims: &'o Object, name: &'static str) -> Result<&'o str, IdTokenFault> {
    claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or(IdTokenFault::Claim { name })
}

/// RFC 7519 §2 `NumericDate`, in whole seconds as all providers write it.
fn time_of(claims: &Object, name: &'static str) -> Result<Timestamp, IdTokenFault> {
    let seconds = claims.get(name).and_then(Value::as_i64);
    seconds.and_then(|seconds| Timestamp::from_unix(seconds).ok()).ok_or(IdTokenFault::Claim { name })
}
