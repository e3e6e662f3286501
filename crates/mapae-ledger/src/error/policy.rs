//! Policies that do not load, and what they do not accept.

use crate::{CheckpointError, KeyError, MerkleError, NoteError, Origin};

/// A policy that cannot be used; its author is at fault. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// More bytes than are read.
    #[error("a policy of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// A control character other than tab and newline.
    #[error("a forbidden octet at {at} of the policy")]
    OctetForbidden {
        /// Where.
        at: usize,
    },
    /// The last line does not end.
    #[error("the policy's last line is not terminated")]
    LineUnterminated,
    /// None of the forms of a line.
    #[error("line {line} of the policy is malformed")]
    LineMalformed {
        /// Which.
        line: usize,
    },
    /// A key cannot be used.
    #[error("line {line} of the policy: {error}")]
    Key {
        /// Which.
        line: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// A log's key must be of type 0x01, a witness's of 0x04.
    #[error("the key in line {line} of the policy has a type for another purpose")]
    WrongKindOfKey {
        /// Which.
        line: usize,
    },
    /// The same key was given before.
    #[error("the key in line {line} of the policy is there already")]
    DuplicateKey {
        /// Which.
        line: usize,
    },
    /// The name was given before, or is `none`.
    #[error("the name in line {line} of the policy is taken")]
    NameTaken {
        /// Which.
        line: usize,
    },
    /// No line before defines the name.
    #[error("a name in line {line} of the policy is not defined before it")]
    NameUnknown {
        /// Which.
        line: usize,
    },
    /// A name is a member of a group already.
    #[error("a name in line {line} of the policy is a member already")]
    ListedTwice {
        /// Which.
        line: usize,
    },
    /// Not `all`, `any`, or 1 to the number of members.
    #[error("the threshold in line {line} of the policy is impossible")]
    ThresholdImpossible {
        /// Which.
        line: usize,
    },
    /// There is one quorum.
    #[error("line {line} of the policy is a second quorum")]
    SecondQuorum {
        /// Which.
        line: usize,
    },
    /// More logs, witnesses or groups than are read.
    #[error("line {line} of the policy is one above {limit} of its kind")]
    TooMany {
        /// Which.
        line: usize,
        /// How many are read.
        limit: usize,
    },
    /// No line says what the quorum is.
    #[error("the policy has no quorum")]
    QuorumMissing,
    /// For us: a policy is over one log.
    #[error("a policy over {logs} logs, not one")]
    NotOneLog {
        /// How many it names.
        logs: usize,
    },
    /// For us: the quorum is one group, of all the witnesses.
    #[error("the policy's quorum is not one group of all its witnesses")]
    NotOneGroup,
    /// For us: two quorums must have a witness in common.
    #[error("{threshold} of {witnesses} witnesses are no majority")]
    NoMajority {
        /// k
        threshold: usize,
        /// n
        witnesses: usize,
    },
}

/// A checkpoint that a policy does not accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unaccepted {
    /// A known key's signature is wrong, or no known key signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The policy does not name the log.
    #[error("log {origin} is not in the policy")]
    LogUnknown {
        /// The log that the checkpoint names.
        origin: Origin,
    },
    /// Witnesses signed, and the log did not.
    #[error("log {origin} did not sign")]
    LogDidNotSign {
        /// The log that the checkpoint names.
        origin: Origin,
    },
    /// Too few witnesses, or the wrong ones.
    #[error("{cosigned} of the policy's witnesses cosigned, which is no quorum")]
    QuorumNotMet {
        /// How many did.
        cosigned: usize,
    },
}

/// A `tlog-proof` that cannot be read or does not prove anything; whoever made it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogProofError {
    /// More bytes than are read.
    #[error("a proof of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// The first line is another.
    #[error("not a tlog-proof, or of another version")]
    HeaderUnknown,
    /// The extra data are not base64, empty or too many.
    #[error("the proof's extra data are malformed")]
    ExtraMalformed,
    /// The line with the index is missing or malformed.
    #[error("the proof's index is malformed")]
    IndexMalformed,
    /// No empty line with a checkpoint after it.
    #[error("the proof has no checkpoint")]
    CheckpointMissing,
    /// The checkpoint cannot be read.
    #[error("the proof's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The policy does not accept the checkpoint.
    #[error("the proof's checkpoint: {0}")]
    Unaccepted(#[from] Unaccepted),
    /// The leaf is not in that tree.
    #[error("the proof: {0}")]
    Merkle(#[from] MerkleError),
}
