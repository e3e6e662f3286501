//! What a presentation answers: the values of an `OpenID4VP` 1.0 request, and the session transcript made of them.

use anyhow::Result;
use ciborium::Value;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::cbor;

/// The part of a request that binds an answer.
#[derive(Clone, Debug)]
pub struct Request {
    /// `client_id`, with its prefix; also the audience of a key-binding JWT.
    pub client_id: String,
    /// `nonce`.
    pub nonce: String,
    /// `response_uri`.
    pub response_uri: String,
}

impl Request {
    /// A request of a verifier that does not encrypt answers.
    pub fn sample() -> Self {
        Self {
            client_id: "redirect_uri:https://verifier.example/response".into(),
            nonce: "bm9uY2Ugb2YgdGhlIGludGVyb3AgdGVzdA".into(),
            response_uri: "https://verifier.example/response".into(),
        }
    }

    /// The request that `mapae request` wrote.
    pub fn from_json(request: &Json) -> Result<Self> {
        let field = |name: &str| {
            request[name].as_str().map(str::to_owned).ok_or_else(|| anyhow::anyhow!("the request lacks {name}"))
        };
        Ok(Self { client_id: field("client_id")?, nonce: field("nonce")?, response_uri: field("response_uri")? })
    }

    /// The same request in another session.
    pub fn with_nonce(&self, nonce: &str) -> Self {
        Self { nonce: nonce.into(), ..self.clone() }
    }

    /// `SessionTranscript`, `OpenID4VP` 1.0 Annex B.2.6.1, without the tag 24 that wraps it in `DeviceAuthentication`'s siblings.
    pub fn transcript(&self) -> Result<Vec<u8>> {
        let info = Value::Array(vec![
            Value::from(self.client_id.as_str()),
            Value::from(self.nonce.as_str()),
            Value::Null, // no encryption key is named, so no thumbprint
            Value::from(self.response_uri.as_str()),
        ]);
        let hash = Sha256::digest(cbor::encode(&info)?);
        let handover = Value::Array(vec![Value::from("OpenID4VPHandover"), Value::Bytes(hash.to_vec())]);
        cbor::encode(&Value::Array(vec![Value::Null, Value::Null, handover]))
    }
}
