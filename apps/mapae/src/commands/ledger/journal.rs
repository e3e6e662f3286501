//! `mapae ledger journal` and `journal-check`: an issuer's day in the ledger, and whether its journal is still the one that
//! was entered (design D13).
//!
//! The leaves of the tree are the lines of `journal.jsonl`, all of them and as they stand, without their line feeds; the
//! root is that of RFC 6962. A journal only grows, so that every root that was ever entered is one of its beginnings.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use mapae_ledger::{TileTree, TreeHash, leaf_hash};
use mapae_trust::ledger::{Fingerprint, Journal, SignedEntry, Statement};
use mapae_types::{Date, Timestamp};
use serde_json::{Value, json};

use super::{describe, read_entry};
use crate::{
    agency,
    authority::read_certificate,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    issued::journal_path,
    lines::Lines,
    output::Output,
};

const DAY: i64 = 86_400;

/// Leaves that are put into the tree at once; what it hands out for a server's tiles is dropped.
const BATCH: usize = 4096;

#[derive(Args)]
pub(crate) struct JournalArgs {
    /// The directory of issued documents
    #[arg(long)]
    issued: PathBuf,
    /// The issuer's root (PEM), as the ledger has it
    #[arg(long)]
    root: PathBuf,
    /// The day that ends; today if not given
    #[arg(long)]
    day: Option<Date>,
    /// The directory of the agency that entered the issuer; it takes the right `journal`
    #[arg(long)]
    agency: PathBuf,
    /// The entry to write; `mapae ledger submit` hands it in
    #[arg(long)]
    out: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

#[derive(Args)]
pub(crate) struct JournalCheckArgs {
    /// The directory of issued documents
    #[arg(long)]
    issued: PathBuf,
    /// Entries of kind `journal` of that issuer
    #[arg(required = true)]
    entries: Vec<PathBuf>,
}

/// Writes the day's entry.
pub(crate) fn journal(args: &JournalArgs, output: &Output) -> Outcome<()> {
    let at = now(args.at)?;
    let agencies = agency::open_all(std::slice::from_ref(&args.agency))?;
    let issuer = read_certificate(&args.root).map_err(Failure::Usage)?;
    let day = args.day.unwrap_or_else(|| at.date()).midnight().unix() / DAY;
    let day = u64::try_from(day).or_usage(|| "--day".to_owned())?;
    let mut tree = TileTree::new();
    grow(&mut tree, &mut open(&args.issued)?, None)?;
    let journal =
        Journal { issuer: Fingerprint(issuer.fingerprint()), day, count: tree.size(), root: tree.head().root() };
    let unsigned = Statement::Journal(journal).prepare(at);
    let entry = SignedEntry::parse(&unsigned.attach(agency::sign(&unsigned, &agencies)?))?;
    files::write(&args.out, entry.bytes(), Access::Public)?;
    output.answer(&describe::entry(&args.out, &entry), || describe::entry_text(&args.out, &entry));
    Ok(())
}

/// Exits with 1 if the journal does not begin as it was entered.
pub(crate) fn check(args: &JournalCheckArgs, output: &Output) -> Outcome<ExitCode> {
    let mut entered = args.entries.iter().map(|path| Ok((path, read_journal(path)?))).collect::<Outcome<Vec<_>>>()?;
    entered.sort_by_key(|(_, journal)| journal.count);
    let mut lines = open(&args.issued)?;
    let mut tree = TileTree::new();
    let mut found = Vec::new();
    for (path, journal) in &entered {
        grow(&mut tree, &mut lines, Some(journal.count))?;
        found.push((*path, *journal, tree.size(), tree.head().root()));
    }
    let sound = found.iter().all(|(_, journal, size, root)| agrees(journal, *size, *root));
    let document: Vec<Value> = found.iter().map(told).collect();
    output.answer(&json!({ "agrees": sound, "entries": document }), || {
        found.iter().map(told_text).collect::<Vec<_>>().join("\n")
    });
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Found<'a> = (&'a PathBuf, Journal, u64, TreeHash);

fn agrees(journal: &Journal, size: u64, root: TreeHash) -> bool {
    size == journal.count && root == journal.root
}

fn told((path, journal, size, root): &Found<'_>) -> Value {
    json!({
        "file": path.display().to_string(),
        "count": journal.count,
        "lines": size,
        "agrees": agrees(journal, *size, *root),
    })
}

fn told_text((path, journal, size, root): &Found<'_>) -> String {
    let (path, count) = (path.display(), journal.count);
    if agrees(journal, *size, *root) {
        format!("{path}: the first {count} lines of the journal are those that were entered")
    } else if *size < count {
        format!("{path}: {count} lines were entered, and the journal has {size}: lines are missing")
    } else {
        format!("{path}: the first {count} lines of the journal are not those that were entered")
    }
}

fn read_journal(path: &Path) -> Outcome<Journal> {
    match read_entry(path)?.statement() {
        Statement::Journal(journal) => Ok(*journal),
        _ => Err(Failure::usage(format!("{} states no day of a journal", path.display()))),
    }
}

fn open(issued: &Path) -> Outcome<Lines> {
    let path = journal_path(issued);
    if !path.is_file() {
        return Err(Failure::usage(format!("{} has no journal", issued.display())));
    }
    Ok(Lines::open_at(&path, 0)?)
}

/// Adds lines, to the end or until the tree has as many.
fn grow(tree: &mut TileTree, lines: &mut Lines, until: Option<u64>) -> Outcome<()> {
    let mut batch = Vec::with_capacity(BATCH);
    while until.is_none_or(|until| tree.size() + (batch.len() as u64) < until) && lines.advance()? {
        batch.push(leaf_hash(lines.line()));
        if batch.len() == BATCH {
            tree.append(batch.drain(..)).context("the journal is too long")?;
        }
    }
    tree.append(batch).context("the journal is too long")?;
    Ok(())
}
