//! `mapae relying-party`: who may ask for what (design D15).

mod check;
mod enrol;
mod register;
mod registrar;
mod withdraw;
mod words;

use std::process::ExitCode;

use clap::Subcommand;

use crate::{failure::Outcome, output::Output};

#[derive(Subcommand)]
pub(crate) enum RelyingPartyCommand {
    /// Create a registrar: the root of the certificates by which relying parties and their readers sign requests
    Registrar(registrar::RegistrarArgs),
    /// Register a relying party: its access certificate, and what it may ask for and why
    Register(register::RegisterArgs),
    /// Give a reader device of a registered relying party a certificate of its own
    EnrolReader(enrol::EnrolArgs),
    /// Take a registration back, and its readers' with it
    Withdraw(withdraw::WithdrawArgs),
    /// Say whether a request stays inside a registration: exit 0 inside, 1 over-asking, 64 wrong usage
    Check(check::CheckArgs),
}

/// Runs a command. `check` has more to say by its exit code than that it worked.
pub(super) fn run(command: &RelyingPartyCommand, output: &Output) -> Outcome<ExitCode> {
    let done = |outcome: Outcome<()>| outcome.map(|()| ExitCode::SUCCESS);
    match command {
        RelyingPartyCommand::Registrar(args) => done(registrar::registrar(args, output)),
        RelyingPartyCommand::Register(args) => done(register::register(args, output)),
        RelyingPartyCommand::EnrolReader(args) => done(enrol::enrol(args, output)),
        RelyingPartyCommand::Withdraw(args) => done(withdraw::withdraw(args, output)),
        RelyingPartyCommand::Check(args) => check::check(args, output),
    }
}
