//! `mapae office offer`.

use clap::Args;
use mapae_types::{DocumentName, PersonId};
use serde_json::json;

use super::{
    client::{OfficeArgs, text},
    qr,
};
use crate::{failure::Outcome, output::Output};

#[derive(Args)]
pub(crate) struct OfferArgs {
    /// The person, by the register's id
    #[arg(long)]
    person: PersonId,
    /// Which document of the catalogue
    #[arg(long)]
    document: DocumentName,
    /// Who is more urgent is served first when many wait
    #[arg(long)]
    urgency: Option<u8>,
    /// Let the wallet wait until `mapae office approve`
    #[arg(long)]
    hold: bool,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Applies, identifies and offers in one: the person stands at the counter.
pub(super) async fn run(args: &OfferArgs, output: &Output) -> Outcome<()> {
    let office = args.office.open()?;
    let mut asked = json!({ "person": args.person.as_str(), "document": args.document.as_str() });
    if let Some(urgency) = args.urgency {
        asked["urgency"] = json!(urgency);
    }
    if args.hold {
        asked["hold"] = json!(true);
    }
    let offer = office.post("/office/offers", &asked).await?;
    if offer["queued"] == true {
        let wait =
            "Too many wait: the person stands in line by urgency, and `mapae office backlog` offers to those first.";
        output.answer(&offer, || format!("Document {} is queued. {wait}", text(&offer, "document_id")));
        return Ok(());
    }
    let link = text(&offer, "credential_offer_uri").to_owned();
    output.answer(&offer, || {
        format!(
            "{}\n{link}\n\nDocument {}, offer {}, open until {}.\nThe code goes to the citizen's phone, not to this screen.",
            qr::for_terminal(&link),
            text(&offer, "document_id"),
            text(&offer, "offer_id"),
            text(&offer, "expires_at"),
        )
    });
    Ok(())
}
