//! `mapae ledger entry`: an entry from a statement in TOML.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::{MAX_ENTRY, SignedEntry};
use mapae_types::Timestamp;

use super::{describe, statement};
use crate::{
    agency,
    environment::now,
    failure::{OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
};

#[derive(Args)]
pub(crate) struct EntryArgs {
    /// The statement: a TOML file whose `kind` says what else it has (docs/operations/ledger.md)
    #[arg(long, value_name = "STATEMENT.toml")]
    from: PathBuf,
    /// The directory of an agency that signs; several for what agencies decide together
    #[arg(long, required = true)]
    agency: Vec<PathBuf>,
    /// The entry to write
    #[arg(long)]
    out: PathBuf,
    /// The time of the statement (RFC 3339); now if not given
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Writes a signed entry. Whether it may stand is for the ledger to judge.
pub(crate) fn entry(args: &EntryArgs, output: &Output) -> Outcome<()> {
    let agencies = agency::open_all(&args.agency)?;
    let unsigned = statement::read(&args.from)?.prepare(now(args.at)?);
    let bytes = unsigned.attach(agency::sign(&unsigned, &agencies)?);
    let unfit = || format!("{} makes no entry of at most {MAX_ENTRY} bytes", args.from.display());
    let entry = SignedEntry::parse(&bytes).or_usage(unfit)?;
    files::write(&args.out, entry.bytes(), Access::Public)?;
    output.answer(&describe::entry(&args.out, &entry), || describe::entry_text(&args.out, &entry));
    Ok(())
}
