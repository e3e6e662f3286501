//! The keys that sign tokens, and their rotation (OpenID Connect Core §10.1.1).
//!
//! A key is published before it signs and until nothing that it signed is in force: relying parties may keep a key set for
//! a while, and look again when they meet a name that they do not know. Where private keys are, is not known here.

use mapae_crypto::{Curve, PublicKey};
use mapae_jose::{Jwk, Object, Value, base64url, json};
use mapae_types::Timestamp;

use crate::{ALGORITHM, ConfigFault};

/// The key that signs, those to come and those that signed before.
#[derive(Debug, Clone)]
pub struct KeyRing {
    signing: NamedKey,
    next: Vec<NamedKey>,
    retired: Vec<(NamedKey, Timestamp)>,
}

/// A key by the thumbprint of RFC 7638, in base64url.
#[derive(Debug, Clone)]
pub(crate) struct NamedKey {
    pub(crate) kid: String,
    pub(crate) key: PublicKey,
}

impl NamedKey {
    fn new(key: PublicKey) -> Result<Self, ConfigFault> {
        if key.curve() != Curve::P256 {
            return Err(ConfigFault::KeyUnsuitable);
        }
        Ok(Self { kid: base64url::encode(Jwk::from(key.clone()).thumbprint()), key })
    }

    fn to_jwk(&self) -> Value {
        let mut jwk = Jwk::from(self.key.clone()).to_object();
        for (name, value) in [("alg", ALGORITHM.jose()), ("kid", &self.kid), ("use", "sig")] {
            jwk.insert(name.to_owned(), value.into());
        }
        jwk.into()
    }
}

impl KeyRing {
    /// One key, on P-256, that signs.
    pub fn new(signing: PublicKey) -> Result<Self, ConfigFault> {
        Ok(Self { signing: NamedKey::new(signing)?, next: Vec::new(), retired: Vec::new() })
    }

    /// A key that will sign: published, and used for nothing yet.
    pub fn with_next(mut self, key: PublicKey) -> Result<Self, ConfigFault> {
        self.next.push(NamedKey::new(key)?);
        Ok(self)
    }

    /// A key that signed: published until its last token has expired.
    pub fn with_retired(mut self, key: PublicKey, until: Timestamp) -> Result<Self, ConfigFault> {
        self.retired.push((NamedKey::new(key)?, until));
        Ok(self)
    }

    /// The name of the key that signs.
    pub fn kid(&self) -> &str {
        &self.signing.kid
    }

    /// The key that signs.
    pub const fn signing_key(&self) -> &PublicKey {
        &self.signing.key
    }

    /// The key set as of now, `application/jwk-set+json`.
    pub fn jwks(&self, now: Timestamp) -> Vec<u8> {
        let retired = self.retired.iter().filter(|(_, until)| now < *until).map(|(key, _)| key);
        let keys: Value = [&self.signing].into_iter().chain(&self.next).chain(retired).map(NamedKey::to_jwk).collect();
        json::to_vec(&Object::from_iter([("keys".to_owned(), keys)]))
    }

    /// The key that signed under that name, whenever that was: an expired token is still ours as a hint.
    pub(crate) fn signed_by(&self, kid: &str) -> Option<&PublicKey> {
        let retired = self.retired.iter().map(|(key, _)| key);
        let mut signed = [&self.signing].into_iter().chain(retired);
        signed.find(|key| key.kid == kid).map(|key| &key.key)
    }
}
