//! The log: entries come in, are judged, placed, cosigned and published.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use mapae_http::{Clock, Notices, Running};
use mapae_ledger::{Entry, KeyName};

use crate::{Crash, NamedKey, ServeError, store::LogStore};

/// What an operator decides about a log.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where its files are: tiles, the checkpoint, rotations, the bundle. All but the rotations can be made anew from the
    /// store.
    pub dir: PathBuf,
    /// The policy that the log was founded with, in the form of C2SP tlog-policy. Later ones come from the entries.
    pub policy: Vec<u8>,
    /// The entry that founds the log, if it is known. An empty log begins with it, and takes no other.
    pub founding: Option<Entry>,
    /// Where witnesses are, by the names of their keys; these come before the URLs in the policy.
    pub witnesses: BTreeMap<KeyName, String>,
    /// How long to wait before a witness that did not cosign is asked again.
    pub retry: Duration,
}

/// What a log works with.
#[derive(Debug)]
pub struct LogDeps<S> {
    /// What it must not lose.
    pub store: S,
    /// Its key; the policy names it.
    pub key: NamedKey,
    /// The time, for entries that are dated later.
    pub clock: Clock,
    /// The operator's ear.
    pub notices: Notices,
    /// Where to die, in tests.
    pub crash: Crash,
}

/// Takes up the log from its store, and answers from then on.
pub async fn serve<S: LogStore>(config: LogConfig, deps: LogDeps<S>) -> Result<Running, ServeError> {
    drop((config, deps));
    Err(ServeError::StoreAltered)
}
