//! What goes wrong: at start, for the operator; at a request, in two faces.

use std::io;

use axum::http::StatusCode;
use mapae_hsm::HsmError;
use mapae_http::{Fault, Problem};
use mapae_sql::SqlError;
use mapae_types::{EntropyError, Timestamp};
use mapae_x509::X509Error;

use crate::proof::ProofFault;

/// Why a wallet provider does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The signer's certificate does not lead to the root, or is none for attestations.
    #[error("the signer's certificate: {0}")]
    Chain(#[from] X509Error),
    /// The certificate is another key's.
    #[error("the certificate is not that of the signer's key")]
    KeyDiffers,
    /// The store.
    #[error("the store: {0}")]
    Store(#[from] SqlError),
    /// No randomness for the secret of nonces.
    #[error("{0}")]
    Entropy(#[from] EntropyError),
    /// The address cannot be had.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
}

/// Why a wallet gets no attestation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The wallet.
    #[error("the request is not of its form")]
    Body,
    /// The wallet.
    #[error("{which}: {fault}")]
    Proof { which: &'static str, fault: ProofFault },
    /// The wallet: issuers would recognise it by its instance's key.
    #[error("the instance's own key is attested to nobody")]
    InstanceKey,
    /// The wallet.
    #[error("a key occurs twice")]
    KeyTwice,
    /// The wallet.
    #[error("{count} keys where 1 to {max} are allowed")]
    KeyCount { count: usize, max: usize },
    /// The wallet: what is not examined is not believed.
    #[error("no platform evidence is examined here; without it a key is attested as one in software")]
    Evidence,
    /// The wallet, or whoever stole it.
    #[error("the instance is blocked")]
    Blocked,
    /// The operator.
    #[error("the certificate of attestations ended at {not_after}")]
    CertificateEnded { not_after: Timestamp },
    /// The signer.
    #[error("{0}")]
    Signer(#[from] HsmError),
    /// The signer.
    #[error("the signer gave no signature")]
    SignatureMissing,
    /// The store.
    #[error("{0}")]
    Store(#[from] SqlError),
    /// The machine.
    #[error("{0}")]
    Machine(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let problem = |status, code| Problem::new(status, code, refusal.to_string()).into();
        match &refusal {
            Refusal::Body => problem(StatusCode::BAD_REQUEST, "body_malformed"),
            Refusal::Proof { fault: ProofFault::Nonce, .. } => problem(StatusCode::BAD_REQUEST, "nonce_stale"),
            Refusal::Proof { .. } => problem(StatusCode::BAD_REQUEST, "proof_invalid"),
            Refusal::InstanceKey => problem(StatusCode::BAD_REQUEST, "instance_key_attested"),
            Refusal::KeyTwice => problem(StatusCode::BAD_REQUEST, "key_twice"),
            Refusal::KeyCount { .. } => problem(StatusCode::BAD_REQUEST, "key_count"),
            Refusal::Evidence => problem(StatusCode::UNPROCESSABLE_ENTITY, "evidence_unsupported"),
            Refusal::Blocked => problem(StatusCode::FORBIDDEN, "instance_blocked"),
            Refusal::CertificateEnded { .. } => Self::unavailable("certificate_ended", refusal),
            Refusal::Signer(_) | Refusal::SignatureMissing => Self::unavailable("signer_failed", refusal),
            Refusal::Store(_) => Self::unavailable("store_failed", refusal),
            Refusal::Machine(_) => Self::internal(refusal),
        }
    }
}
