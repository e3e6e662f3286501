//! `mapae ledger witness-init`: a witness's key and what it must not lose, born together.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use mapae_ledger::KeyName;
use mapae_ledger_server::{
    NamedKey,
    store::{PostgresWitnessStore, SqliteWitnessStore, WITNESS},
    witness,
};
use mapae_sql::{Address, Database};
use serde_json::json;

use crate::{
    environment::SystemEntropy,
    failure::{Failure, Outcome},
    files,
    output::Output,
    service,
};

#[derive(Args)]
pub(crate) struct WitnessInitArgs {
    /// Directory to create it in
    #[arg(long)]
    dir: PathBuf,
    /// The name of its key, best a URL without its scheme, such as witness.agency.example/2026. Another key has another
    /// name
    #[arg(long)]
    name: KeyName,
    /// Where it keeps what it cosigned: `sqlite:FILE` or `postgres://…`; without it, witness.db in the directory
    #[arg(long)]
    store: Option<Address>,
}

/// Makes a witness in a directory that has none.
pub(crate) fn witness_init(args: &WitnessInitArgs, output: &Output) -> Outcome<()> {
    let dir = args.dir.display().to_string();
    let address = args.store.clone().unwrap_or_else(|| Address::sqlite(args.dir.join("witness.db")));
    let kept = address.file().is_some_and(std::path::Path::exists);
    if args.dir.join("witness.key").exists() || kept {
        return Err(Failure::usage(format!(
            "{dir} already holds a witness; nothing was changed. A witness that lost its state takes a new directory and \
             a new name"
        )));
    }
    files::create_dir(&args.dir)?;
    let key = service::block_on(init(args, &address))?;
    let vkey = key.verifier();
    output.answer(&json!({ "dir": dir, "name": args.name.as_str(), "vkey": vkey.to_string() }), || {
        format!("Witness {} in {dir}\n  {vkey}\n  the ledger's agencies need {dir}/witness.vkey", args.name)
    });
    Ok(())
}

async fn init(args: &WitnessInitArgs, address: &Address) -> Outcome<NamedKey> {
    let (dir, name) = (&args.dir, args.name.clone());
    let database = Database::create(address, &WITNESS).await.context("the witness's store")?;
    Ok(match database {
        Database::Sqlite(database) => {
            witness::init(dir, name, &SqliteWitnessStore::new(database), &mut SystemEntropy).await
        }
        Database::Postgres(database) => {
            witness::init(dir, name, &PostgresWitnessStore::new(database), &mut SystemEntropy).await
        }
    }?)
}
