//! Who may begin sessions: who shows a token whose hash the operator wrote down.

use axum::http::{HeaderMap, StatusCode, header};
use mapae_crypto::{constant_time_eq, sha256};
use mapae_http::Problem;

use crate::ApiKey;

/// The name of the key that was shown (RFC 6750 §2.1). All keys are compared, whichever it is.
pub(crate) fn owner<'k>(keys: &'k [ApiKey], headers: &HeaderMap) -> Option<&'k str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let hash = sha256(given.trim().as_bytes());
    keys.iter().fold(None, |found, key| if constant_time_eq(&key.sha256, &hash) { Some(&*key.name) } else { found })
}

pub(crate) fn not_authorised() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "not_authorised", "The API key is missing or wrong")
}
