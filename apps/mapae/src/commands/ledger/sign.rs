//! `mapae ledger sign`: one more agency signs an entry.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::SignedEntry;

use super::{describe, read_entry};
use crate::{
    agency,
    failure::Outcome,
    files::{self, Access},
    output::Output,
};

#[derive(Args)]
pub(crate) struct SignArgs {
    /// The entry, which is replaced by one with one more signature
    entry: PathBuf,
    /// The directory of an agency that signs; several may
    #[arg(long, required = true)]
    agency: Vec<PathBuf>,
}

/// Adds signatures; those that are there stay.
pub(crate) fn sign(args: &SignArgs, output: &Output) -> Outcome<()> {
    let mut entry = read_entry(&args.entry)?;
    let agencies = agency::open_all(&args.agency)?;
    for (id, signature) in agency::sign(&entry.unsigned(), &agencies)? {
        entry = SignedEntry::parse(&entry.countersigned(id, signature))?;
    }
    files::write(&args.entry, entry.bytes(), Access::Public)?;
    output.answer(&describe::entry(&args.entry, &entry), || describe::entry_text(&args.entry, &entry));
    Ok(())
}
