//! `mapae wallet-provider block`. It may be run beside the service, which hears of it at once.

use std::path::PathBuf;

use clap::Args;
use mapae_types::Timestamp;
use mapae_wallet_provider::{Blocking, InstanceId};
use serde_json::json;

use super::{check_dir, instances};
use crate::{
    environment::now,
    failure::{Failure, Outcome},
    output::Output,
    service,
};

#[derive(Args)]
pub(crate) struct BlockArgs {
    /// The provider's directory
    #[arg(long)]
    dir: PathBuf,
    /// The instance, as the wallet shows it: 64 hexadecimal digits
    #[arg(long)]
    instance: InstanceId,
    /// Why
    #[arg(long)]
    reason: String,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Blocks an instance for good.
pub(super) fn block(args: &BlockArgs, output: &Output) -> Outcome<()> {
    check_dir(&args.dir)?;
    let at = now(args.at)?;
    let done =
        service::block_on(async { Ok(instances(&args.dir).await?.block(&args.instance, &args.reason, at).await?) })?;
    if done == Blocking::Unknown {
        return Err(Failure::usage("no such instance ever asked this provider; nothing was changed"));
    }
    let before = done == Blocking::Before;
    let document = json!({ "instance": args.instance.to_string(), "blocked": true, "before": before });
    output.answer(&document, || {
        let was = if before { "was blocked before" } else { "is blocked from now on" };
        format!("Instance {} {was}; what is attested to it ends by itself", args.instance)
    });
    Ok(())
}
