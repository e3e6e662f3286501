//! The rest of what a verifier reads and writes.

use mapae_jose::{Object, json};

use super::ResponseFault;
use crate::{form::Form, members::MAX_ID};

/// Bytes of a wallet's metadata and nonce at most.
const MAX_FORM: usize = 64 << 10;

/// The body of the answer to an answer (§8.2): where the person goes on, if anywhere. `application/json`, never to be cached.
pub fn accepted(redirect_uri: Option<&str>) -> Vec<u8> {
    json::to_vec(&redirect_uri.map(|uri| ("redirect_uri".to_owned(), uri.into())).into_iter().collect::<Object>())
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
