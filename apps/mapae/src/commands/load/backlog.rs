//! The offers that a run redeems, made before its clock starts: by the office, for people of a register.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use anyhow::{Context as _, anyhow};
use mapae_http::{Bounds, Client, Method};
use mapae_oid4vci::OfferSource;
use mapae_types::DocumentName;
use serde_json::{Value, json};

use crate::{
    commands::office::{Office, refused},
    failure::{Failure, Outcome},
    files,
    output::Output,
};

/// People for whom one call offers.
const AT_ONCE: usize = 1000;

/// Bytes of its answer.
const MAX_ANSWER: usize = 8 << 20;

/// What a phone has scanned, and what came by the other channel.
pub(super) struct Offer {
    pub(super) person: String,
    pub(super) code: String,
    pub(super) tx_code: String,
}

/// Offers a document to everybody; the codes are read from the outbox, as phones would.
pub(super) async fn make(
    office: &Office,
    outbox: &Path,
    document: &DocumentName,
    people: &[String],
    output: &Output,
) -> Outcome<Vec<Offer>> {
    let http = Client::new(Bounds { total: Duration::from_mins(2), ..Bounds::default() })?;
    let bar = output.progress(people.len() as u64, "offers");
    let mut made = Vec::with_capacity(people.len());
    for some in people.chunks(AT_ONCE) {
        let body = json!({ "document": document.as_str(), "people": some }).to_string();
        let request = office.request(Method::POST, "/office/offers/bulk", body.into_bytes());
        let answer = http.send(request, MAX_ANSWER).await.context("the office")?;
        if !(200..300).contains(&answer.status) {
            return Err(refused(answer.status, &answer.body));
        }
        made.extend(offers_of(&serde_json::from_slice(&answer.body)?)?);
        bar.inc(some.len() as u64);
    }
    bar.finish_and_clear();
    let codes = codes(outbox)?;
    made.into_iter().map(|(id, offer)| with_code(offer, codes.get(&id))).collect()
}

/// The offers of an answer by their ids; all or none.
fn offers_of(answer: &Value) -> Outcome<Vec<(String, Offer)>> {
    if let Some(refused) = answer["refused"].as_array().and_then(|refused| refused.first()) {
        return Err(Failure::Failed(anyhow!("no offer for one of the people: {}", refused["code"])));
    }
    let offers = answer["offers"].as_array().context("the office's answer")?;
    offers.iter().map(offer).collect()
}

fn offer(shown: &Value) -> Outcome<(String, Offer)> {
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    let OfferSource::Value(offer) = OfferSource::parse(&text("credential_offer"))? else {
        return Err(Failure::Failed(anyhow!("an offer that is not in its link")));
    };
    let code = offer.grants.pre_authorized.context("an offer without a code")?.code.expose().to_owned();
    Ok((text("offer_id"), Offer { person: text("person"), code, tx_code: String::new() }))
}

fn with_code(offer: Offer, code: Option<&String>) -> Outcome<Offer> {
    let tx_code = code.context("an offer whose code never left")?.clone();
    Ok(Offer { tx_code, ..offer })
}

/// The codes in the outbox by their offers. A message for many has a line for each: person, offer, code.
fn codes(outbox: &Path) -> Outcome<HashMap<String, String>> {
    let mut codes = HashMap::new();
    for entry in fs::read_dir(outbox).with_context(|| outbox.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let text = files::read_text(&path)?;
            codes.extend(text.lines().filter_map(|line| {
                let (_, rest) = line.split_once(' ')?;
                rest.split_once(' ').map(|(offer, code)| (offer.to_owned(), code.to_owned()))
            }));
        }
    }
    Ok(codes)
}
