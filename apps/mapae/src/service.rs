//! What commands that open sockets have in common.

use std::{future::Future, net::SocketAddr, path::Path, time::Duration};

use anyhow::Context as _;
use clap::Args;
use mapae_http::{Bounds, Clock, Running, stop_signal};
use mapae_ledger::{Entry, MajorityPolicy};
use mapae_ledger_server::client::{LedgerClient, LedgerError};
use mapae_trust::ledger::SignedEntry;
use serde_json::{Value, json};

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
};

/// Where a service listens, and by which clock it goes.
#[derive(Args)]
pub(crate) struct ServiceArgs {
    /// Address and port; port 0 takes a free one. There is no TLS here: put a proxy before it
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    clock: ClockArgs,
}

/// By which clock a service goes.
#[derive(Args, Clone, Copy)]
pub(crate) struct ClockArgs {
    /// Go by a clock that is so much ahead of the machine's, for rehearsals
    #[arg(long, hide = true)]
    clock_ahead: Option<mapae_types::Duration>,
    /// Go by a clock that is so much behind
    #[arg(long, hide = true, conflicts_with = "clock_ahead")]
    clock_behind: Option<mapae_types::Duration>,
}

impl ServiceArgs {
    pub(crate) fn clock(&self) -> Clock {
        self.clock.clock()
    }
}

impl ClockArgs {
    pub(crate) fn clock(self) -> Clock {
        match (self.clock_ahead, self.clock_behind) {
            (Some(ahead), _) => Clock::shifted(ahead),
            (None, Some(behind)) => Clock::shifted(mapae_types::Duration::seconds(-behind.as_seconds())),
            (None, None) => Clock::system(),
        }
    }
}

/// Runs something that waits for others.
pub(crate) fn block_on<T>(future: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    // What a request takes is given back soon. With huge pages the kernel would wipe two megabytes for it each time; a kernel
    // that does not know the word leaves it at that.
    #[cfg(target_os = "linux")]
    let _known = rustix::thread::disable_transparent_huge_pages(true);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// Says where a service answers, and runs it until it is told to stop.
pub(crate) async fn run(running: Running, what: &str, document: &Value, output: &Output) -> Outcome<()> {
    // The handlers stand before the address is told.
    let stop = stop_signal()?;
    let mut document = document.clone();
    document["address"] = json!(running.url());
    document["pid"] = json!(std::process::id());
    output.answer(&document, || format!("{what} at {}; Ctrl-C stops it", running.url()));
    running.until(stop).await.context("a part of the service died")?;
    Ok(())
}

/// A ledger to ask.
pub(crate) fn ledger(url: &str) -> Outcome<LedgerClient> {
    // An answer may wait for witnesses; the longest that is waited for is added to it.
    let bounds = Bounds { total: Duration::from_mins(2), ..Bounds::default() };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Failure::usage(format!("`{url}` is not the URL of a ledger: http://… or https://…")));
    }
    LedgerClient::new(url, bounds).or_usage(|| url.to_owned())
}

/// The policy in force, proven step by step from the one that we hold.
pub(crate) async fn newest_policy(client: &LedgerClient, held: &MajorityPolicy) -> Outcome<MajorityPolicy> {
    Ok(client.policies(held).await.context("the ledger's policies")?.newest().clone())
}

/// An entry's file as the log takes it. What is no entry of ours is not sent.
pub(crate) fn read_entry(path: &Path) -> Outcome<Entry> {
    let bytes = files::read(path).map_err(Failure::Usage)?;
    to_entry(&SignedEntry::parse(&bytes).or_usage(|| format!("{} is not an entry", path.display()))?)
}

pub(crate) fn to_entry(entry: &SignedEntry) -> Outcome<Entry> {
    Ok(Entry::new(entry.bytes().to_vec())?)
}

/// A refusal with its rule's code, for people and for programs that look for the code.
pub(crate) fn refused(what: &str, error: LedgerError) -> Failure {
    let LedgerError::Refused(problem) = error else {
        return Failure::Failed(anyhow::Error::new(error).context(what.to_owned()));
    };
    let (code, title) = (problem.code(), problem.title());
    let said = problem.said().map(|said| format!(" ({said})")).unwrap_or_default();
    Failure::Failed(anyhow::anyhow!("{what}: the ledger refused it: {code}: {title}{said}"))
}
