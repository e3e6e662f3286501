//! The clerk's button: an offer by the office, and the message that brings the code to the citizen's phone.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    commands::{
        office::Office,
        up::{made::Made, qr},
    },
    failure::Outcome,
    files,
};

/// The scheme of an offer, which the wallet page takes at its own address.
const SCHEME: &str = "openid-credential-offer://";

/// Offers a document to a person.
pub(super) async fn offer(made: &Made, person: &str, document: &str) -> Outcome<Value> {
    let token = made.dir().join("issuer/office.token");
    let office = Office::new(&format!("http://{}", made.ports.office), &token)?;
    let offer = office.post("/office/offers", &json!({ "person": person, "document": document })).await?;
    let link = offer["credential_offer_uri"].as_str().context("the office queued it: too many wait")?;
    Ok(json!({
        "link": link,
        "open": link.replacen(SCHEME, &made.wallet_url(), 1),
        "qr": qr::rows(link),
        "code": code(made, offer["offer_id"].as_str().unwrap_or_default())?,
        "expires_at": offer["expires_at"],
    }))
}

/// What stands in the message, after the line that says to whom it goes.
fn code(made: &Made, offer: &str) -> Outcome<String> {
    let message = files::read_text(&made.dir().join(format!("issuer/outbox/{offer}.txt")))?;
    Ok(message.lines().nth(1).context("a message without a code")?.to_owned())
}
