//! `mapae serve witness`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use mapae_http::{Notices, Running};
use mapae_ledger::VerifierKey;
use mapae_ledger_server::{
    Crash,
    store::{PostgresWitnessStore, SqliteWitnessStore, WITNESS, WitnessStore},
    witness::{self, AuditConfig, WitnessConfig, WitnessDeps},
};
use mapae_sql::{Address, Database};
use serde_json::json;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    service::{self, ServiceArgs},
};

#[derive(Args)]
pub(crate) struct WitnessArgs {
    /// The witness's directory, as `mapae ledger witness-init` made it
    #[arg(long)]
    dir: PathBuf,
    /// Where it keeps what it cosigned, as given to `witness-init`; without it, witness.db in the directory
    #[arg(long)]
    store: Option<Address>,
    /// The verifier key file of a log that it watches
    #[arg(long, required = true)]
    log_vkey: Vec<PathBuf>,
    /// Read along, and cosign only what keeps the rules, bundles included; then it watches one log
    #[arg(long, requires = "log_url")]
    audit: bool,
    /// Where that log is served
    #[arg(long, requires = "audit")]
    log_url: Option<String>,
    /// The entry that founded that log; then no other is accepted
    #[arg(long, requires = "audit")]
    founding: Option<PathBuf>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Serves until it is told to stop.
pub(crate) fn serve(args: &WitnessArgs, output: &Output) -> Outcome<()> {
    let config = config(args)?;
    let logs: Vec<String> = config.logs.iter().map(|log| log.name().to_string()).collect();
    let audits = if args.audit { "auditing witness" } else { "witness" };
    let document = json!({ "watches": logs, "audits": args.audit });
    let what = format!("An {audits} of {}", logs.join(", ")).replace("An w", "A w");
    service::block_on(async {
        let running = start(args, config, Notices::stderr("witness")).await?;
        service::run(running, &what, &document, output).await
    })
}

fn config(args: &WitnessArgs) -> Outcome<WitnessConfig> {
    if !args.dir.join("witness.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!(
            "{dir} is not a witness; `mapae ledger witness-init --dir {dir}` makes one"
        )));
    }
    if args.audit && args.log_vkey.len() != 1 {
        return Err(Failure::usage("--audit watches one log"));
    }
    let founding = args.founding.as_deref().map(service::read_entry).transpose()?;
    let audit = args.log_url.clone().map(|log_url| AuditConfig { log_url, founding });
    let logs = args.log_vkey.iter().map(|path| read_vkey(path)).collect::<Outcome<_>>()?;
    Ok(WitnessConfig { listen: args.service.listen, dir: args.dir.clone(), logs, audit })
}

fn read_vkey(path: &Path) -> Outcome<VerifierKey> {
    let text = files::read_text(path).map_err(Failure::Usage)?;
    text.trim_end().parse().or_usage(|| format!("{} is not the key of a log", path.display()))
}

/// The same in this process, for who has more to do.
pub(super) async fn begin(args: &WitnessArgs) -> Outcome<Running> {
    start(args, config(args)?, Notices::silent()).await
}

async fn start(args: &WitnessArgs, config: WitnessConfig, notices: Notices) -> Outcome<Running> {
    let address = args.store.clone().unwrap_or_else(|| Address::sqlite(args.dir.join("witness.db")));
    let retire = "a witness that lost its store takes a new key (docs/operations/ledger.md)";
    let database = Database::open(&address, &WITNESS).await;
    match database.with_context(|| format!("the store {address:?}; {retire}"))? {
        Database::Sqlite(database) => with(args, config, SqliteWitnessStore::new(database), notices).await,
        Database::Postgres(database) => with(args, config, PostgresWitnessStore::new(database), notices).await,
    }
}

async fn with<S: WitnessStore>(
    args: &WitnessArgs,
    config: WitnessConfig,
    store: S,
    notices: Notices,
) -> Outcome<Running> {
    let crash = Crash::from_environment().or_usage(|| "wrong crash point".to_owned())?;
    let deps = WitnessDeps { store, clock: args.service.clock(), notices, crash };
    Ok(witness::serve(config, deps).await?)
}
