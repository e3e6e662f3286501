//! `mapae bundle publish`: what follows from the ledger's entries, with fresh status lists, entered and sealed.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use mapae_ledger::MajorityPolicy;
use mapae_ledger_server::client::LedgerClient;
use mapae_trust::{
    Bundle, DraftBundle, StatusEntry, TrustStore,
    ledger::{BundleStatement, LedgerState, SignedEntry, Statement},
};
use mapae_types::Timestamp;
use serde_json::json;

use super::{
    ListSource,
    build::status_lists,
    describe, describe_text,
    lists::{once_each, published},
    write,
};
use crate::{
    agency::{self, Agency},
    authority::Authority,
    environment::now,
    failure::{Failure, Outcome},
    output::Output,
    pinned::read_policy,
    service,
};

#[derive(Args)]
pub(crate) struct PublishArgs {
    /// The ledger's URL
    #[arg(long)]
    ledger: String,
    /// The ledger's policy
    #[arg(long, env = "MAPAE_POLICY")]
    policy: PathBuf,
    /// The directory of the agency that enters the bundle; it takes the right `bundle`
    #[arg(long)]
    agency: PathBuf,
    /// The directory of an authority whose status lists go in
    #[arg(long)]
    authority: Option<PathBuf>,
    /// A directory of documents that it issued
    #[arg(long, requires = "authority")]
    issued: Vec<PathBuf>,
    /// The lists that an issuer's service published: its folder, or the address where it names them all
    #[arg(long, value_name = "DIR|URL")]
    lists: Vec<ListSource>,
    /// The bundle to write
    #[arg(long)]
    out: PathBuf,
    /// How long to wait for the witnesses
    #[arg(long, default_value = "60s")]
    wait: mapae_types::Duration,
    /// The time of which the bundle speaks (RFC 3339); now if not given
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Publishes a bundle.
pub(crate) fn publish(args: &PublishArgs, output: &Output) -> Outcome<()> {
    let policy = read_policy(&args.policy)?;
    let client = service::ledger(&args.ledger)?;
    let agencies = agency::open_all(std::slice::from_ref(&args.agency))?;
    let of_services = published(&args.lists)?;
    let store = service::block_on(async {
        let state = read_state(&client, &policy, now(args.at)?).await?;
        let as_of = as_of(&state, args.at).await?;
        let draft = draft(&state, as_of, once_each([lists(args, as_of)?, of_services].concat())?)?;
        enter(&client, &draft, &agencies, args).await?;
        sealed(&client, &draft, &policy, args).await
    })?;
    write(&args.out, &store)?;
    let mut document = describe(&args.out, &store);
    document["index"] = json!(store.proven().map(mapae_ledger::Proven::index));
    output.answer(&document, || describe_text(&args.out, &store));
    Ok(())
}

/// Bundles are told apart by the second; two in one second would be the same statement twice.
async fn as_of(state: &LedgerState, at: Option<Timestamp>) -> Outcome<Timestamp> {
    let as_of = now(at)?;
    if at.is_some() || state.bundle().is_none_or(|last| last.as_of() != as_of) {
        return Ok(as_of);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(now(None)?)
}

fn lists(args: &PublishArgs, as_of: Timestamp) -> Outcome<Vec<StatusEntry>> {
    match &args.authority {
        Some(authority) => status_lists(&Authority::open(authority)?, &args.issued, as_of),
        None => Ok(Vec::new()),
    }
}

/// What the entries say, each judged anew: a bundle is signed by who believes it.
async fn read_state(client: &LedgerClient, policy: &MajorityPolicy, now: Timestamp) -> Outcome<LedgerState> {
    let ledger = client.read(policy, now).await.context("the ledger")?;
    Ok(ledger.state)
}

fn draft(state: &LedgerState, as_of: Timestamp, lists: Vec<StatusEntry>) -> Outcome<DraftBundle> {
    let origin = state.origin().context("the ledger is not founded")?;
    let draft = state.contents(as_of, lists)?.draft(&origin);
    draft.check_lists().context("the status lists do not fit the ledger")?;
    Ok(draft)
}

async fn enter(client: &LedgerClient, draft: &DraftBundle, agencies: &[Agency], args: &PublishArgs) -> Outcome<()> {
    client.put_draft(draft.as_bytes()).await.map_err(|error| service::refused("the draft", error))?;
    let statement = Statement::Bundle(BundleStatement::new(draft.manifest_hash(), draft.as_of()));
    let unsigned = statement.prepare(now(args.at)?);
    let entry = SignedEntry::parse(&unsigned.attach(agency::sign(&unsigned, agencies)?))?;
    let entry = service::to_entry(&entry)?;
    let submitted = client.submit(&entry, wait(args)).await.map_err(|error| service::refused("the bundle", error))?;
    if submitted.proof.is_none() {
        let index = submitted.index;
        return Err(Failure::Failed(anyhow::anyhow!(
            "the bundle is entry {index}, but a quorum has not cosigned it yet; `mapae bundle fetch --from {}/bundle` \
             gets it once it has",
            args.ledger.trim_end_matches('/')
        )));
    }
    Ok(())
}

/// The sealed bundle, which the log puts together once the entry is published.
async fn sealed(
    client: &LedgerClient,
    draft: &DraftBundle,
    policy: &MajorityPolicy,
    args: &PublishArgs,
) -> Outcome<TrustStore> {
    let until = tokio::time::Instant::now() + wait(args);
    loop {
        if let Some(file) = client.bundle().await? {
            let store = Bundle::parse(file)?.verify(policy)?;
            if store.manifest_hash()? == draft.manifest_hash() {
                return Ok(store);
            }
        }
        if tokio::time::Instant::now() > until {
            return Err(Failure::Failed(anyhow::anyhow!("the ledger does not serve the bundle that it published")));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn wait(args: &PublishArgs) -> Duration {
    Duration::from_secs(u64::try_from(args.wait.as_seconds()).unwrap_or(0))
}
