//! A request as a relying party sends it: the parameters of an OpenID4VP 1.0 authorization request.
//!
//! Ours are not signed, hence their client id carries the prefix `redirect_uri:` (OpenID4VP 1.0 §5.9.3), under which
//! the client id is the place to which the answer goes. Requests of others are read with any prefix.

use mapae_crypto::sha256;
use mapae_dcql::DcqlQuery;
use mapae_jose::{Jwk, Object, Value, base64url, json};
use mapae_mdoc::SessionTranscript;
use mapae_types::{Duration, Timestamp};
use mapae_verify::{Binding, Policy};

use crate::RequestError;

/// A request, as far as an answer depends on it.
#[derive(Debug, Clone)]
pub struct Request {
    client_id: String,
    nonce: String,
    response_uri: String,
    query: DcqlQuery,
    purpose: Option<String>,
    issued_at: Option<Timestamp>,
    encryption_key: Option<Jwk>,
}

impl Request {
    /// Reads the JSON of a request.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        let object = json::parse_object(bytes)?;
        let query = object.get("dcql_query").ok_or(RequestError::Missing { member: "dcql_query" })?;
        let issued_at = object.get("iat").and_then(Value::as_i64).map(Timestamp::from_unix).transpose()?;
        Ok(Self {
            client_id: client_id(&object)?,
            nonce: text(&object, "nonce")?,
            response_uri: text(&object, "response_uri").or_else(|_| text(&object, "redirect_uri"))?,
            query: DcqlQuery::from_json(query)?,
            purpose: text(&object, "purpose").ok(),
            issued_at,
            encryption_key: encryption_key(&object)?,
        })
    }

    /// Who asks.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Fresh for each request.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What is asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Why, in the words that the citizen reads, if it says so.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// When it was made, if it says so.
    pub const fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// What both parties bind an mdoc to (OpenID4VP 1.0 Annex B.2.6.1).
    pub fn transcript(&self) -> SessionTranscript {
        let thumbprint = self.encryption_key.as_ref().map(Jwk::thumbprint);
        SessionTranscript::openid4vp(&self.client_id, &self.nonce, thumbprint.as_ref(), &self.response_uri)
    }

    /// A short name for it, to see that two parties speak of the same request.
    pub fn fingerprint(&self) -> String {
        base64url::encode(&sha256(self.transcript().as_bytes())[..6])
    }

    /// What an answer is checked against.
    pub fn binding(&self) -> Binding<'_> {
        Binding::new(self.transcript(), &self.client_id, &self.nonce)
    }

    /// What the relying party accepts at `now`. A request says when it was made; an answer cannot be older.
    pub fn policy(&self, now: Timestamp) -> Policy<'_> {
        let policy = Policy::default().asking(&self.query);
        let Some(issued_at) = self.issued_at else { return policy };
        let since = issued_at.age_at(now).max(Duration::default()).as_seconds();
        let with_skew = since.saturating_add(policy.clock_skew.as_seconds());
        policy.presented_within(Duration::seconds(with_skew))
    }
}

/// OpenID4VP 1.0 §5.9.3: a wallet must not accept `origin:`, which only the browser may set.
fn client_id(object: &Object) -> Result<String, RequestError> {
    let client_id = text(object, "client_id")?;
    if client_id.starts_with("origin:") { Err(RequestError::OriginClaimed) } else { Ok(client_id) }
}

fn text(object: &Object, member: &'static str) -> Result<String, RequestError> {
    let value = object.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.map(str::to_owned).ok_or(RequestError::Missing { member })
}

/// OpenID4VP 1.0 §8.3: the key, among those of the client's metadata, that answers are encrypted to.
fn encryption_key(object: &Object) -> Result<Option<Jwk>, RequestError> {
    let encrypted =
        object.get("response_mode").and_then(Value::as_str).is_some_and(|mode| mode.strip_suffix(".jwt").is_some());
    if !encrypted {
        return Ok(None);
    }
    let keys = object.get("client_metadata").and_then(|metadata| metadata.pointer("/jwks/keys"));
    let usable = |key: &&Value| key.get("use").is_none_or(|purpose| purpose == "enc");
    let key = keys.and_then(Value::as_array).and_then(|keys| keys.iter().find(usable));
    Ok(Some(Jwk::from_value(key.ok_or(RequestError::EncryptionKeyMissing)?)?))
}
