//! The keys that sign tokens, and their rotation (OpenID Connect Core §10.1.1).
//!
//! A key is published before it signs and until nothing that it signed is in force: relying parties may keep a key set for
//! a while, and look again when they meet a name that they do not know. Where private keys are, is not known here.

use core::fmt;
use std::sync::Arc;

use mapae_crypto::{
    Algorithm, Curve, PublicKey,
    elements::{Elements, tag, unsigned},
    sha256,
};
use mapae_jose::{Jwk, Object, Value, base64url, json};
use mapae_types::Timestamp;

use crate::ConfigFault;

/// What an `id_token` is signed with, `id_token_signed_response_alg` (Registration §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenAlgorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSASSA-PKCS1-v1_5, which every relying party can check (Discovery §3): the default where a client names none.
    #[default]
    Rs256,
}

/// An RSA key whose arithmetic is the caller's: this core has none (design D16).
pub trait RsaKey: fmt::Debug + Send + Sync {
    /// Its public half.
    fn public(&self) -> &RsaPublicKey;
    /// Whether it signed that, by RSASSA-PKCS1-v1_5 with SHA-256.
    fn signed(&self, message: &[u8], signature: &[u8]) -> bool;
}

/// The public half of an RSA key: big-endian numbers without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// The modulus.
    pub n: Vec<u8>,
    /// The exponent.
    pub e: Vec<u8>,
}

/// The keys that sign, those to come and those that signed before.
#[derive(Debug, Clone)]
pub struct KeyRing {
    signing: NamedKey,
    rsa: Option<NamedKey>,
    next: Vec<NamedKey>,
    retired: Vec<(NamedKey, Timestamp)>,
}

/// A key by the thumbprint of RFC 7638, in base64url.
#[derive(Debug, Clone)]
pub(crate) struct NamedKey {
    kid: String,
    key: Key,
}

#[derive(Debug, Clone)]
enum Key {
    P256(Box<PublicKey>),
    Rsa(Arc<dyn RsaKey>),
}

impl TokenAlgorithm {
    /// Its name (RFC 7518 §3.1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl RsaPublicKey {
    /// Reads an `RSAPublicKey` in DER (RFC 8017 A.1.1).
    pub fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let mut numbers = Elements::inside(der, tag::SEQUENCE)?;
        let mut number = || numbers.next(tag::INTEGER).and_then(unsigned).map(<[u8]>::to_vec);
        let key = Self { n: number()?, e: number()? };
        numbers.end().map(|()| key)
    }

    /// RFC 7518 §6.3.1.
    fn members(&self) -> Object {
        let (e, n) = (base64url::encode(&self.e), base64url::encode(&self.n));
        json::object([("e", e.into()), ("kty", "RSA".into()), ("n", n.into())])
    }
}

impl NamedKey {
    fn p256(key: PublicKey) -> Result<Self, ConfigFault> {
        if key.curve() != Curve::P256 {
            return Err(ConfigFault::KeyUnsuitable);
        }
        Ok(Self { kid: base64url::encode(Jwk::from(key.clone()).thumbprint()), key: Key::P256(Box::new(key)) })
    }

    fn rsa(key: Arc<dyn RsaKey>) -> Self {
        // RFC 7638 §3.2: the required members alone, in the order of their names.
        let thumbprint = sha256(&json::to_vec(&key.public().members()));
        Self { kid: base64url::encode(thumbprint), key: Key::Rsa(key) }
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    pub(crate) const fn algorithm(&self) -> TokenAlgorithm {
        match self.key {
            Key::P256(_) => TokenAlgorithm::Es256,
            Key::Rsa(_) => TokenAlgorithm::Rs256,
        }
    }

    /// Whether it signed that.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::P256(key) => key.verify(Algorithm::Es256, message, signature).is_ok(),
            Key::Rsa(key) => key.signed(message, signature),
        }
    }

    fn to_jwk(&self) -> Value {
        let mut jwk = match &self.key {
            Key::P256(key) => Jwk::from(PublicKey::clone(key)).to_object(),
            Key::Rsa(key) => key.public().members(),
        };
        for (name, value) in [("alg", self.algorithm().name()), ("kid", &self.kid), ("use", "sig")] {
            jwk.insert(name.to_owned(), value.into());
        }
        jwk.into()
    }
}

impl KeyRing {
    /// One key, on P-256, that signs.
    pub fn new(signing: PublicKey) -> Result<Self, ConfigFault> {
        Ok(Self { signing: NamedKey::p256(signing)?, rsa: None, next: Vec::new(), retired: Vec::new() })
    }

    /// The key that signs for clients that take RS256.
    pub fn with_rsa(mut self, key: Arc<dyn RsaKey>) -> Self {
        self.rsa = Some(NamedKey::rsa(key));
        self
    }

    /// A key that will sign: published, and used for nothing yet.
    pub fn with_next(mut self, key: PublicKey) -> Result<Self, ConfigFault> {
        self.next.push(NamedKey::p256(key)?);
        Ok(self)
    }

    /// The same for RS256.
    pub fn with_next_rsa(mut self, key: Arc<dyn RsaKey>) -> Self {
        self.next.push(NamedKey::rsa(key));
        self
    }

    /// A key that signed: published until its last token has expired.
    pub fn with_retired(mut self, key: PublicKey, until: Timestamp) -> Result<Self, ConfigFault> {
        self.retired.push((NamedKey::p256(key)?, until));
        Ok(self)
    }

    /// The same for RS256.
    pub fn with_retired_rsa(mut self, key: Arc<dyn RsaKey>, until: Timestamp) -> Self {
        self.retired.push((NamedKey::rsa(key), until));
        self
    }

    /// The name of the key that signs with ES256.
    pub fn kid(&self) -> &str {
        &self.signing.kid
    }

    /// The algorithms for which there is a key.
    pub fn algorithms(&self) -> impl Iterator<Item = TokenAlgorithm> {
        [&self.signing].into_iter().chain(&self.rsa).map(NamedKey::algorithm)
    }

    /// The key that signs by that algorithm; if there is none, that for ES256, which there always is.
    pub(crate) fn signer(&self, algorithm: TokenAlgorithm) -> &NamedKey {
        self.rsa.as_ref().filter(|key| key.algorithm() == algorithm).unwrap_or(&self.signing)
    }

    /// The key set as of now, `application/jwk-set+json`.
    pub fn jwks(&self, now: Timestamp) -> Vec<u8> {
        let retired = self.retired.iter().filter(|(_, until)| now < *until).map(|(key, _)| key);
        let signing = [&self.signing].into_iter().chain(&self.rsa);
        let keys: Value = signing.chain(&self.next).chain(retired).map(NamedKey::to_jwk).collect();
        json::to_vec(&Object::from_iter([("keys".to_owned(), keys)]))
    }

    /// The key that signed under that name, whenever that was: an expired token is still ours as a hint.
    pub(crate) fn signed_by(&self, kid: &str) -> Option<&NamedKey> {
        let retired = self.retired.iter().map(|(key, _)| key);
        [&self.signing].into_iter().chain(&self.rsa).chain(retired).find(|key| key.kid == kid)
    }
}
