//! What leaves the issuer: status lists and the journal.

use core::ops::Range;

use mapae_types::Timestamp;

use crate::ids::BatchId;

/// Copies that are no longer good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The how-manieth revocation, from 1, without gaps.
    pub nth: u64,
    /// The copies' numbers.
    pub numbers: Range<u64>,
    /// When the copies end; a list need not show them longer.
    pub valid_until: Timestamp,
    /// Since when.
    pub at: Timestamp,
}

/// What was issued in a span of time (design D13).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    /// Copies.
    pub copies: u64,
    /// A leaf for each batch, in the order of their ids.
    pub leaves: Vec<JournalLeaf>,
}

/// A batch in the journal: its id, and a hash over all that was committed of it and is kept for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalLeaf {
    /// The batch.
    pub batch: BatchId,
    /// SHA-256 over the document, the configuration, the numbers, the time and the hashes of what was signed.
    pub hash: [u8; 32],
}

/// A task that one process at a time does.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Which task.
    pub task: &'static str,
    /// Who would do it.
    pub holder: String,
    /// For how long.
    pub until: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What may be forgotten.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// Now.
    pub now: Timestamp,
    /// Key thumbprints and seeds of batches before this are deleted (design D7).
    pub keys_before: Timestamp,
    /// Rows of each kind, at most, so that nobody waits for long.
    pub limit: u32,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows of all kinds.
    pub rows: u64,
    /// Documents that ended by themselves.
    pub expired: u64,
    /// Whether there may be more.
    pub more: bool,
}
