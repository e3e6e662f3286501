//! `mapae order`: in a disaster, agencies stretch the ages of evidence. Everything but `publish` works with files alone.

mod combine;
#[cfg(feature = "services")]
mod publish;
mod sign;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mapae_trust::{Bundle, NewOrder, Order, OrderSigners, TrustStore};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    pinned::read_policy,
};

#[derive(Subcommand)]
pub(crate) enum OrderCommand {
    /// Sign an order for one or several agencies, or another agency's order once more
    Sign(sign::SignArgs),
    /// Put signatures of several agencies together into one order
    Combine(combine::CombineArgs),
    /// Enter an order into the ledger, once there is one again
    #[cfg(feature = "services")]
    Publish(publish::PublishArgs),
}

/// Runs one of them.
pub(crate) fn run(command: &OrderCommand, output: &Output) -> Outcome<()> {
    match command {
        OrderCommand::Sign(args) => sign::sign(args, output),
        OrderCommand::Combine(args) => combine::combine(args, output),
        #[cfg(feature = "services")]
        OrderCommand::Publish(args) => publish::publish(args, output),
    }
}

/// The newest bundle, which says who may sign orders and which signers are compromised.
#[derive(Args)]
struct Newest {
    /// The newest bundle at hand: it says who may sign orders, and which signers are known as compromised
    #[arg(long, requires = "policy")]
    bundle: Option<PathBuf>,
    /// The ledger's policy
    #[arg(long, env = "MAPAE_POLICY")]
    policy: Option<PathBuf>,
}

impl Newest {
    /// Reads the bundle, if one is given, and believes it only under the policy.
    fn read(&self) -> Outcome<Option<TrustStore>> {
        let (Some(bundle), Some(policy)) = (&self.bundle, &self.policy) else { return Ok(None) };
        let unusable = || format!("{} cannot be relied on", bundle.display());
        let file = files::read(bundle).map_err(Failure::Usage)?;
        let policy = read_policy(policy)?;
        Bundle::parse(file).and_then(|bundle| bundle.verify(&policy)).map(Some).or_usage(unusable)
    }
}

/// Who may sign, by a bundle.
fn signers(store: &TrustStore) -> Outcome<&OrderSigners> {
    store.order_signers().ok_or_else(|| Failure::usage("the bundle names nobody who may sign orders"))
}

fn read_order(path: &Path) -> Outcome<Order> {
    let file = files::read(path).map_err(Failure::Usage)?;
    Order::parse(file).or_usage(|| format!("{} is not an order", path.display()))
}

/// What an order says, for programs.
fn describe(path: &Path, order: &Order, store: Option<&TrustStore>) -> Outcome<Value> {
    let terms = order.unverified();
    let signed_by = order.signed_by()?;
    let classes = terms.classes.iter();
    let classes: Vec<Value> =
        classes.map(|(name, age)| json!({ "name": name.as_str(), "usable_for_seconds": age.as_seconds() })).collect();
    let needed = store.and_then(TrustStore::order_signers).map(OrderSigners::threshold);
    Ok(json!({
        "file": path.display().to_string(),
        "id": terms.id.as_str(),
        "ledger": terms.origin.to_string(),
        "issued_at": terms.issued_at.to_string(),
        "from": terms.from.to_string(),
        "until": terms.until.to_string(),
        "reason": { "ko": terms.reason.ko(), "en": terms.reason.en() },
        "classes": classes,
        "compromised": terms.compromised.len(),
        "signed_by": signed_by.iter().map(mapae_types::Id::as_str).collect::<Vec<_>>(),
        "needed": needed,
    }))
}

/// The same for people.
fn describe_text(path: &Path, document: &Value, terms: &NewOrder) -> String {
    let names = document["signed_by"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let names: Vec<&str> = names.collect();
    let needed = document["needed"].as_u64().map(|needed| format!(" ({needed} must)")).unwrap_or_default();
    let mut lines = vec![
        format!("Order {} in {}, about the ledger {}", terms.id.as_str(), path.display(), terms.origin),
        format!("  {} / {}", terms.reason.ko(), terms.reason.en()),
        format!("  from {} until {}", terms.from, terms.until),
    ];
    lines.extend(terms.classes.iter().map(|(name, age)| format!("  {}: usable for {age}", name.as_str())));
    lines.push(format!("  {} signers stay refused as compromised", terms.compromised.len()));
    lines.push(format!("  signed by {}{needed}", names.join(", ")));
    lines.join("\n")
}
