//! One key that signs.

use std::fmt;
use std::sync::Arc;

use mapae_crypto::{PublicKey, Signature, SigningKey};

use crate::HsmError;
use crate::pkcs11::{KeyPair, Workers};

/// Where a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerKind {
    /// In this process's memory and in a file: for development. Whoever reads the file can issue.
    Software,
    /// In a module that does not give it away.
    Hardware,
}

/// A handle to one key; clones share it.
#[derive(Clone)]
pub struct Signer(Key);

#[derive(Clone)]
enum Key {
    Software(Arc<SigningKey>),
    Hardware(Workers, Arc<KeyPair>),
}

impl Signer {
    /// A key in memory.
    pub fn software(key: SigningKey) -> Self {
        Self(Key::Software(Arc::new(key)))
    }

    pub(crate) fn hardware(workers: Workers, label: &str, public: PublicKey) -> Self {
        Self(Key::Hardware(workers, Arc::new(KeyPair { label: label.into(), public })))
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        match &self.0 {
            Key::Software(key) => key.public(),
            Key::Hardware(_, key) => &key.public,
        }
    }

    /// Where the key is.
    pub const fn kind(&self) -> SignerKind {
        match self.0 {
            Key::Software(_) => SignerKind::Software,
            Key::Hardware(..) => SignerKind::Hardware,
        }
    }

    /// Signs each message with ECDSA, P-256 and SHA-256; signatures come in the order of the messages, or none does.
    ///
    /// A software key signs on the caller's thread, in some 20 µs each. A module that does not answer is waited for: who
    /// cannot, drops the future.
    pub async fn sign(&self, messages: Vec<Vec<u8>>) -> Result<Vec<Signature>, HsmError> {
        match &self.0 {
            Key::Software(key) => messages.iter().map(|m| key.sign(m).map_err(|_| HsmError::SoftwareFailed)).collect(),
            Key::Hardware(workers, key) => workers.sign(key.clone(), messages).await,
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?})", self.kind())
    }
}
