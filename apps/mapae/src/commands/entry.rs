//! The entry by which an agency tells the ledger of what was certified.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::Statement;
use mapae_types::Timestamp;
use serde_json::{Value, json};

#[cfg(feature = "services")]
use crate::service;
use crate::{
    agency::{self, Agency},
    failure::Outcome,
    files::{self, Access},
};

#[derive(Args)]
pub(crate) struct EntryArgs {
    /// The directory of the agency that signs the entry of the ledger
    #[arg(long, requires = "entry_out")]
    agency: Option<PathBuf>,
    /// The signed entry to write; `mapae ledger submit` hands it to the ledger
    #[arg(long, value_name = "FILE", requires = "agency")]
    entry_out: Option<PathBuf>,
    /// The URL of the ledger to hand the entry to. If that fails, the entry is kept for `mapae ledger submit`
    #[cfg(feature = "services")]
    #[arg(long, value_name = "URL", requires = "entry_out")]
    ledger: Option<String>,
}

/// A signed entry that waits to be written.
pub(crate) struct NewEntry<'a> {
    path: &'a PathBuf,
    bytes: Vec<u8>,
    ledger: Option<&'a str>,
}

impl EntryArgs {
    /// Signs the statement, if an agency is named.
    pub(crate) fn sign(&self, statement: &Statement, at: Timestamp) -> Outcome<Option<NewEntry<'_>>> {
        let (Some(dir), Some(path)) = (&self.agency, &self.entry_out) else { return Ok(None) };
        let unsigned = statement.prepare(at);
        let bytes = unsigned.attach(agency::sign(&unsigned, &[Agency::open(dir)?])?);
        Ok(Some(NewEntry { path, bytes, ledger: self.ledger() }))
    }

    #[cfg(feature = "services")]
    fn ledger(&self) -> Option<&str> {
        self.ledger.as_deref()
    }

    #[cfg(not(feature = "services"))]
    const fn ledger(&self) -> Option<&str> {
        None
    }
}

impl NewEntry<'_> {
    /// Writes it, and hands it in where a ledger is named.
    pub(crate) fn write(&self) -> Outcome<()> {
        files::write(self.path, &self.bytes, Access::Public)?;
        self.ledger.map_or(Ok(()), |url| hand_in(url, self.path))
    }
}

/// Without waiting for witnesses: the entry is kept by then, and a bundle will have it.
#[cfg(feature = "services")]
fn hand_in(url: &str, path: &std::path::Path) -> Outcome<()> {
    let (client, entry) = (service::ledger(url)?, service::read_entry(path)?);
    let kept = || format!("{} was not taken by {url}; `mapae ledger submit` hands it in again", path.display());
    let submitted = service::block_on(async {
        client.submit(&entry, std::time::Duration::ZERO).await.map_err(|error| service::refused(&kept(), error))
    });
    submitted.map(drop)
}

#[cfg(not(feature = "services"))]
fn hand_in(_: &str, _: &std::path::Path) -> Outcome<()> {
    Ok(())
}

/// Where the entry is, for programs.
pub(crate) fn place(entry: Option<&NewEntry<'_>>) -> Value {
    entry.map_or(Value::Null, |entry| json!(entry.path.display().to_string()))
}

/// What comes next, for people.
pub(crate) fn next(entry: Option<&NewEntry<'_>>) -> String {
    match entry {
        Some(NewEntry { path, ledger: Some(url), .. }) => format!("{} is in the ledger at {url}", path.display()),
        Some(entry) => format!("{0} is the ledger's entry; `mapae ledger submit` hands it in", entry.path.display()),
        None => "no entry for the ledger was signed; --agency and --entry-out do that".to_owned(),
    }
}
