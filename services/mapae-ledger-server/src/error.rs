//! Why a service does not start.

use std::{io, path::PathBuf};

use mapae_http::ClockError;
use mapae_ledger::{CheckpointError, CosignatureError, PolicyError, SequencerError, TileError};

use crate::{KeyFileError, rules::RuleBroken, store::StoreError};

/// Why a service does not start. The party at fault is the operator, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be used.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The store does not answer.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The key's files.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The clock is far off.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// No HTTP client can be made.
    #[error(transparent)]
    Client(#[from] mapae_http::ClientError),
    /// The policy's file.
    #[error("the policy: {0}")]
    Policy(#[from] PolicyError),
    /// The policy is for another log than the key.
    #[error("the policy is for another log than this key's")]
    PolicyOfAnotherLog,
    /// A key has another type than its use needs.
    #[error("the key: {0}")]
    Sequencer(#[from] SequencerError),
    /// A witness's key, or one of a log that it watches, has another type than its use needs.
    #[error("the witness: {0}")]
    Witness(#[from] CosignatureError),
    /// The store's entries do not have its root: it was altered from outside.
    #[error("the store's entries do not have the root of its head")]
    StoreAltered,
    /// An entry of the store breaks a rule: it was altered from outside, or written by another version.
    #[error("entry {index} of the store breaks a rule: {broken}")]
    EntryRefused {
        /// Its index.
        index: u64,
        /// Which.
        broken: RuleBroken,
    },
    /// The entry that was to found the log is refused.
    #[error("the founding entry: {0}")]
    FoundingRefused(mapae_http::Problem),
    /// The log's key does not sign.
    #[error("{0}")]
    Signing(String),
    /// A rotation of the policy cannot be taken up.
    #[error("{0}")]
    Rotation(String),
    /// What was published cannot be read.
    #[error("the published checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The tiles cannot be written.
    #[error("the tiles: {0}")]
    Tiles(#[from] TileError),
    /// An auditing witness that is to watch several logs: each has rules and entries of its own.
    #[error("an auditing witness watches one log")]
    AuditsOneLog,
    /// The address of the audited log.
    #[error(transparent)]
    Audited(#[from] crate::client::LedgerError),
    /// A monitor cannot make a proof of the tiles that it has read itself.
    #[error("our own tiles: {0}")]
    OwnTiles(String),
    /// What was cosigned last cannot be taken up.
    #[error("what was cosigned last: {0}")]
    TakeUp(String),
    /// The witness's state is gone, or another's, or was restored: its key must be retired, for it may have cosigned a
    /// history that this state does not know (tlog-witness).
    #[error("retire this key: {0}")]
    RetireKey(StateLost),
}

/// How a witness's state was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateLost {
    /// The store has never seen this key.
    #[error("its store is empty or another's")]
    Unmarked,
    /// The store was made for another life of the key.
    #[error("its store has another birth mark")]
    OtherBirth,
    /// The store is older than what was cosigned.
    #[error("it cosigned {cosigned} entries, and its store knows of {recorded}")]
    RolledBack {
        /// The size in the high-water file.
        cosigned: u64,
        /// The size in the store.
        recorded: u64,
    },
    /// The store has as many entries as were cosigned, and others.
    #[error("it cosigned another tree of {size} entries than its store knows")]
    OtherTree {
        /// The size of both.
        size: u64,
    },
    /// The high-water file cannot be read, or is gone although something was cosigned.
    #[error("its high-water file is gone or unreadable")]
    HighWaterLost,
}
