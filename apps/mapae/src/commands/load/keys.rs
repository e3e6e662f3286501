//! The phones' keys, each from the run's seed: the same run has the same keys, and none is ever used twice in it.

use mapae_crypto::{PublicKey, SigningKey, sha256_of};
use mapae_jose::base64url;

/// Whose keys.
pub(super) struct Keys {
    seed: u64,
}

/// Its DPoP key; the copies' keys follow.
const DEVICE: u32 = 0;

impl Keys {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// What the phone's tokens are bound to.
    pub(super) fn device(&self, phone: u64) -> anyhow::Result<SigningKey> {
        self.key(phone, DEVICE)
    }

    /// The keys of a phone's copies, from the `first`th on.
    pub(super) fn copies(&self, phone: u64, first: u32, count: u32) -> anyhow::Result<Vec<SigningKey>> {
        (first..first + count).map(|nth| self.key(phone, nth + 1)).collect()
    }

    fn key(&self, phone: u64, nth: u32) -> anyhow::Result<SigningKey> {
        let scalar = sha256_of(&[b"load", &self.seed.to_be_bytes(), &phone.to_be_bytes(), &nth.to_be_bytes()]);
        Ok(SigningKey::from_scalar(&scalar)?)
    }
}

/// As a JWK, in JSON.
pub(super) fn jwk(key: &PublicKey) -> String {
    let (x, y) = key.coordinates();
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, base64url::encode(x), base64url::encode(y))
}
