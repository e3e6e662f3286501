//! The rest of what a verifier reads and writes.

use mapae_dcql::TrustedAuthority;
use mapae_jose::{Object, base64url, json};
use mapae_x509::Certificate;

use super::ResponseFault;
use crate::{form::Form, members::MAX_ID};

/// Bytes of a wallet's metadata and nonce at most.
const MAX_FORM: usize = 64 << 10;

/// The body of the answer to an answer (§8.2): where the person goes on, if anywhere. `application/json`, never to be cached.
pub fn accepted(redirect_uri: Option<&str>) -> Vec<u8> {
    json::to_vec(&redirect_uri.map(|uri| ("redirect_uri".to_owned(), uri.into())).into_iter().collect::<Object>())
}

/// The body of the answer to what was not taken, with status 400 and as `application/json`: the wallet is told that its answer
/// was wrong by a code of RFC 6749 §4.1.2.1, and its maker what was. A [refusal](ResponseFault::is_refusal) was taken, and is
/// [answered](accepted) as any answer is.
pub fn rejected(fault: &ResponseFault) -> Vec<u8> {
    let description = format!("{}: OpenID4VP 1.0 {}", fault.code(), fault.clause());
    json::to_vec(&json::object([("error", "invalid_request".into()), ("error_description", description.into())]))
}

/// Wants credentials below one of these roots, by their key identifiers (§6.1.1.1); `None` if none of them has one. That
/// wallets heed it is no check: that is the verifier's, of what comes (§6.1.1).
pub fn certified_by<'c>(roots: impl IntoIterator<Item = &'c Certificate>) -> Option<TrustedAuthority> {
    let ids = roots.into_iter().filter_map(Certificate::subject_key_id).map(base64url::encode);
    TrustedAuthority::new("aki", ids.collect()).ok()
}

/// The nonce that a wallet sends along as it fetches a request object by post (§5.10); its metadata are not used.
pub fn wallet_nonce(body: &[u8]) -> Result<Option<String>, ResponseFault> {
    let text = core::str::from_utf8(body).ok().filter(|text| text.len() <= MAX_FORM);
    let form = Form::parse(text.ok_or(ResponseFault::FormMalformed)?).map_err(|_| ResponseFault::FormMalformed)?;
    match form.get("wallet_nonce") {
        Some(nonce) if nonce.len() > MAX_ID => Err(ResponseFault::FormMalformed),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}
