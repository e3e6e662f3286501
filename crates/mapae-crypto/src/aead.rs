//! Authenticated encryption: AES-GCM (NIST SP 800-38D) with the sizes that JOSE and ISO 18013-5 use: nonces of 96 bits,
//! tags of 128 bits that follow the ciphertext.
//!
//! Left out: other nonce sizes, shorter tags, encryption in pieces. Who calls sees to it that no nonce comes twice with
//! one key (SP 800-38D §8): here a key serves for one message or counts its messages.

use core::fmt;

use zeroize::Zeroizing;

use crate::backend;

/// Bytes of a nonce.
pub const NONCE_LEN: usize = 12;

/// Bytes of a tag.
pub const TAG_LEN: usize = 16;

/// An algorithm for authenticated encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AeadAlgorithm {
    /// AES-GCM with a key of 128 bits.
    A128Gcm,
    /// AES-GCM with a key of 256 bits.
    A256Gcm,
}

impl AeadAlgorithm {
    /// Bytes of a key.
    pub const fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }

    /// The name as `enc` of a JWE (RFC 7518 §5.1).
    pub const fn jose(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The algorithm with that name in a JWE, if supported. Names are compared as they stand.
    pub fn from_jose(name: &str) -> Option<Self> {
        [Self::A128Gcm, Self::A256Gcm].into_iter().find(|algorithm| algorithm.jose() == name)
    }
}

impl fmt::Display for AeadAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.jose())
    }
}

/// A key for one algorithm; its memory is wiped when it is dropped.
///
/// ```
/// use mapae_crypto::aead::{AeadAlgorithm, AeadKey};
///
/// let key = AeadKey::new(AeadAlgorithm::A128Gcm, &[7; 16])?;
/// let sealed = key.seal(&[0; 12], b"header", b"message")?;
/// assert_eq!(key.open(&[0; 12], b"header", &sealed)?, b"message");
/// assert!(key.open(&[0; 12], b"another", &sealed).is_err());
/// # Ok::<(), mapae_crypto::aead::AeadError>(())
/// ```
pub struct AeadKey {
    algorithm: AeadAlgorithm,
    bytes: Zeroizing<Vec<u8>>,
}

impl AeadKey {
    /// Takes a key of exactly the algorithm's length.
    pub fn new(algorithm: AeadAlgorithm, bytes: &[u8]) -> Result<Self, AeadError> {
        if bytes.len() != algorithm.key_len() {
            return Err(AeadError::KeyLength { algorithm, len: bytes.len() });
        }
        Ok(Self { algorithm, bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// The algorithm.
    pub const fn algorithm(&self) -> AeadAlgorithm {
        self.algorithm
    }

    /// Encrypts `plaintext` and protects it together with `aad`: ciphertext ‖ tag.
    pub fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, AeadError> {
        backend::aes_gcm_seal(&self.bytes, nonce, aad, plaintext).ok_or(AeadError::SealingFailed)
    }

    /// Decrypts ciphertext ‖ tag; nothing of it is seen unless the tag is right for all of it.
    pub fn open(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadError> {
        backend::aes_gcm_open(&self.bytes, nonce, aad, sealed).ok_or(AeadError::TagInvalid)
    }
}

impl fmt::Debug for AeadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AeadKey({}, [redacted])", self.algorithm)
    }
}

/// A key that does not fit, or a message that it does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AeadError {
    /// The key is shorter or longer than the algorithm's.
    #[error("a key of {len} bytes for {algorithm}")]
    KeyLength {
        /// The algorithm.
        algorithm: AeadAlgorithm,
        /// Bytes given.
        len: usize,
    },
    /// The tag does not belong to ciphertext, nonce and associated data under this key.
    #[error("the message does not open: wrong key, or changed on its way")]
    TagInvalid,
    /// The library could not encrypt: a plaintext above 64 GiB.
    #[error("encryption failed")]
    SealingFailed,
}
