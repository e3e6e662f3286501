//! The clerk's button: an offer by the office, and the message that brings the code to the citizen's phone.
//!
//! The office makes no second offer while one is open, so an open one is kept, to be shown again.

use std::path::PathBuf;

use anyhow::Context as _;
use mapae_types::Timestamp;
use serde_json::{Value, json};

use crate::{
    commands::{
        office::Office,
        up::{made::Made, qr},
    },
    environment::now,
    failure::Outcome,
    files::{self, Access},
};

/// The scheme of an offer, which the wallet page takes at its own address.
const SCHEME: &str = "openid-credential-offer://";

/// Offers a document to a person, or shows the offer that is open.
pub(super) async fn offer(made: &Made, person: &str, document: &str) -> Outcome<Value> {
    let kept = kept(made, person, document);
    let offer = match ask(made, person, document).await {
        Ok(offer) => {
            kept.parent().map_or(Ok(()), files::create_dir)?;
            files::write(&kept, offer.to_string().as_bytes(), Access::Secret)?;
            offer
        }
        Err(refused) => open(&kept).ok_or(refused)?,
    };
    shown(made, &offer)
}

async fn ask(made: &Made, person: &str, document: &str) -> Outcome<Value> {
    let token = made.dir().join("issuer/office.token");
    let office = Office::new(&format!("http://{}", made.ports.office), &token)?;
    office.post("/office/offers", &json!({ "person": person, "document": document })).await
}

/// Both names come from our own page, and are names of files only if they are those of a person and a document.
fn kept(made: &Made, person: &str, document: &str) -> PathBuf {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    made.dir().join(format!("guide/{}-{}.json", plain(person), plain(document)))
}

/// The offer that was kept, unless it is over.
fn open(kept: &std::path::Path) -> Option<Value> {
    let offer: Value = serde_json::from_slice(&files::read(kept).ok()?).ok()?;
    let until: Timestamp = offer["expires_at"].as_str()?.parse().ok()?;
    (until > now(None).ok()?).then_some(offer)
}

fn shown(made: &Made, offer: &Value) -> Outcome<Value> {
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
