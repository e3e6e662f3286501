//! Evidence of a fork that is none.

use crate::{CheckpointError, MerkleError, Origin};

/// Evidence that does not show a fork; whoever reports the fork is at fault, and nothing is said of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForkError {
    /// More bytes than are read.
    #[error("evidence of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the evidence is not UTF-8")]
    NotUtf8,
    /// The first line is another.
    #[error("not evidence of a fork, or of another version")]
    HeaderUnknown,
    /// The line with the other root is missing or malformed.
    #[error("the evidence's other root is malformed")]
    RootMalformed,
    /// Not a head and two checkpoints.
    #[error("the evidence has not two checkpoints")]
    CheckpointMissing,
    /// The older checkpoint cannot be read, or the log did not sign it.
    #[error("the older checkpoint: {0}")]
    Older(#[source] CheckpointError),
    /// The newer checkpoint cannot be read, or the log did not sign it.
    #[error("the newer checkpoint: {0}")]
    Newer(#[source] CheckpointError),
    /// The proof is malformed, or does not show which root the newer tree had.
    #[error("the evidence's proof: {0}")]
    Proof(#[from] MerkleError),
    /// The newer tree had the very root that the older checkpoint names.
    #[error("the two checkpoints of log {origin} agree")]
    Agree {
        /// The log.
        origin: Origin,
    },
}
