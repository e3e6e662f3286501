//! Encrypted requests and answers (OpenID4VCI §10): JWE with ECDH-ES on P-256 and AES-GCM, never compressed.

use mapae_crypto::{Curve, SigningKey, aead::AeadAlgorithm};
use mapae_jose::{Jwe, JweEncrypter, Jwk, Object, Value};
use mapae_types::Entropy;

use crate::{
    CredentialFault, EncryptionFault, MessageFault, RequestEncryption, ResponseEncryptionSupport,
    members::{self, MAX_ID},
};

/// The one `alg` (HAIP 1.0 §5, RFC 7518 §4.6: direct key agreement).
const ALG: &str = "ECDH-ES";
/// The values of `enc`, which HAIP 1.0 §5 demands of verifiers and wallets.
const ENC: [AeadAlgorithm; 2] = [AeadAlgorithm::A128Gcm, AeadAlgorithm::A256Gcm];
/// Bytes of a body at most: a batch of proofs, each with its attestation, encrypted or not.
pub(crate) const MAX_BODY: usize = 256 << 10;

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
        if self.keys.is_empty() {
            return None;
        }
        let enc: Vec<String> = ENC.iter().map(|enc| enc.jose().to_owned()).collect();
        let keys: Vec<Value> =
            self.keys.iter().map(|key| jwk(key.key.public().clone(), Some(&key.kid)).into()).collect();
        let request = RequestEncryption {
            jwks: Object::from_iter([("keys".to_owned(), keys.into())]).into(),
            enc_values_supported: enc.clone(),
            encryption_required: self.request_required,
        };
        let alg_values_supported = vec![ALG.to_owned()];
        let encryption_required = self.response_required;
        Some((
            request,
            ResponseEncryptionSupport { alg_values_supported, enc_values_supported: enc, encryption_required },
        ))
    }

    /// Opens a body, encrypted or not.
    pub fn open(&self, media_type: MediaType, body: &[u8]) -> Result<Received, CredentialFault> {
        if body.len() > MAX_BODY {
            return Err(MessageFault::TooLong { len: body.len(), limit: MAX_BODY }.into());
        }
        match media_type {
            MediaType::Jwt => Ok(Received { json: self.decrypt(body)?, encrypted: true }),
            // §10: what had to be encrypted is not read.
            MediaType::Json if self.request_required => Err(EncryptionFault::RequestNotEncrypted.into()),
            MediaType::Json => Ok(Received { json: body.to_vec(), encrypted: false }),
        }
    }

    fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, EncryptionFault> {
        if self.keys.is_empty() {
            return Err(EncryptionFault::Unsupported);
        }
        let text = core::str::from_utf8(body).map_err(|_| EncryptionFault::Undecryptable)?;
        let jwe = Jwe::parse(text.trim_ascii()).map_err(|_| EncryptionFault::Undecryptable)?;
        // §10: our keys have names, so that the JWE names one.
        let named = |key: &&RequestKey| jwe.header().kid() == Some(&key.kid);
        let key = self.keys.iter().find(named).ok_or(EncryptionFault::Undecryptable)?;
        jwe.decrypt(&key.key).map_err(|_| EncryptionFault::Undecryptable)
    }

    /// Reads `credential_response_encryption` of a body by the rules of §8.2: with it the body came encrypted, lest
    /// somebody on the way put in a key of his own.
    pub(crate) fn response(
        &self,
        object: &Object,
        encrypted: bool,
    ) -> Result<Option<ResponseEncryption>, CredentialFault> {
        let Some(wanted) = ResponseEncryption::of(object)? else {
            return if self.response_required { Err(EncryptionFault::ResponseRequired.into()) } else { Ok(None) };
        };
        if self.keys.is_empty() {
            return Err(EncryptionFault::Unsupported.into());
        }
        if encrypted { Ok(Some(wanted)) } else { Err(EncryptionFault::RequestNotEncrypted.into()) }
    }
}

/// A key as §10 wants it: with `alg`, `use` and its name.
fn jwk(key: impl Into<Jwk>, kid: Option<&str>) -> Object {
    let mut jwk = key.into().to_object();
    jwk.insert("alg".to_owned(), ALG.into());
    jwk.insert("use".to_owned(), "enc".into());
    if let Some(kid) = kid {
        jwk.insert("kid".to_owned(), kid.into());
    }
    jwk
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
    enc: AeadAlgorithm,
}

impl ResponseEncryption {
    /// Encryption to this key, on P-256.
    pub const fn new(key: Jwk, kid: Option<String>, enc: AeadAlgorithm) -> Self {
        Self { key, kid, enc }
    }

    fn of(request: &Object) -> Result<Option<Self>, EncryptionFault> {
        match request.get("credential_response_encryption") {
            None => Ok(None),
            Some(Value::Object(object)) => Self::from_object(object).map(Some),
            Some(_) => Err(EncryptionFault::Parameter { name: "credential_response_encryption" }),
        }
    }

    /// Reads the member of a request. `zip` is passed over: we announce none, and the answer's own header says that it is
    /// not compressed (§10).
    pub fn from_object(object: &Object) -> Result<Self, EncryptionFault> {
        let fault = |name| EncryptionFault::Parameter { name };
        let enc = object.get("enc").and_then(Value::as_str).and_then(AeadAlgorithm::from_jose);
        let jwk = members::inner(object, "jwk").ok().flatten().ok_or(fault("jwk"))?;
        // §10: the JWK says for which `alg` it is.
        if jwk.get("alg").and_then(Value::as_str) != Some(ALG) {
            return Err(fault("alg"));
        }
        let kid = members::optional(jwk, "kid", MAX_ID).map_err(|_| fault("kid"))?.map(str::to_owned);
        let key = Jwk::from_object(jwk).ok().filter(|key| key.public_key().curve() == Curve::P256);
        Ok(Self { key: key.ok_or(fault("jwk"))?, kid, enc: enc.ok_or(fault("enc"))? })
    }

    /// Writes the member of a request.
    pub fn to_object(&self) -> Object {
        let jwk = jwk(self.key.clone(), self.kid.as_deref());
        Object::from_iter([("jwk".to_owned(), jwk.into()), ("enc".to_owned(), self.enc.jose().into())])
    }

    /// Encrypts an answer: the body, `application/jwt`.
    pub fn encrypt(&self, json: &[u8], entropy: &mut dyn Entropy) -> Result<String, EncryptionFault> {
        let fault = |_| EncryptionFault::Parameter { name: "jwk" };
        let encrypter = JweEncrypter::new(&self.key, self.enc).map_err(fault)?;
        let encrypter = match &self.kid {
            Some(kid) => encrypter.kid(kid),
            None => encrypter,
        };
        encrypter.encrypt(json, entropy).map_err(fault)
    }
}
