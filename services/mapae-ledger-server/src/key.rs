//! A signing key in a directory: `<stem>.key` (PKCS#8 PEM, for its owner only) and `<stem>.vkey` (what others are given).

use std::{io, path::Path};

use mapae_crypto::{CryptoError, Ed25519Signature, Ed25519SigningKey};
use mapae_ledger::{KeyError, KeyName, SignatureType, VerifierKey};
use mapae_types::{Entropy, EntropyError};

use crate::disk::{self, Access};

/// A key of a log or of a witness, with its name.
#[derive(Debug)]
pub struct NamedKey {
    secret: Ed25519SigningKey,
    verifier: VerifierKey,
}

/// A key's files cannot be made or taken up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The disk's fault, or the files exist where new ones are to be made.
    #[error("the key's files: {0}")]
    Disk(#[from] io::Error),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The private half cannot be read.
    #[error("the private key: {0}")]
    Private(#[from] CryptoError),
    /// The public half cannot be read.
    #[error("the verifier key: {0}")]
    Verifier(#[from] KeyError),
    /// One of the two is not text.
    #[error("the key's files are not text")]
    NotText,
    /// The two halves are of two keys, or of another type.
    #[error("the private key is not that of the verifier key")]
    NotItsKey,
}

impl NamedKey {
    /// Puts a key under a name.
    pub fn new(name: KeyName, kind: SignatureType, secret: Ed25519SigningKey) -> Self {
        let verifier = VerifierKey::new(name, kind, secret.public().clone());
        Self { secret, verifier }
    }

    /// A new key.
    pub fn generate(name: KeyName, kind: SignatureType, entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self::new(name, kind, Ed25519SigningKey::generate(entropy)?))
    }

    /// Writes both files; neither may exist.
    pub fn write(&self, dir: &Path, stem: &str) -> Result<(), KeyFileError> {
        disk::create_dir(dir)?;
        let (key, vkey) = (dir.join(format!("{stem}.key")), dir.join(format!("{stem}.vkey")));
        disk::write_new(&key, self.secret.to_pkcs8_pem().as_bytes(), Access::Secret)?;
        disk::write_new(&vkey, format!("{}\n", self.verifier).as_bytes(), Access::Public)?;
        Ok(disk::sync_dir(dir)?)
    }

    /// Reads both files.
    pub fn open(dir: &Path, stem: &str) -> Result<Self, KeyFileError> {
        let text = |kind: &str| {
            let bytes = std::fs::read(dir.join(format!("{stem}.{kind}")))?;
            String::from_utf8(bytes).map_err(|_| KeyFileError::NotText)
        };
        let verifier: VerifierKey = text("vkey")?.trim_end().parse()?;
        let secret = Ed25519SigningKey::from_pkcs8_pem(&text("key")?)?;
        if verifier.public_key().as_bytes() == secret.public().as_bytes() {
            Ok(Self { secret, verifier })
        } else {
            Err(KeyFileError::NotItsKey)
        }
    }

    /// What others are given.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Ed25519Signature, CryptoError> {
        self.secret.sign(message)
    }
}
