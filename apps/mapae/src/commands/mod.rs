//! One file per command.

mod authority;
mod bundle;
#[cfg(feature = "services")]
mod country;
#[cfg(feature = "services")]
mod demo;
mod entry;
mod inspect;
mod issue;
#[cfg(feature = "services")]
mod issuer;
mod ledger;
#[cfg(feature = "services")]
mod load;
#[cfg(feature = "services")]
mod office;
mod order;
#[cfg(feature = "services")]
mod pages;
mod people;
mod present;
#[cfg(feature = "services")]
mod reader;
mod relying_party;
mod request;
mod revoke;
#[cfg(feature = "services")]
mod sandbox;
#[cfg(feature = "services")]
mod script;
#[cfg(feature = "services")]
mod serve;
#[cfg(feature = "services")]
mod up;
mod verify;
#[cfg(feature = "services")]
mod wallet;
#[cfg(feature = "services")]
mod wallet_provider;

pub(crate) use authority::{RenewArgs, VicalArgs};
#[cfg(feature = "services")]
pub(crate) use bundle::PublishArgs;
pub(crate) use bundle::{FetchArgs, ListSource};
#[cfg(feature = "services")]
pub(crate) use issuer::IssuerCommand;
pub(crate) use ledger::LedgerCommand;
#[cfg(feature = "services")]
pub(crate) use load::LoadCommand;
#[cfg(feature = "services")]
pub(crate) use office::OfficeCommand;
pub(crate) use order::OrderCommand;
pub(crate) use relying_party::RelyingPartyCommand;
#[cfg(feature = "services")]
pub(crate) use serve::ServeCommand;
#[cfg(feature = "services")]
pub(crate) use up::UpArgs;
#[cfg(feature = "services")]
pub(crate) use wallet::WalletCommand;
#[cfg(feature = "services")]
pub(crate) use wallet_provider::WalletProviderCommand;

use std::process::ExitCode;

use crate::{
    cli::{AuthorityCommand, BundleCommand, Command, PeopleCommand},
    failure::Outcome,
    output::Output,
};

/// Runs a command. Only `verify` has more to say by its exit code than that it worked.
pub(crate) fn run(command: Command, output: &Output) -> Outcome<ExitCode> {
    let done = |outcome: Outcome<()>| outcome.map(|()| ExitCode::SUCCESS);
    match command {
        #[cfg(feature = "services")]
        Command::Demo(args) => done(demo::run(&args, output)),
        Command::Authority(AuthorityCommand::Init(args)) => done(authority::init(&args, output)),
        Command::Authority(AuthorityCommand::Distrust(args)) => done(authority::distrust(&args, output)),
        Command::Authority(AuthorityCommand::RenewRoot(args)) => done(authority::renew_root(&args, output)),
        Command::Authority(AuthorityCommand::RenewSigners(args)) => done(authority::renew_signers(&args, output)),
        Command::Authority(AuthorityCommand::Vical(args)) => done(authority::vical(&args, output)),
        Command::People(PeopleCommand::Sample(args)) => done(people::sample(&args, output)),
        Command::Issue(args) => done(issue::run(&args, output)),
        Command::Revoke(args) => done(revoke::run(&args, output)),
        Command::Bundle(BundleCommand::Build(args)) => done(bundle::build(&args, output)),
        Command::Bundle(BundleCommand::Show(args)) => done(bundle::show(&args, output)),
        Command::Bundle(BundleCommand::Delta(args)) => done(bundle::delta(&args, output)),
        Command::Bundle(BundleCommand::Apply(args)) => done(bundle::apply(&args, output)),
        #[cfg(feature = "services")]
        Command::Bundle(BundleCommand::Publish(args)) => done(bundle::publish(&args, output)),
        #[cfg(feature = "services")]
        Command::Serve(command) => done(serve::run(&command, output)),
        #[cfg(feature = "services")]
        Command::Load(command) => done(load::run(&command, output)),
        #[cfg(feature = "services")]
        Command::Issuer(command) => done(issuer::run(&command, output)),
        #[cfg(feature = "services")]
        Command::Office(command) => done(office::run(&command, output)),
        Command::Bundle(BundleCommand::Fetch(args)) => done(bundle::fetch(&args, output)),
        Command::Ledger(command) => ledger::run(&command, output),
        Command::Order(command) => done(order::run(&command, output)),
        #[cfg(feature = "services")]
        Command::WalletProvider(command) => done(wallet_provider::run(&command, output)),
        Command::RelyingParty(command) => relying_party::run(&command, output),
        Command::Request(args) => done(request::run(&args, output)),
        Command::Present(args) => done(present::run(&args, output)),
        #[cfg(feature = "services")]
        Command::Wallet(command) => done(wallet::run(&command, output)),
        Command::Verify(args) => verify::run(&args, output),
        #[cfg(feature = "services")]
        Command::Reader(args) => done(reader::run(&args, output)),
        #[cfg(feature = "services")]
        Command::Up(args) => done(up::run(&args, output)),
        Command::Inspect(args) => done(inspect::run(&args, output)),
    }
}
