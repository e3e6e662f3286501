//! What a witness answers instead of a cosignature.

use crate::{CheckpointError, MerkleError, Origin, RequestError};

/// The type of a body that says a size (409).
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Why a witness does not cosign; its client is at fault unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// 400: the body cannot be read.
    #[error("the request: {0}")]
    Request(#[from] RequestError),
    /// 400: the proof leads down.
    #[error("old size {old} above the checkpoint's {size}")]
    OldSizeTooLarge {
        /// The size from which the proof leads.
        old: u64,
        /// The checkpoint's.
        size: u64,
    },
    /// 404: nobody asked this witness to watch that log.
    #[error("log {origin} is unknown")]
    LogUnknown {
        /// The log.
        origin: Origin,
    },
    /// 403: no known key of the log signed, or one did so wrongly.
    #[error("the checkpoint: {0}")]
    NotSigned(#[source] CheckpointError),
    /// 409: the witness has seen another size; the client should prove from that.
    #[error("the latest cosigned size is {size}")]
    Conflict {
        /// The size that the witness cosigned last.
        size: u64,
    },
    /// 422: the log did not only grow. This may be proof of its misbehaviour.
    #[error("the checkpoint does not extend the latest one: {0}")]
    NotConsistent(#[source] MerkleError),
    /// 500: we looked up the record of another log.
    #[error("the record is of another log than the checkpoint")]
    RecordOfAnotherLog,
}

impl Refusal {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Request(_) | Self::OldSizeTooLarge { .. } => 400,
            Self::NotSigned(_) => 403,
            Self::LogUnknown { .. } => 404,
            Self::Conflict { .. } => 409,
            Self::NotConsistent(_) => 422,
            Self::RecordOfAnotherLog => 500,
        }
    }

    /// The body that the specification prescribes, of type [`SIZE_CONTENT_TYPE`]; for 409 only.
    pub fn size_body(&self) -> Option<String> {
        if let Self::Conflict { size } = self { Some(format!("{size}\n")) } else { None }
    }
}

impl From<CheckpointError> for Refusal {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::LogUnknown { origin } => Self::LogUnknown { origin },
            // Forms were judged when the request was read; what is left is about signatures.
            error => Self::NotSigned(error),
        }
    }
}
