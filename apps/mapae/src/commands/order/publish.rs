//! `mapae order publish`.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::ledger::{OrderStatement, SignedEntry, Statement};
use mapae_types::Timestamp;
use serde_json::json;

use super::read_order;
use crate::{agency, environment::now, failure::Outcome, output::Output, service};

#[derive(Args)]
pub(crate) struct PublishArgs {
    /// The order, signed by enough agencies
    order: PathBuf,
    /// The ledger's URL
    #[arg(long)]
    ledger: String,
    /// The directory of the agency that enters it; it takes the right `order`
    #[arg(long)]
    agency: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Enters an order into the ledger. It was in force before, as a file; now it cannot be denied.
pub(crate) fn publish(args: &PublishArgs, output: &Output) -> Outcome<()> {
    let order = read_order(&args.order)?;
    let client = service::ledger(&args.ledger)?;
    let agencies = agency::open_all(std::slice::from_ref(&args.agency))?;
    let statement = Statement::Order(OrderStatement::new(order.as_bytes().to_vec())?);
    let unsigned = statement.prepare(now(args.at)?);
    let entry = SignedEntry::parse(&unsigned.attach(agency::sign(&unsigned, &agencies)?))?;
    let entry = service::to_entry(&entry)?;
    let wait = std::time::Duration::from_secs(10);
    let submitted = service::block_on(async {
        client.submit(&entry, wait).await.map_err(|error| service::refused(&args.order.display().to_string(), error))
    })?;
    let (id, index, published) = (order.unverified().id.as_str(), submitted.index, submitted.proof.is_some());
    output.answer(&json!({ "id": id, "index": index, "published": published }), || {
        format!("Order {id} is entry {index} of the ledger")
    });
    Ok(())
}
