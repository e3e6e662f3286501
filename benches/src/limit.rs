//! What nobody can avoid, by aws-lc-rs alone. No code of ours runs here.

use anyhow::{Result, ensure};
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Signature, UnparsedPublicKey,
    },
};

/// A signature, with all that checking it takes.
pub struct Signed {
    /// 0x04 ‖ x ‖ y.
    pub point: Vec<u8>,
    /// The bytes signed.
    pub message: Vec<u8>,
    /// r ‖ s.
    pub signature: Vec<u8>,
}

impl Signed {
    /// Parses the key and verifies.
    pub fn verify(&self) -> Result<()> {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point);
        ensure!(key.verify(&self.message, &self.signature).is_ok(), "the signature does not verify");
        Ok(())
    }
}

/// A signature by Ed25519, with all that checking it takes.
#[derive(Clone)]
pub struct SignedEd25519 {
    /// The public key.
    pub key: [u8; 32],
    /// The bytes signed.
    pub message: Vec<u8>,
    /// R ‖ S.
    pub signature: [u8; 64],
}

impl SignedEd25519 {
    /// Parses the key and verifies.
    pub fn verify(&self) -> Result<()> {
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        ensure!(key.verify(&self.message, &self.signature).is_ok(), "the signature does not verify");
        Ok(())
    }
}

/// A private key, parsed before: an issuer has one for millions of signatures.
pub struct Signing(EcdsaKeyPair);

impl Signing {
    /// The key of a scalar and its point.
    pub fn new(scalar: &[u8; 32], point: &[u8]) -> Result<Self> {
        let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, scalar, point)?;
        Ok(Self(pair))
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Result<Signature> {
        Ok(self.0.sign(&SystemRandom::new(), message)?)
    }
}

/// A new key.
pub fn generate() -> Result<EcdsaKeyPair> {
    Ok(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?)
}

/// Hashes each message. The last byte of every digest is summed up, so that none can be left out.
pub fn sha256_all<M: AsRef<[u8]>>(messages: &[M]) -> u32 {
    messages.iter().map(|message| u32::from(digest(&SHA256, message.as_ref()).as_ref()[31])).sum()
}
