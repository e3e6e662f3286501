//! `mapae office documents`.

use clap::Args;
use mapae_types::PersonId;
use serde_json::Value;

use super::client::{OfficeArgs, text};
use crate::{failure::Outcome, output::Output};

#[derive(Args)]
pub(crate) struct DocumentsArgs {
    /// The person, by the register's id
    #[arg(long)]
    person: PersonId,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Lists them, the newest last.
pub(super) async fn run(args: &DocumentsArgs, output: &Output) -> Outcome<()> {
    let answer = args.office.open()?.get(&format!("/office/documents?person={}", args.person.as_str())).await?;
    output.answer(&answer, || {
        let documents = answer["documents"].as_array().map(Vec::as_slice).unwrap_or_default();
        if documents.is_empty() {
            return "no documents".to_owned();
        }
        documents.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// A document in one line.
pub(super) fn line(document: &Value) -> String {
    format!("{}  {:<10} {}", text(document, "document_id"), text(document, "state"), text(document, "document"))
}
