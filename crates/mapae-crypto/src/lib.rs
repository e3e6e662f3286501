//! Keys, signatures, hashes, key agreement and encryption: everything in Mapae that touches a cryptographic
//! primitive goes through here, and no arithmetic is our own (design D16).
//!
//! The work is done by aws-lc-rs natively and by `RustCrypto` on wasm32. Native tests run both on the same
//! inputs. Algorithms are named everywhere, so that another one can be added without a new format.
//!
//! Issuing and presenting crates do not sign: they return what is to be signed and take the signature
//! (design D5). [`SigningKey`] is for tests, development and small offline authorities.
//!
//! ```
//! use mapae_crypto::{Algorithm, PublicKey, SigningKey};
//!
//! let key = SigningKey::from_scalar(&[7; 32]).unwrap();
//! let signature = key.sign(b"message").unwrap();
//! let public = PublicKey::from_sec1(mapae_crypto::Curve::P256, key.public().sec1()).unwrap();
//! public.verify(Algorithm::Es256, b"message", signature.as_bytes()).unwrap();
//! assert!(public.verify(Algorithm::Es256, b"another", signature.as_bytes()).is_err());
//! ```

pub mod aead;
mod algorithm;
mod backend;
mod ed25519;
pub mod elements;
mod hash;
mod kdf;
mod public_key;
mod seeded;
mod signature;
mod signing_key;

pub use algorithm::{Algorithm, Curve};
pub use ed25519::{Ed25519PublicKey, Ed25519Signature, Ed25519SigningKey};
pub use hash::{Digest, HashAlgorithm, sha256, sha256_of};
pub use kdf::{HmacInvalid, hkdf_sha256, hmac_sha256, verify_hmac_sha256};
pub use public_key::PublicKey;
pub use seeded::SeededEntropy;
pub use signature::Signature;
pub use signing_key::{SharedSecret, SigningKey};

/// A key or a signature that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The bytes are not a point on the curve, or not a scalar below its order.
    #[error("not a valid {0} key")]
    KeyInvalid(Curve),
    /// The bytes are not an Ed25519 key in its canonical form, or one of small order.
    #[error("not a valid Ed25519 key")]
    Ed25519KeyInvalid,
    /// The container (PKCS#8, `SubjectPublicKeyInfo`) cannot be read, or holds another kind of key.
    #[error("not a key in the expected container, or of an unsupported kind")]
    KeyUnreadable,
    /// The signature does not verify, or the key is not one for this algorithm.
    #[error("the signature does not verify")]
    SignatureInvalid,
    /// The library could not sign, for want of memory or randomness.
    #[error("signing failed")]
    SigningFailed,
    /// The signature is not in the expected encoding.
    #[error("not a signature in the expected encoding")]
    SignatureUnreadable,
}

/// Whether two byte strings are equal, in time that depends on their length only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(a, b).into()
}
