//! `mapae ledger`.

mod agency;
mod describe;
mod entry;
mod fork_check;
mod found;
mod journal;
mod log_init;
#[cfg(feature = "services")]
mod monitor;
mod policy;
mod show;
mod sign;
mod statement;
#[cfg(feature = "services")]
mod submit;
#[cfg(feature = "services")]
mod witness_init;

use std::{path::Path, process::ExitCode};

use clap::Subcommand;
use mapae_trust::ledger::SignedEntry;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
};

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Make the keys of an agency: one for entries, one for continuity orders
    Agency(agency::AgencyArgs),
    /// Make a witness: its key, and what it must not lose
    #[cfg(feature = "services")]
    WitnessInit(witness_init::WitnessInitArgs),
    /// Make the key of a log
    LogInit(log_init::LogInitArgs),
    /// Found a ledger: write the policy that readers hold, and the first entry
    Found(found::FoundArgs),
    /// Write another policy: another witness, another threshold
    Policy(policy::PolicyArgs),
    /// Sign a statement, written in TOML, as an entry
    Entry(entry::EntryArgs),
    /// Sign an issuer's day: how many lines its journal has, and their Merkle root
    Journal(journal::JournalArgs),
    /// Check that a journal still begins as it was entered: exit 0 if so, 1 if not
    JournalCheck(journal::JournalCheckArgs),
    /// Sign an entry for one more agency
    Sign(sign::SignArgs),
    /// Hand entries to a ledger
    #[cfg(feature = "services")]
    Submit(submit::SubmitArgs),
    /// Show what an entry says, or all entries of a ledger
    Show(show::ShowArgs),
    /// Watch a ledger at several places; a fork is reported with evidence that anybody can check
    #[cfg(feature = "services")]
    Monitor(monitor::MonitorArgs),
    /// Judge evidence of a fork: exit 0 the log forked, 1 this does not prove it
    ForkCheck(fork_check::ForkCheckArgs),
}

/// Runs one of them.
pub(crate) fn run(command: &LedgerCommand, output: &Output) -> Outcome<ExitCode> {
    let done = |outcome: Outcome<()>| outcome.map(|()| ExitCode::SUCCESS);
    match command {
        LedgerCommand::Agency(args) => done(agency::agency(args, output)),
        #[cfg(feature = "services")]
        LedgerCommand::WitnessInit(args) => done(witness_init::witness_init(args, output)),
        LedgerCommand::LogInit(args) => done(log_init::log_init(args, output)),
        LedgerCommand::Found(args) => done(found::found(args, output)),
        LedgerCommand::Policy(args) => done(policy::policy(args, output)),
        LedgerCommand::Entry(args) => done(entry::entry(args, output)),
        LedgerCommand::Journal(args) => done(journal::journal(args, output)),
        LedgerCommand::JournalCheck(args) => journal::check(args, output),
        LedgerCommand::Sign(args) => done(sign::sign(args, output)),
        #[cfg(feature = "services")]
        LedgerCommand::Submit(args) => done(submit::submit(args, output)),
        LedgerCommand::Show(args) => done(show::show(args, output)),
        #[cfg(feature = "services")]
        LedgerCommand::Monitor(args) => monitor::monitor(args, output),
        LedgerCommand::ForkCheck(args) => fork_check::check(args, output),
    }
}

fn read_entry(path: &Path) -> Outcome<SignedEntry> {
    let bytes = files::read(path).map_err(Failure::Usage)?;
    SignedEntry::parse(&bytes).or_usage(|| format!("{} is not an entry", path.display()))
}
