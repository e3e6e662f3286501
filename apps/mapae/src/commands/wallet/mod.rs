//! `mapae wallet`: a wallet on the command line, with keys of software in an encrypted directory.
//!
//! It is the first client of the issuer and the tool of those who run one; the citizen's wallet comes later. What it
//! takes from an offer, [`obtain`] fetches; [`vault`] keeps it; [`trust`] judges it.

mod add;
mod card;
mod describe;
mod header;
mod list;
mod obtain;
mod passphrase;
mod present;
mod refill;
mod session;
mod show;
mod sign_in;
mod trust;
mod vault;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mapae_types::{DocumentName, Timestamp};

use self::{add::AddArgs, present::PresentArgs, refill::RefillArgs};
use crate::{failure::Outcome, output::Output};

#[derive(Subcommand)]
pub(crate) enum WalletCommand {
    /// Take what an offer offers; run again, it goes on where it stopped
    Add(AddArgs),
    /// List what is in the wallet
    List(ListArgs),
    /// Show a document with its contents, to its holder
    Show(ShowArgs),
    /// Replace copies by new ones, from the middle of their life on or after a document was resumed
    Refill(RefillArgs),
    /// Answer a request with a copy that nobody has seen, if there is one
    Present(PresentArgs),
}

/// Where the wallet is.
#[derive(Args)]
pub(crate) struct WalletArgs {
    /// The wallet's directory. Its passphrase is asked for, or read from `MAPAE_WALLET_PASSPHRASE`
    #[arg(long, value_name = "DIR", env = "MAPAE_WALLET", default_value = "wallet")]
    dir: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The document, as `list` names it
    document: DocumentName,
    #[command(flatten)]
    wallet: WalletArgs,
}

/// Runs a command.
pub(crate) fn run(command: &WalletCommand, output: &Output) -> Outcome<()> {
    match command {
        WalletCommand::Add(args) => add::run(args, output),
        WalletCommand::List(args) => list::run(args, output),
        WalletCommand::Show(args) => show::run(args, output),
        WalletCommand::Refill(args) => refill::run(args, output),
        WalletCommand::Present(args) => present::run(args, output),
    }
}
