//! Ed25519 by aws-lc-rs, on every target but wasm32.
//!
//! It refuses S at or above the group's order and, since it computes R anew and compares bytes, every R that is not in
//! its canonical form. It takes any 32 bytes as a key; one that is no point verifies nothing. Keys and R of small order
//! it accepts: those are refused before they come here.

use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use zeroize::Zeroizing;

/// A parsed public key.
#[derive(Clone)]
pub(crate) struct Ed25519Public(ParsedPublicKey);

impl Ed25519Public {
    /// Takes the key's encoding; whether it is a point shows when it verifies.
    pub(crate) fn parse(bytes: &[u8; 32]) -> Option<Self> {
        ParsedPublicKey::new(&signature::ED25519, bytes).ok().map(Self)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

/// A private key.
pub(crate) struct Ed25519Secret {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl Ed25519Secret {
    /// A key from its seed; every seed is one.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        Some(Self { seed: Zeroizing::new(*seed), pair })
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    pub(crate) fn public(&self) -> Option<[u8; 32]> {
        self.pair.public_key().as_ref().try_into().ok()
    }

    /// Signs; `None` if the library fails.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.pair.try_sign(message).ok()?.as_ref().try_into().ok()
    }
}
