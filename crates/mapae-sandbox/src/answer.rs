//! An answer on its way, right or wrong in any of its parts (OpenID4VP 1.0 §8.2, §8.3.1).
//!
//! `mapae-oid4vp` makes right answers and no others, so this writes the message itself.

use std::collections::BTreeMap;

use mapae_jose::{JweEncrypter, Jwk, Object, Value, base64url, json};
use mapae_oid4vp::{HttpRequest, Method, Presentation, Request, ResponseKey};
use mapae_types::{Entropy, form::FormWriter};

use crate::SandboxError;

/// The parts of an answer.
pub(crate) struct Answer {
    pub(crate) presentations: BTreeMap<String, Vec<Presentation>>,
    pub(crate) state: Option<String>,
    /// To whom it is encrypted, unless it is not.
    pub(crate) key: Option<Jwk>,
}

impl Answer {
    /// With the request's own state and key.
    pub(crate) fn to(request: &Request, presentations: BTreeMap<String, Vec<Presentation>>) -> Self {
        let key = request.response_key().map(|key| key.jwk().clone());
        Self { presentations, state: request.state().map(str::to_owned), key }
    }

    /// The message, to the request's own address.
    pub(crate) fn send(mut self, request: &Request, entropy: &mut dyn Entropy) -> Result<HttpRequest, SandboxError> {
        let mut token = Object::new();
        for (id, all) in core::mem::take(&mut self.presentations) {
            token.insert(id, all.into_iter().map(value).collect());
        }
        let token = Value::Object(token);
        let form = match (&self.key, request.response_key()) {
            (Some(key), Some(asked)) => self.encrypted(token, key, asked, entropy)?,
            _ => FormWriter::new().add("vp_token", &token.to_string()).add_some("state", self.state.as_deref()),
        };
        Ok(HttpRequest {
            method: Method::Post,
            url: request.response_uri().to_owned(),
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: form.finish().into_bytes(),
        })
    }

    fn encrypted(
        &self,
        token: Value,
        key: &Jwk,
        asked: &ResponseKey,
        entropy: &mut dyn Entropy,
    ) -> Result<FormWriter, SandboxError> {
        let mut parameters = json::object([("vp_token", token)]);
        parameters.extend(self.state.iter().map(|state| ("state".to_owned(), state.as_str().into())));
        let encrypter = JweEncrypter::new(key, asked.enc())?.kid(asked.kid().unwrap_or_default());
        Ok(FormWriter::new().add("response", &encrypter.encrypt(&json::to_vec(&parameters), entropy)?))
    }
}

fn value(presentation: Presentation) -> Value {
    match presentation {
        Presentation::DeviceResponse(bytes) => base64url::encode(bytes).into(),
        Presentation::SdJwt(text) => text.into(),
        _ => Value::Null,
    }
}
