//! `mapae office backlog`.

use clap::Args;
use serde_json::{Value, json};

use super::client::{OfficeArgs, text};
use crate::{failure::Outcome, output::Output};

#[derive(Args)]
pub(crate) struct BacklogArgs {
    /// Offer to so many; their codes leave by the outbox, their links are printed
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    offer: u32,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Offers to the most urgent.
pub(super) async fn run(args: &BacklogArgs, output: &Output) -> Outcome<()> {
    let answer = args.office.open()?.post("/office/offers/next", &json!({ "count": args.offer })).await?;
    output.answer(&answer, || {
        let offers = answer["offers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let lines: Vec<String> = offers.iter().map(line).collect();
        if lines.is_empty() { "nobody waits".to_owned() } else { lines.join("\n") }
    });
    Ok(())
}

fn line(offer: &Value) -> String {
    format!("{}  {}", text(offer, "person"), text(offer, "credential_offer_uri"))
}
