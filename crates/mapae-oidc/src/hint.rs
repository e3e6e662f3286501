//! An `id_token` of ours that comes back as a hint (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).

use std::sync::Arc;

use mapae_jose::{Jws, Value};

use crate::{Client, LoginId, Provider, id_token::TYP};

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
        let jws = Jws::parse(text).map_err(|_| NotOurs)?;
        let key = jws.header().kid().and_then(|kid| self.keys().signed_by(kid)).cloned().ok_or(NotOurs)?;
        if jws.header().typ() != Some(TYP) {
            return Err(NotOurs);
        }
        let verified = jws.verify(&key).map_err(|_| NotOurs)?;
        let claims = verified.payload_object().map_err(|_| NotOurs)?;
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
