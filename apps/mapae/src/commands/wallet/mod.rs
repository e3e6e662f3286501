//! `mapae wallet`: the holder's core on the command line, with keys of software in an encrypted directory.
//!
//! What a wallet does is done by `mapae-wallet`, the same that the citizen's page has. Here are its surroundings: [`vault`] keeps
//! records and keys, [`drive`] sends, signs and writes what an errand wants.

mod add;
mod describe;
mod drive;
mod header;
mod history;
mod list;
mod page;
mod passphrase;
mod present;
mod refill;
mod share;
mod show;
mod sign_in;
mod trust;
mod vault;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mapae_types::{DocumentName, Timestamp};
use mapae_wallet::Stopped;

use self::{
    add::AddArgs,
    history::{ExportArgs, HistoryArgs},
    present::PresentArgs,
    refill::RefillArgs,
};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

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
    /// Answer a request, by its link or from its file, with a copy that nobody has seen if there is one
    Present(PresentArgs),
    /// Who was shown what, and when; the wallet alone knows
    History(HistoryArgs),
    /// Write the history to a file
    Export(ExportArgs),
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
        WalletCommand::History(args) => history::run(args, output),
        WalletCommand::Export(args) => history::export(args, output),
    }
}

/// What ended an errand: wrong usage where the person at the keyboard can mend it.
fn failure(stopped: Stopped) -> Failure {
    use mapae_oid4vci::wallet::Party;
    match stopped {
        Stopped::Issuance(error) if matches!(error.party(), Party::User | Party::Offer) => Failure::Usage(error.into()),
        silent @ Stopped::Silent { .. } => {
            Failure::Failed(anyhow::Error::new(silent).context("nothing is lost: run the same command again to go on"))
        }
        other => Failure::Failed(other.into()),
    }
}
