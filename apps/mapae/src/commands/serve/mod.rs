//! `mapae serve`: the long-running parts.

mod issuer;
mod ledger;
mod verifier;
mod wallet_provider;
mod witness;

use clap::Subcommand;
use mapae_http::Running;

use crate::{failure::Outcome, output::Output};

#[derive(Subcommand)]
pub(crate) enum ServeCommand {
    /// Serve an issuer: offers, tokens, copies for wallets; an office for clerks
    Issuer(issuer::IssuerArgs),
    /// Serve a trust ledger: take entries, have them cosigned, publish
    Ledger(ledger::LedgerArgs),
    /// Serve a witness: check that the ledger only grows, write that down, and only then cosign
    Witness(witness::WitnessArgs),
    /// Serve a wallet provider: attest wallets and their keys
    WalletProvider(wallet_provider::WalletProviderArgs),
    /// Serve a verifier: ask wallets in a relying party's name, and say what their answers are worth
    Verifier(verifier::VerifierArgs),
}

/// Serves in this process until it is dropped.
pub(crate) async fn begin(command: &ServeCommand) -> Outcome<Running> {
    match command {
        ServeCommand::Issuer(args) => issuer::begin(args).await,
        ServeCommand::Ledger(args) => ledger::begin(args).await,
        ServeCommand::Witness(args) => witness::begin(args).await,
        ServeCommand::WalletProvider(args) => wallet_provider::begin(args).await,
        ServeCommand::Verifier(args) => verifier::begin(args).await,
    }
}

/// Serves until it is told to stop.
pub(crate) fn run(command: &ServeCommand, output: &Output) -> Outcome<()> {
    match command {
        ServeCommand::Issuer(args) => issuer::serve(args, output),
        ServeCommand::Ledger(args) => ledger::serve(args, output),
        ServeCommand::Witness(args) => witness::serve(args, output),
        ServeCommand::WalletProvider(args) => wallet_provider::serve(args, output),
        ServeCommand::Verifier(args) => verifier::serve(args, output),
    }
}
