//! `mapae issuer`: the directory of an issuer.
//!
//! ```text
//! issuer.toml     what the operator decides, each key with what it means, costs and endangers
//! server.key      the secret under which codes, tokens and nonces are made (0600)
//! office.token    opens the office (0600)
//! outbox/         messages to citizens, until a gateway takes them
//! lists/          status lists as published
//! ```

mod files;
mod init;
mod publishing;
mod registers;
mod settings;
mod sign_in;
mod signers;
mod start;

use clap::Subcommand;

use crate::{failure::Outcome, output::Output};
pub(crate) use files::IssuerDir;
pub(crate) use registers::RegisterFile;
pub(crate) use settings::IssuerSettings;
pub(crate) use start::{Start, Started};

#[derive(Subcommand)]
pub(crate) enum IssuerCommand {
    /// Write the settings of an issuer, its secret and the token of its office
    Init(init::InitArgs),
}

/// Runs it.
pub(crate) fn run(command: &IssuerCommand, output: &Output) -> Outcome<()> {
    match command {
        IssuerCommand::Init(args) => init::run(args, output),
    }
}
