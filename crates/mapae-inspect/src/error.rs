//! Why a file is not shown.

use mapae_cose::cbor::CborError;
use mapae_crypto::CryptoError;
use mapae_jose::JsonError;
use mapae_ledger::{ForkError, LogProofError, NoteError, PolicyError};
use mapae_x509::X509Error;

/// The outermost form of the input is not one that is known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// No text that is known, no certificate, and not CBOR either.
    #[error("not a kind of file that is known here: {0}")]
    Unknown(#[source] CborError),
    /// Starts like a JSON object.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// RFC 7515 §7.1: three parts between dots.
    #[error("not a JWT of three parts")]
    JwtParts,
    /// The header of a JWT, by which it is known, is not a JSON object in base64url.
    #[error("the header of the JWT is not a JSON object in base64url")]
    JwtHeader,
    /// Starts like DER, or says that it is a certificate or a revocation list in PEM.
    #[error("not a certificate that can be read: {0}")]
    Certificate(#[from] X509Error),
    /// Says that it is a public key in PEM.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// Starts like a tlog-proof.
    #[error("not a proof of a log's entry: {0}")]
    Proof(#[source] LogProofError),
    /// Starts like evidence of a fork.
    #[error("not evidence of a fork: {0}")]
    Fork(#[source] ForkError),
    /// Has a signature line like a signed note's.
    #[error("not a signed note: {0}")]
    Note(#[source] NoteError),
    /// Has a line that names a quorum.
    #[error("not a policy of a log: {0}")]
    Policy(#[source] PolicyError),
    /// PEM of another kind.
    #[error("PEM of an unknown kind")]
    PemUnknown,
}
