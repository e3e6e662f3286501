//! Why lists or a day's entry did not go out.

use std::path::PathBuf;

use mapae_hsm::HsmError;
use mapae_http::ClockError;
use mapae_ledger_server::client::LedgerError;
use mapae_status_list::{IndexOutOfRange, IssueError};
use mapae_trust::ledger::EntryError;
use mapae_types::EntropyError;

use crate::store::StoreError;

/// Why lists or a day's entry did not go out. The next round tries again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublicationError {
    /// The store did not answer.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// Nobody signed.
    #[error("the signer: {0}")]
    Signer(#[from] HsmError),
    /// The folder cannot be read or written: the operator's.
    #[error("{}: {source}", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The machine's clock.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The random source gave nothing, and revocations do not go out without cover.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A list cannot be made into a token: the configuration is at fault.
    #[error("a status list: {0}")]
    Token(#[from] IssueError),
    /// The store revoked what no list has.
    #[error("a status list: {0}")]
    Index(#[from] IndexOutOfRange),
    /// The ledger did not answer, or refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry that no ledger would take.
    #[error("the day's entry: {0}")]
    Entry(#[from] EntryError),
    /// An entry that is too long for any ledger.
    #[error("the day's entry does not fit a ledger")]
    EntryUnfit,
    /// The store's journal is not the one that was entered: it was restored from a backup, or somebody changed it.
    #[error("the journal until day {day} is not the one in the ledger: {count} batches here, {entered} there")]
    JournalDiffers {
        /// The day, counted from 1970-01-01.
        day: u64,
        /// Batches in the store.
        count: u64,
        /// Batches by the ledger.
        entered: u64,
    },
    /// A task ended early.
    #[error("a task of the publication ended early")]
    Ended,
}
