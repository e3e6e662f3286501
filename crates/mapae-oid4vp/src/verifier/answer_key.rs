//! The key to which one answer is encrypted (HAIP 1.0 §5: a fresh one for each request).
//!
//! It is kept as its scalar with the public half beside it, so that a request is given out without computing anything; where
//! it was read, the secret half is made of the scalar when the answer is there.

use mapae_crypto::{CryptoError, Curve, PublicKey, SigningKey};
use mapae_types::{Entropy, EntropyError};
use zeroize::Zeroizing;

/// A key that waits for an answer.
pub(super) struct AnswerKey {
    scalar: Zeroizing<[u8; 32]>,
    public: PublicKey,
    /// Where it was drawn.
    secret: Option<SigningKey>,
}

impl AnswerKey {
    pub(super) fn generate(entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let key = SigningKey::generate(entropy)?;
        Ok(Self { scalar: key.to_scalar(), public: key.public().clone(), secret: Some(key) })
    }

    pub(super) const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Opens something with the secret half.
    pub(super) fn with_secret<T>(&self, open: impl FnOnce(&SigningKey) -> T) -> Result<T, CryptoError> {
        match &self.secret {
            Some(key) => Ok(open(key)),
            None => SigningKey::from_scalar(&self.scalar).map(|key| open(&key)),
        }
    }

    /// `scalar ‖ 0x04 ‖ x ‖ y`.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.scalar.len() + self.public.sec1().len()));
        bytes.extend(self.scalar.as_slice());
        bytes.extend(self.public.sec1());
        bytes
    }

    /// The same again. A scalar that is not that of the point opens no answer.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (scalar, point) = bytes.split_first_chunk()?;
        let public = PublicKey::from_sec1(Curve::P256, point).ok()?;
        Some(Self { scalar: Zeroizing::new(*scalar), public, secret: None })
    }
}
