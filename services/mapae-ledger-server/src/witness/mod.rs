//! A witness: checks, persists, and only then cosigns (C2SP tlog-witness).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use mapae_http::{Clock, Notices, Running};
use mapae_ledger::{Entry, KeyName, VerifierKey};
use mapae_types::Entropy;

use crate::{Crash, NamedKey, ServeError, store::WitnessStore};

/// What an operator decides about a witness.
#[derive(Debug, Clone)]
pub struct WitnessConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its key, birth mark and high-water files are, as [`init`] made them.
    pub dir: PathBuf,
    /// The keys of the logs that it watches.
    pub logs: Vec<VerifierKey>,
    /// Whether it reads along and judges; then it watches one log.
    pub audit: Option<AuditConfig>,
}

/// What an auditing witness needs besides.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// Where the log serves its entries and drafts.
    pub log_url: String,
    /// The entry that founds the log, if it is known; then no other is accepted.
    pub founding: Option<Entry>,
}

/// What a witness works with.
#[derive(Debug)]
pub struct WitnessDeps<S> {
    /// What it must not lose: made by [`init`] together with its key.
    pub store: S,
    /// The time that it puts into its cosignatures.
    pub clock: Clock,
    /// The operator's ear.
    pub notices: Notices,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// Makes a witness: its key in `dir` (`witness.key`, `witness.vkey`) and, both born together, the mark in its store.
pub async fn init<S: WitnessStore>(
    dir: &Path,
    name: KeyName,
    store: &S,
    entropy: &mut (dyn Entropy + Send),
) -> Result<NamedKey, ServeError> {
    drop((dir, name, store, entropy));
    Err(ServeError::StoreAltered)
}

/// Takes up a witness, and answers from then on. [`ServeError::RetireKey`] if its state is lost.
pub async fn serve<S: WitnessStore>(config: WitnessConfig, deps: WitnessDeps<S>) -> Result<Running, ServeError> {
    drop((config, deps));
    Err(ServeError::StoreAltered)
}
