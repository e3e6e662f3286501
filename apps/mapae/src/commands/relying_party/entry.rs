//! The entry by which an agency tells the ledger of what was certified.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::Statement;
use mapae_types::Timestamp;
use serde_json::{Value, json};

use crate::{
    agency::{self, Agency},
    failure::Outcome,
    files::{self, Access},
};

#[derive(Args)]
pub(super) struct EntryArgs {
    /// The directory of the agency that signs the entry of the ledger
    #[arg(long, requires = "entry_out")]
    agency: Option<PathBuf>,
    /// The signed entry to write; `mapae ledger submit` hands it to the ledger
    #[arg(long, value_name = "FILE", requires = "agency")]
    entry_out: Option<PathBuf>,
}

/// A signed entry that waits to be written.
pub(super) struct NewEntry<'a> {
    path: &'a PathBuf,
    bytes: Vec<u8>,
}

impl EntryArgs {
    /// Signs the statement, if an agency is named.
    pub(super) fn sign(&self, statement: &Statement, at: Timestamp) -> Outcome<Option<NewEntry<'_>>> {
        let (Some(dir), Some(path)) = (&self.agency, &self.entry_out) else { return Ok(None) };
        let unsigned = statement.prepare(at);
        let bytes = unsigned.attach(agency::sign(&unsigned, &[Agency::open(dir)?])?);
        Ok(Some(NewEntry { path, bytes }))
    }
}

impl NewEntry<'_> {
    pub(super) fn write(&self) -> Outcome<()> {
        Ok(files::write(self.path, &self.bytes, Access::Public)?)
    }
}

/// Where the entry is, for programs.
pub(super) fn place(entry: Option<&NewEntry<'_>>) -> Value {
    entry.map_or(Value::Null, |entry| json!(entry.path.display().to_string()))
}

/// What comes next, for people.
pub(super) fn next(entry: Option<&NewEntry<'_>>) -> String {
    match entry {
        Some(entry) => format!("{0} is the ledger's entry; `mapae ledger submit` hands it in", entry.path.display()),
        None => "no entry for the ledger was signed; --agency and --entry-out do that".to_owned(),
    }
}
