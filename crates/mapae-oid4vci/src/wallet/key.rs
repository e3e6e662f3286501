//! Keys of the device. They may be software, a secure element, a remote service: only their signatures come out.

use mapae_crypto::{PublicKey, Signature, SigningKey};
use mapae_jose::UnsignedJws;

use super::WalletError;

/// A private key that the wallet may use, and cannot be seen.
pub trait WalletKey: Send + Sync {
    /// Its public half; P-256, since signatures are ES256 (HAIP §7).
    fn public(&self) -> &PublicKey;

    /// Signs a message (not its digest) by ES256.
    fn sign(&self, message: &[u8]) -> Result<Signature, KeyUnusable>;
}

/// The device does not let its key be used: it is locked, gone, or the person did not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device's key cannot be used")]
pub struct KeyUnusable;

impl WalletKey for SigningKey {
    fn public(&self) -> &PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyUnusable> {
        self.sign(message).map_err(|_| KeyUnusable)
    }
}

/// A JWT with the signature of a key.
pub(super) fn signed(unsigned: UnsignedJws, key: &dyn WalletKey) -> Result<String, WalletError> {
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature))
}
