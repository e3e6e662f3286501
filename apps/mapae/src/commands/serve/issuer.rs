//! `mapae serve issuer`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use mapae_hsm::SignerKind;
use mapae_http::{Notices, Running};
use mapae_sql::Address;
use serde_json::json;

use crate::{
    commands::issuer::{IssuerDir, RegisterFile, Start, Started},
    failure::{Failure, Outcome},
    output::Output,
    service::{self, ClockArgs},
};

#[derive(Args)]
#[group(id = "settings", required = true, multiple = false, args = ["dir", "config"])]
pub(crate) struct IssuerArgs {
    /// The issuer's directory, as `mapae issuer init` made it
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Its settings, if they are not issuer.toml in that directory
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where wallets ask, if not as the settings say; port 0 takes a free one. There is no TLS here: put a proxy before it
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where the office asks, if not as the settings say; never reachable from outside
    #[arg(long, value_name = "ADDRESS:PORT")]
    office_listen: Option<SocketAddr>,
    /// Another store than the settings name: `sqlite:FILE` or `postgres://…`
    #[arg(long)]
    store: Option<Address>,
    /// Take in a register (CSV) once, if the store has none; `[[registers]]` of the settings are followed
    #[arg(long, value_name = "DOCUMENT=FILE")]
    register: Vec<RegisterFile>,
    /// Let each commit take so many milliseconds longer, to measure what distant sites would make of it
    #[arg(long, hide = true, value_name = "MILLISECONDS", default_value_t = 0)]
    commit_delay: u64,
    #[command(flatten)]
    clock: ClockArgs,
}

/// Serves until it is told to stop.
pub(crate) fn serve(args: &IssuerArgs, output: &Output) -> Outcome<()> {
    let dir = open(args)?;
    dir.settings.log.install()?;
    let what = format!("Issuer {}", dir.settings.base_url);
    service::block_on(async {
        let started = start(args, &dir, Notices::stderr("issuer")).await?;
        warn(&started);
        let document = json!({
            "issuer": dir.settings.base_url,
            "office": started.serving.office_url(),
            "keys": if started.keys == SignerKind::Hardware { "hardware" } else { "software" },
        });
        service::run(started.serving.into_running(), &what, &document, output).await
    })
}

/// Whoever runs this must not overlook it.
fn warn(started: &Started) {
    if started.keys == SignerKind::Software {
        Output::note(
            "issuer: WARNING: keys in files sign here, for development only: whoever reads them issues documents. \
             [hsm] in issuer.toml names a hardware module",
        );
    }
}

/// The same in this process, for who has more to do.
pub(super) async fn begin(args: &IssuerArgs) -> Outcome<Running> {
    let dir = open(args)?;
    Ok(start(args, &dir, Notices::silent()).await?.serving.into_running())
}

fn open(args: &IssuerArgs) -> Outcome<IssuerDir> {
    let config = match (&args.config, &args.dir) {
        (Some(config), _) => config.clone(),
        (None, Some(dir)) => dir.join("issuer.toml"),
        (None, None) => return Err(Failure::usage("--dir or --config says what is served")),
    };
    let mut dir = IssuerDir::open(&config)?;
    dir.settings.listen = args.listen.unwrap_or(dir.settings.listen);
    dir.settings.office_listen = args.office_listen.unwrap_or(dir.settings.office_listen);
    Ok(dir)
}

async fn start(args: &IssuerArgs, dir: &IssuerDir, notices: Notices) -> Outcome<Started> {
    let start = Start {
        store: args.store.clone(),
        registers: args.register.clone(),
        commit_delay: Duration::from_millis(args.commit_delay),
        clock: args.clock.clock(),
        notices,
    };
    dir.start(start).await
}
