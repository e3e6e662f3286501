//! `mapae ledger submit`: entries into the ledger.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use mapae_ledger::MajorityPolicy;
use mapae_ledger_server::client::{LedgerClient, Submitted};
use mapae_types::Duration;
use serde_json::json;

use crate::{failure::Outcome, output::Output, pinned::read_policy, service};

#[derive(Args)]
pub(crate) struct SubmitArgs {
    /// The ledger's URL
    #[arg(long)]
    to: String,
    /// The entries, in the order in which they are to stand
    #[arg(required = true)]
    entries: Vec<PathBuf>,
    /// Check the proofs of publication by the ledger's policy
    #[arg(long, env = "MAPAE_POLICY")]
    policy: Option<PathBuf>,
    /// How long to wait for the witnesses
    #[arg(long, default_value = "10s")]
    wait: Duration,
}

/// Submits them one after the other, and stops at the first that is refused. An entry that is in the ledger already gets
/// the index that it has.
pub(crate) fn submit(args: &SubmitArgs, output: &Output) -> Outcome<()> {
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    let client = service::ledger(&args.to)?;
    let entries = args.entries.iter().map(|path| service::read_entry(path)).collect::<Outcome<Vec<_>>>()?;
    let wait = std::time::Duration::from_secs(u64::try_from(args.wait.as_seconds()).unwrap_or(0));
    let submitted = service::block_on(async {
        let mut submitted = Vec::new();
        for (path, entry) in args.entries.iter().zip(&entries) {
            let one = client.submit(entry, wait).await;
            let one = one.map_err(|error| service::refused(&told(path, &submitted), error))?;
            check(&client, policy.as_ref(), &one).await?;
            submitted.push(one);
        }
        Ok(submitted)
    })?;
    answer(args, &submitted, output);
    Ok(())
}

fn told(path: &Path, before: &[Submitted]) -> String {
    let path = path.display();
    if before.is_empty() { path.to_string() } else { format!("{path} ({} before it are in the ledger)", before.len()) }
}

async fn check(client: &LedgerClient, policy: Option<&MajorityPolicy>, submitted: &Submitted) -> Outcome<()> {
    let (Some(policy), Some(proof)) = (policy, &submitted.proof) else { return Ok(()) };
    let newest = service::newest_policy(client, policy).await?;
    proof
        .verify(&newest, submitted.leaf)
        .context("the ledger says that the entry is published, and does not prove it")?;
    Ok(())
}

fn answer(args: &SubmitArgs, submitted: &[Submitted], output: &Output) {
    let pairs = || args.entries.iter().zip(submitted);
    let document = |(path, one): (&PathBuf, &Submitted)| {
        json!({
            "file": path.display().to_string(),
            "index": one.index,
            "leaf": one.leaf.to_string(),
            "published": one.proof.is_some(),
        })
    };
    let entries: Vec<_> = pairs().map(document).collect();
    output.answer(&json!({ "ledger": args.to, "entries": entries }), || {
        let line = |(path, one): (&PathBuf, &Submitted)| {
            let published = if one.proof.is_some() { "published" } else { "kept; a quorum has not cosigned yet" };
            format!("{} is entry {}, {published}", path.display(), one.index)
        };
        pairs().map(line).collect::<Vec<_>>().join("\n")
    });
}
