//! CBOR read strictly and written deterministically, and the parts of COSE that ISO 18013-5, CWTs and our ledger use.
//!
//! - [`cbor`]: a reader that borrows, keeps raw bytes (design D4) and refuses what could be read two ways;
//!   a writer that knows one encoding for everything (RFC 8949 §4.2.1).
//! - [`Sign1`], [`Mac0`]: RFC 9052 §4.2 and §6.2. A payload comes out of [`Sign1::verify`] and nowhere else.
//! - [`Sign`]: RFC 9052 §4.1, one payload with several signers, for what several agencies decide together.
//! - [`cose_key`]: EC2 public keys (RFC 9053 §7.1.1).
//!
//! Left out: encryption (ISO 18013-5 session encryption is not COSE), and every algorithm that `mapae-crypto` does
//! not know.
//!
//! ```
//! use mapae_cose::{Headers, Sign1, UnsignedSign1};
//! use mapae_crypto::{Algorithm, SigningKey};
//!
//! let key = SigningKey::from_scalar(&[7; 32]).unwrap();
//! let protected = Headers::algorithm(Algorithm::Es256);
//! let unsigned = UnsignedSign1::new(&protected, &Headers::default(), b"payload");
//! let signature = key.sign(unsigned.to_be_signed()).unwrap();
//! let message = unsigned.attach(&signature);
//!
//! let parsed = Sign1::parse(&message).unwrap();
//! assert_eq!(parsed.verify(key.public()).unwrap(), b"payload");
//! ```

pub mod cbor;
pub mod cose_key;
mod headers;
mod mac0;
mod sign;
mod sign1;

pub use headers::Headers;
pub use mac0::{Mac0, UnsignedMac0};
pub use sign::{Sign, SignerInfo, UnsignedSign};
pub use sign1::{Sign1, UnsignedSign1};

use cbor::CborError;

/// A COSE structure that cannot be used. Its sender is at fault in every case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoseError {
    /// The bytes are not acceptable CBOR, or not of this shape.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// RFC 9052 §3.1: a header parameter that must be understood is not.
    #[error("a critical header parameter is not understood")]
    CriticalHeader,
    /// RFC 9052 §3: a header parameter stands in both buckets.
    #[error("header parameter {0} is both protected and unprotected")]
    HeaderTwice(i64),
    /// `alg` is missing from the protected header, or is none that we know.
    #[error("algorithm {0:?} is not supported")]
    AlgorithmUnsupported(Option<i64>),
    /// The payload is detached where it must be included, or the other way round.
    #[error("the payload is missing, or present where it must be detached")]
    PayloadPlace,
    /// A signer of several without a name to tell it from the others.
    #[error("a signer has no `kid`")]
    SignerUnnamed,
    /// Several signers that are not ordered by their names, or one that stands there twice, or none at all.
    #[error("the signers are none, not in order, or one of them stands there twice")]
    SignerOrder,
    /// The signature does not verify with this key.
    #[error("the signature does not verify")]
    SignatureInvalid,
    /// The authentication tag does not verify with this key.
    #[error("the authentication tag does not verify")]
    TagInvalid,
    /// A `COSE_Key` that is no EC2 public key on a known curve, or whose point is not on it.
    #[error("not a usable COSE_Key")]
    KeyInvalid,
}
