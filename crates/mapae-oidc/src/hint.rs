//! An `id_token` of ours that comes back as a hint (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).

use std::sync::Arc;

use mapae_jose::{Object, Value, base64url, json};

use crate::{Client, LoginId, Provider, id_token::TYP, keys::NamedKey};

/// Bytes of a token of ours at most: one with a portrait in it.
const MAX_LEN: usize = 512 << 10;

/// What a token of ours said, whenever that was.
pub(crate) struct Hint {
    pub(crate) client: Arc<Client>,
    pub(crate) subject: String,
    pub(crate) login: LoginId,
}

/// It is none of ours.
pub(crate) struct NotOurs;

impl Provider {
    /// Reads a hint. That it has expired is no fault: it says who somebody was, and gives nothing.
    pub(crate) fn hint(&self, text: &str) -> Result<Hint, NotOurs> {
        if text.len() > MAX_LEN {
            return Err(NotOurs);
        }
        let claims = claims(text, |kid| self.keys().signed_by(kid)).ok_or(NotOurs)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).ok_or(NotOurs);
        if text("iss")? != self.issuer().as_str() {
            return Err(NotOurs);
        }
        Ok(Hint {
            client: self.client(text("aud")?).cloned().ok_or(NotOurs)?,
            subject: text("sub")?.to_owned(),
            login: text("sid")?.parse().map_err(|_| NotOurs)?,
        })
    }
}

/// What a compact JWS (RFC 7515 §7.1) says that one of our keys signed, by its own algorithm (RFC 8725 §3.1).
fn claims<'k>(text: &str, key: impl FnOnce(&str) -> Option<&'k NamedKey>) -> Option<Object> {
    let (signing_input, signature) = text.rsplit_once('.')?;
    let (header, payload) = signing_input.split_once('.')?;
    let object = |part: &str| json::parse_object(&base64url::decode(part).ok()?).ok();
    let header = object(header)?;
    let says = |name: &str| header.get(name).and_then(Value::as_str);
    let key = key(says("kid")?)?;
    let ours = says("alg")? == key.algorithm().name() && says("typ")? == TYP && !header.contains_key("crit");
    let signed = ours && key.signed(signing_input.as_bytes(), &base64url::decode(signature).ok()?);
    object(payload).filter(|_| signed)
}
