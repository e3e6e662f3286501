//! `mapae serve wallet-provider`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use mapae_hsm::Signer;
use mapae_http::{Metrics, Notices, Running, settings};
use mapae_wallet_provider::{self as provider, Attester, WalletProviderConfig, WalletProviderDeps};
use mapae_x509::TrustAnchor;
use serde_json::json;

use crate::{
    authority::{read_certificate, read_key},
    commands::wallet_provider::{SETTINGS, check_dir, instances},
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    service::{self, ServiceArgs},
};

#[derive(Args)]
pub(crate) struct WalletProviderArgs {
    /// The provider's directory, as `mapae wallet-provider init` made it
    #[arg(long)]
    dir: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Serves until it is told to stop.
pub(crate) fn serve(args: &WalletProviderArgs, output: &Output) -> Outcome<()> {
    let config = config(args)?;
    config.log.install().context("the log")?;
    let document = json!({ "wallet_provider": config.base_url, "signer": "software" });
    let what = format!("Wallet provider {}, which signs with a key in a file: for development", config.base_url);
    service::block_on(async {
        let running = start(args, config, Notices::stderr("wallet-provider")).await?;
        service::run(running, &what, &document, output).await
    })
}

/// The same in this process, for who has more to do.
pub(super) async fn begin(args: &WalletProviderArgs) -> Outcome<Running> {
    start(args, config(args)?, Notices::silent()).await
}

fn config(args: &WalletProviderArgs) -> Outcome<WalletProviderConfig> {
    check_dir(&args.dir)?;
    let path = args.dir.join(SETTINGS);
    let text = files::read_text(&path).map_err(Failure::Usage)?;
    settings::parse(&text).or_usage(|| path.display().to_string())
}

async fn start(args: &WalletProviderArgs, config: WalletProviderConfig, notices: Notices) -> Outcome<Running> {
    let dir = &args.dir;
    let clock = args.service.clock();
    let root = TrustAnchor::new(read_certificate(&dir.join("root.pem"))?)?;
    let chain = [read_certificate(&dir.join("signer.pem"))?];
    let attester = Attester::new(Signer::software(read_key(&dir.join("signer.key"))?), &chain, &root, clock.now()?)?;
    let store = dir.join("instances.db");
    let lost = || format!("{} is gone, and with it who is blocked; put its backup there", store.display());
    let deps = WalletProviderDeps {
        attester,
        instances: instances(dir).await.with_context(lost)?,
        clock,
        entropy: Box::new(SystemEntropy),
        notices,
        metrics: Metrics::new(),
    };
    Ok(provider::serve(args.service.listen, config, deps).await?)
}
