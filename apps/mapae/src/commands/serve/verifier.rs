//! `mapae serve verifier`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use mapae_document::Catalogue;
use mapae_http::{Dice, Metrics, Notices, Running, settings};
use mapae_sql::Database;
use mapae_types::{Entropy as _, hex};
use mapae_verifier::{
    self as verifier, Crash, RelyingParty, Sandbox, ServerSecret, VerifierConfig, VerifierDeps, WebhookSecret,
    store::{Address, OpenIdStore, PostgresSessionStore, SessionStore, SqliteSessionStore, VERIFIER},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    authority::read_key,
    commands::sandbox::Folder,
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    pinned::Pinned,
    registrar::read_registration,
    service::{self, ServiceArgs},
};

#[derive(Args)]
pub(crate) struct VerifierArgs {
    /// Its settings; paths in them are taken from the file's folder
    #[arg(long, required_unless_present = "sandbox")]
    config: Option<PathBuf>,
    /// A folder for developers, made the first time: sample people answer on demand, rightly or wrongly
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    sandbox: Option<PathBuf>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Serves until it is told to stop.
pub(crate) fn serve(args: &VerifierArgs, output: &Output) -> Outcome<()> {
    let Some(path) = &args.config else { return serve_sandbox(args, output) };
    let config = config(path)?;
    config.log.install().context("the log")?;
    let document = json!({ "verifier": config.base_url });
    let what = format!("Verifier {}", config.base_url);
    service::block_on(async {
        let running = start(args.service.listen, args, config, Notices::stderr("verifier"), None).await?;
        service::run(running, &what, &document, output).await
    })
}

/// The same with sample people.
fn serve_sandbox(args: &VerifierArgs, output: &Output) -> Outcome<()> {
    let folder = folder(args)?;
    let config = sandbox_config(&folder)?;
    config.log.install().context("the log")?;
    let (what, document) = (folder.text(), folder.told());
    service::block_on(async {
        let running = start_sandbox(args, folder, config, Notices::stderr("sandbox")).await?;
        service::run(running, &what, &document, output).await
    })
}

fn folder(args: &VerifierArgs) -> Outcome<Folder> {
    let dir = args.sandbox.as_deref().ok_or_else(|| Failure::usage("--config or --sandbox says what is served"))?;
    Folder::open(dir, args.service.listen, args.service.clock().now()?)
}

fn sandbox_config(folder: &Folder) -> Outcome<VerifierConfig> {
    Ok(VerifierConfig { base_url: folder.base_url(), ..config(&folder.config())? })
}

async fn start_sandbox(
    args: &VerifierArgs,
    folder: Folder,
    config: VerifierConfig,
    notices: Notices,
) -> Outcome<Running> {
    let sandbox = Sandbox::new(folder.country());
    let mut running = start(folder.listen(), args, config, notices, Some(sandbox)).await?;
    folder.keep_publishing(&mut running, args.service.clock());
    Ok(running)
}

/// The same in this process, for who has more to do.
pub(super) async fn begin(args: &VerifierArgs) -> Outcome<Running> {
    if let Some(path) = &args.config {
        return start(args.service.listen, args, config(path)?, Notices::silent(), None).await;
    }
    let folder = folder(args)?;
    let config = sandbox_config(&folder)?;
    start_sandbox(args, folder, config, Notices::silent()).await
}

/// The settings, with paths as this process has them.
fn config(path: &Path) -> Outcome<VerifierConfig> {
    let text = files::read_text(path).map_err(Failure::Usage)?;
    let mut config: VerifierConfig = settings::parse(&text).or_usage(|| path.display().to_string())?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let here = |file: &mut PathBuf| *file = folder.join(&*file);
    here(&mut config.relying_party);
    here(&mut config.secret_file);
    here(&mut config.bundle.memory);
    config.bundle.policy.as_mut().map(here);
    config.bundle.key.as_mut().map(here);
    config.webhook.secret_file.as_mut().map(here);
    config.openid.files().for_each(here);
    if !config.bundle.source.contains("://") {
        config.bundle.source = folder.join(&config.bundle.source).display().to_string();
    }
    if let Some(file) = config.store.strip_prefix("sqlite:") {
        config.store = format!("sqlite:{}", folder.join(file).display());
    }
    Ok(config)
}

async fn start(
    listen: SocketAddr,
    args: &VerifierArgs,
    config: VerifierConfig,
    notices: Notices,
    sandbox: Option<Sandbox>,
) -> Outcome<Running> {
    let address: Address = config.store.parse().or_usage(|| "`store` of the settings".to_owned())?;
    match Database::create(&address, &VERIFIER).await.with_context(|| format!("the store {address:?}"))? {
        Database::Sqlite(database) => {
            let deps = deps(args, &config, SqliteSessionStore::new(database), notices)?;
            run(listen, config, deps, sandbox).await
        }
        Database::Postgres(database) => {
            let deps = deps(args, &config, PostgresSessionStore::new(database), notices)?;
            run(listen, config, deps, sandbox).await
        }
    }
}

async fn run<S: SessionStore + OpenIdStore>(
    listen: SocketAddr,
    config: VerifierConfig,
    deps: VerifierDeps<S>,
    sandbox: Option<Sandbox>,
) -> Outcome<Running> {
    Ok(match sandbox {
        Some(sandbox) => verifier::serve_sandbox(listen, config, deps, sandbox).await?,
        None => verifier::serve(listen, config, deps).await?,
    })
}

fn deps<S: SessionStore + OpenIdStore>(
    args: &VerifierArgs,
    config: &VerifierConfig,
    store: S,
    notices: Notices,
) -> Outcome<VerifierDeps<S>> {
    Ok(VerifierDeps {
        store,
        relying_party: relying_party(&config.relying_party)?,
        catalogue: Catalogue::builtin()?,
        secret: secret(&config.secret_file)?,
        pinned: pinned(config)?,
        webhook_secret: config.webhook.secret_file.as_deref().map(webhook_secret).transpose()?,
        clock: args.service.clock(),
        dice: Dice::from_fn(|bytes| SystemEntropy.fill(bytes)),
        notices,
        metrics: Metrics::new(),
        crash: Crash::from_environment().or_usage(|| "wrong crash point".to_owned())?,
    })
}

fn relying_party(dir: &Path) -> Outcome<RelyingParty> {
    let registration = read_registration(&dir.join("registration.cbor"))?;
    RelyingParty::new(registration, read_key(&dir.join("access.key"))?).or_usage(|| dir.display().to_string())
}

fn secret(path: &Path) -> Outcome<ServerSecret> {
    let text = Zeroizing::new(files::read_text(path).map_err(Failure::Usage)?);
    let bytes = hex::decode(text.trim()).and_then(|bytes| bytes.try_into().ok());
    let hint = || format!("{} is not 32 bytes in hexadecimal; `openssl rand -hex 32` makes some", path.display());
    bytes.map(ServerSecret::new).ok_or_else(|| Failure::usage(hint()))
}

fn webhook_secret(path: &Path) -> Outcome<WebhookSecret> {
    let text = Zeroizing::new(files::read_text(path).map_err(Failure::Usage)?);
    WebhookSecret::parse(&text).or_usage(|| path.display().to_string())
}

fn pinned(config: &VerifierConfig) -> Outcome<verifier::Pinned> {
    match Pinned::read(config.bundle.key.as_deref(), config.bundle.policy.as_deref())? {
        Some(Pinned::Key(key)) => Ok(verifier::Pinned::Key(Box::new(key))),
        Some(Pinned::Policy(policy)) => Ok(verifier::Pinned::Policy(policy)),
        None => Err(Failure::usage("`bundle.policy` or `bundle.key` says who vouches for bundles")),
    }
}
