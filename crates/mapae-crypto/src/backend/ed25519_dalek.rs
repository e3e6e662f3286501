//! Ed25519 by ed25519-dalek, on wasm32; native tests compile it too and compare it with aws-lc-rs.
//!
//! `verify_strict` refuses S at or above the group's order, every R that is not in its canonical form, and keys and R of
//! small order. A key that is not in its canonical form it accepts: that is refused before it comes here.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// A parsed public key; nothing if the bytes are no point.
#[derive(Clone)]
pub(crate) struct Ed25519Public(Option<VerifyingKey>);

impl Ed25519Public {
    /// Takes the key's encoding. As natively, bytes that are no point become a key that verifies nothing.
    #[expect(clippy::unnecessary_wraps, reason = "the other library can fail here")]
    pub(crate) fn parse(bytes: &[u8; 32]) -> Option<Self> {
        Some(Self(VerifyingKey::from_bytes(bytes).ok()))
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.0.as_ref().is_some_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

/// A private key; its memory is wiped when it is dropped.
pub(crate) struct Ed25519Secret(SigningKey);

impl Ed25519Secret {
    /// A key from its seed; every seed is one.
    #[expect(clippy::unnecessary_wraps, reason = "the other library can fail here")]
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        Some(Self(SigningKey::from_bytes(seed)))
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    #[expect(clippy::unnecessary_wraps, reason = "the other library can fail here")]
    pub(crate) fn public(&self) -> Option<[u8; 32]> {
        Some(self.0.verifying_key().to_bytes())
    }

    /// Signs; `None` if the library fails.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.0.try_sign(message).ok().map(|signature| signature.to_bytes())
    }
}
