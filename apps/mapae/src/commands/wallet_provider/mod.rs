//! `mapae wallet-provider`: the directory of a provider of wallets.
//!
//! ```text
//! wallet-provider.toml            what the operator decides, each key with what it means, costs and endangers
//! root.pem    root.key  root.crl  the root, which the ledger names, and its revocation list, DER
//! signer.pem  signer.key          signs attestations
//! instances.db                    since when each instance is known, and which are blocked
//! ```

mod block;
mod init;

use std::path::Path;

use clap::Subcommand;
use mapae_sql::{Address, Database, SqlError};
use mapae_wallet_provider::{INSTANCES, Instances};

use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// What the directory of a provider has.
pub(crate) const SETTINGS: &str = "wallet-provider.toml";

#[derive(Subcommand)]
pub(crate) enum WalletProviderCommand {
    /// Create a wallet provider: its root, the signer of its attestations, its settings
    Init(init::InitArgs),
    /// Attest nothing more to an instance of the wallet, such as one on a phone that was lost
    Block(block::BlockArgs),
}

/// Runs it.
pub(super) fn run(command: &WalletProviderCommand, output: &Output) -> Outcome<()> {
    match command {
        WalletProviderCommand::Init(args) => init::init(args, output),
        WalletProviderCommand::Block(args) => block::block(args, output),
    }
}

/// Wrong usage, if there is no provider in that directory.
pub(crate) fn check_dir(dir: &Path) -> Outcome<()> {
    if dir.join(SETTINGS).exists() {
        return Ok(());
    }
    let dir = dir.display();
    Err(Failure::usage(format!("{dir} is no wallet provider; `mapae wallet-provider init --dir {dir}` creates one")))
}

/// The store of a provider's directory. `init` made it: one that is gone has forgotten who is blocked.
pub(crate) async fn instances(dir: &Path) -> anyhow::Result<Instances> {
    let address = Address::sqlite(dir.join("instances.db"));
    opened(Database::open(&address, &INSTANCES).await)
}

async fn new_instances(dir: &Path) -> anyhow::Result<Instances> {
    let address = Address::sqlite(dir.join("instances.db"));
    opened(Database::create(&address, &INSTANCES).await)
}

fn opened(database: Result<Database, SqlError>) -> anyhow::Result<Instances> {
    match database? {
        Database::Sqlite(database) => Ok(Instances::new(database)),
        Database::Postgres(_) => Err(anyhow::anyhow!("instances are kept in SQLite")),
    }
}
