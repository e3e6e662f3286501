//! A request as a relying party sends it: the parameters of an OpenID4VP 1.0 authorization request.
//!
//! Ours is not signed, hence its client id carries the prefix `redirect_uri:` (OpenID4VP 1.0 §5.9.3), under which the
//! client id is the place to which the answer goes. Requests of others are read with any prefix.

use std::path::Path;

use mapae_crypto::sha256;
use mapae_dcql::DcqlQuery;
use mapae_jose::{Jwk, Object, base64url, json};
use mapae_mdoc::SessionTranscript;
use mapae_types::Timestamp;
use serde_json::Value;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// A request, as far as an answer depends on it.
pub(crate) struct Request {
    pub(crate) client_id: String,
    pub(crate) nonce: String,
    pub(crate) response_uri: String,
    pub(crate) query: DcqlQuery,
    /// When it was made, if it says so.
    pub(crate) issued_at: Option<Timestamp>,
    encryption_key: Option<Jwk>,
}

impl Request {
    /// Reads `request.json`.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let name = || format!("the request {} cannot be used", path.display());
        let bytes = files::read(path).or_usage(name)?;
        let object = json::parse_object(&bytes).or_usage(name)?;
        Self::from_object(&object).map_err(|failure| match failure {
            Failure::Usage(error) | Failure::Failed(error) => Failure::Usage(error.context(name())),
        })
    }

    fn from_object(object: &Object) -> Outcome<Self> {
        let query = object.get("dcql_query").ok_or_else(|| Failure::usage("dcql_query is missing"))?;
        // OpenID4VP 1.0 §5.9.3: a wallet must not accept `origin:`, which only the browser may set.
        let client_id = text(object, "client_id")?;
        if client_id.starts_with("origin:") {
            return Err(Failure::usage("client_id must not start with origin:"));
        }
        let response_uri = text(object, "response_uri").or_else(|_| text(object, "redirect_uri"))?;
        let issued_at = object.get("iat").and_then(Value::as_i64).map(Timestamp::from_unix).transpose()?;
        Ok(Self {
            client_id,
            nonce: text(object, "nonce")?,
            response_uri,
            query: DcqlQuery::from_json(query)?,
            issued_at,
            encryption_key: encryption_key(object)?,
        })
    }

    /// What both parties bind an mdoc to (OpenID4VP 1.0 Annex B.2.6.1).
    pub(crate) fn transcript(&self) -> SessionTranscript {
        let thumbprint = self.encryption_key.as_ref().map(Jwk::thumbprint);
        SessionTranscript::openid4vp(&self.client_id, &self.nonce, thumbprint.as_ref(), &self.response_uri)
    }

    /// A short name for it, to see that two parties speak of the same request.
    pub(crate) fn fingerprint(&self) -> String {
        base64url::encode(&sha256(self.transcript().as_bytes())[..6])
    }
}

fn text(object: &Object, name: &str) -> Outcome<String> {
    let value = object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.map(str::to_owned).ok_or_else(|| Failure::usage(format!("{name} is missing or is not text")))
}

/// OpenID4VP 1.0 §8.3: the key, among those of the client's metadata, that answers are encrypted to.
fn encryption_key(object: &Object) -> Outcome<Option<Jwk>> {
    let encrypted =
        object.get("response_mode").and_then(Value::as_str).is_some_and(|mode| mode.strip_suffix(".jwt").is_some());
    let keys =
        object.get("client_metadata").and_then(|metadata| metadata.pointer("/jwks/keys")).and_then(Value::as_array);
    let usable = |key: &&Value| key.get("use").is_none_or(|purpose| purpose == "enc");
    match keys.and_then(|keys| keys.iter().find(usable)) {
        Some(key) if encrypted => Ok(Some(Jwk::from_value(key)?)),
        None if encrypted => Err(Failure::usage("an encrypted response is asked for without a key for it")),
        _ => Ok(None),
    }
}
