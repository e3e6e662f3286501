//! Why no copies were made.

use mapae_document::LifeState;
use mapae_hsm::HsmError;
use mapae_types::EntropyError;

use crate::{desk::Denied, store::StoreError};

/// Why no copies were made. Only what the person or the wallet is at fault in is told to them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum IssueFault {
    /// The register knows nobody of that id.
    #[error("not in the register")]
    NotInRegister,
    /// The person has no right to the document, or our data of them cannot be used.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The document is in a state that gets no copies.
    #[error("the document is {}", .0.name())]
    State(LifeState),
    /// More copies than the grant is good for.
    #[error("the grant is good for {left} more")]
    LimitReached {
        /// How many more.
        left: u32,
    },
    /// The nonce was used before.
    #[error("the nonce was used before")]
    NonceUsed,
    /// Another grant took this one's place, or it expired meanwhile.
    #[error("the grant is over")]
    GrantOver,
    /// The deferred request has its answer.
    #[error("the transaction is settled")]
    Settled,
    /// An approval is awaited.
    #[error("an approval is awaited")]
    Held,
    /// The same copies cannot be made again: what they were made of has changed or is gone.
    #[error("the copies of before cannot be made again")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signers failed.
    #[error(transparent)]
    Signer(#[from] HsmError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
