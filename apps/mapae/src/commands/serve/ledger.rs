//! `mapae serve ledger`.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use mapae_http::{Notices, Running};
use mapae_ledger::KeyName;
use mapae_ledger_server::{
    Crash, NamedKey,
    log::{self, LogConfig, LogDeps},
    store::{LOG, LogStore, PostgresLogStore, SqliteLogStore},
};
use mapae_sql::{Address, Database};
use serde_json::json;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    pinned::read_policy,
    service::{self, ServiceArgs},
};

#[derive(Args)]
pub(crate) struct LedgerArgs {
    /// The log's directory, as `mapae ledger log-init` made it. What is served lies in its folder `public`
    #[arg(long)]
    dir: PathBuf,
    /// Where entries are kept: `sqlite:FILE` or `postgres://…`; without it, log.db in the directory
    #[arg(long)]
    store: Option<Address>,
    /// The policy that the ledger was founded with
    #[arg(long, env = "MAPAE_POLICY")]
    policy: PathBuf,
    /// Begin the ledger with this entry. Without it, a store that is not there is an error and never an empty ledger
    #[arg(long)]
    founding: Option<PathBuf>,
    /// Where a witness takes checkpoints, by the name of its key; the policy may say it, too
    #[arg(long, value_name = "NAME=URL")]
    witness: Vec<String>,
    /// How long to wait before a witness that did not cosign is asked again
    #[arg(long, default_value = "1s")]
    retry: mapae_types::Duration,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Serves until it is told to stop.
pub(crate) fn serve(args: &LedgerArgs, output: &Output) -> Outcome<()> {
    let config = config(args)?;
    let key = key(args)?;
    let document = json!({ "ledger": key.verifier().name().as_str(), "files": config.dir.display().to_string() });
    let what = format!("Ledger {}", key.verifier().name());
    service::block_on(async {
        let running = start(args, config, key, Notices::stderr("ledger")).await?;
        service::run(running, &what, &document, output).await
    })
}

/// The same in this process, for who has more to do.
pub(super) async fn begin(args: &LedgerArgs) -> Outcome<Running> {
    start(args, config(args)?, key(args)?, Notices::silent()).await
}

fn key(args: &LedgerArgs) -> Outcome<NamedKey> {
    let none = || format!("{0} is not a log; `mapae ledger log-init --dir {0}` makes one", args.dir.display());
    NamedKey::open(&args.dir, "log").or_usage(none)
}

fn config(args: &LedgerArgs) -> Outcome<LogConfig> {
    read_policy(&args.policy)?;
    let retry = u64::try_from(args.retry.as_seconds()).or_usage(|| "--retry".to_owned())?;
    Ok(LogConfig {
        listen: args.service.listen,
        dir: args.dir.join("public"),
        policy: files::read(&args.policy).map_err(Failure::Usage)?,
        founding: args.founding.as_deref().map(service::read_entry).transpose()?,
        witnesses: args.witness.iter().map(|given| witness(given)).collect::<Outcome<BTreeMap<_, _>>>()?,
        retry: Duration::from_secs(retry),
    })
}

fn witness(given: &str) -> Outcome<(KeyName, String)> {
    let pair = given.rsplit_once("=http").map(|(name, rest)| (name.parse::<KeyName>(), format!("http{rest}")));
    match pair {
        Some((Ok(name), url)) => Ok((name, url)),
        _ => Err(Failure::usage(format!("--witness {given}: expected NAME=URL"))),
    }
}

async fn start(args: &LedgerArgs, config: LogConfig, key: NamedKey, notices: Notices) -> Outcome<Running> {
    let address = args.store.clone().unwrap_or_else(|| Address::sqlite(args.dir.join("log.db")));
    let database = match &args.founding {
        Some(_) => Database::create(&address, &LOG).await,
        None => Database::open(&address, &LOG).await,
    };
    match database.with_context(|| format!("the store {address:?} (a new ledger begins with --founding)"))? {
        Database::Sqlite(database) => with(args, config, key, SqliteLogStore::new(database), notices).await,
        Database::Postgres(database) => with(args, config, key, PostgresLogStore::new(database), notices).await,
    }
}

async fn with<S: LogStore>(
    args: &LedgerArgs,
    config: LogConfig,
    key: NamedKey,
    store: S,
    notices: Notices,
) -> Outcome<Running> {
    let crash = Crash::from_environment().or_usage(|| "wrong crash point".to_owned())?;
    let deps = LogDeps { store, key, clock: args.service.clock(), notices, crash };
    Ok(log::serve(config, deps).await?)
}
