//! Logs, witnesses and their clients that do not do what they should.

use crate::{CheckpointError, KeyName, MerkleError, TileError};

/// A request to a witness that cannot be read; the client is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More bytes than are read.
    #[error("a request of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the request is not UTF-8")]
    NotUtf8,
    /// The first line is not `old` and a size.
    #[error("the request's old size is malformed")]
    OldSizeMalformed,
    /// A line of the proof is not a hash, or there are too many.
    #[error("the request's proof: {0}")]
    Proof(#[from] MerkleError),
    /// No empty line with a checkpoint after it.
    #[error("the request has no checkpoint")]
    CheckpointMissing,
    /// The checkpoint cannot be read.
    #[error("the request's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// A witness that did not answer as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessFault {
    /// It refused: then we are at fault, or it does not watch this log.
    #[error("the witness answered {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The body is not what the status promises.
    #[error("the witness's answer is malformed")]
    AnswerMalformed,
    /// Other keys signed, and the witness's own did not.
    #[error("the witness's answer has no signature of its key")]
    DidNotCosign,
    /// Its signature does not verify.
    #[error("the witness's cosignature does not verify")]
    CosignatureInvalid,
    /// It cosigned a larger tree: another sequencer is at work, or our store was rolled back.
    #[error("the witness has seen {size} leaves, we have {ours}")]
    Ahead {
        /// The size that it cosigned.
        size: u64,
        /// Ours.
        ours: u64,
    },
    /// It named a size, and then refused the proof from there.
    #[error("the witness named {size} and does not stay with it")]
    KeepsChanging {
        /// The size that it names now.
        size: u64,
    },
}

/// A log that cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SequencerError {
    /// The key's type is another than that of logs.
    #[error("the key of {name} is not one for a log")]
    WrongKindOfKey {
        /// The key's name.
        name: KeyName,
    },
    /// The store's files are wrong.
    #[error("the store: {0}")]
    Store(#[from] TileError),
}

/// An audit that ends without a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The tree that we kept is not the one that we cosigned last; our store is at fault.
    #[error("our tree of {kept} leaves is not the one of {cosigned} that we cosigned")]
    OwnTreeDiffers {
        /// The size that was cosigned last.
        cosigned: u64,
        /// The size that was kept.
        kept: u64,
    },
    /// More entries than the checkpoint has.
    #[error("more entries than the checkpoint's {size}")]
    TooManyEntries {
        /// The checkpoint's size.
        size: u64,
    },
    /// Not all of the checkpoint's entries were judged.
    #[error("entry {next} of {size} was not judged")]
    EntriesMissing {
        /// The first that was not.
        next: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// The log serves other entries than it has in its tree.
    #[error("the entries are not those of the checkpoint of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
}
