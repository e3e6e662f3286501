//! What the wallet says of its cards: never a key, a token or a code.

use anyhow::anyhow;
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_types::Timestamp;
use mapae_wallet::{Batch, Card, CardId, Format, HeldCopy, State, Verdict, document_of};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};

/// A card for programs.
pub(super) fn card(id: &CardId, card: &Card) -> Value {
    json!({
        "id": id.as_str(),
        "document": card.document(),
        "issuer": issuer(card),
        "begun_at": card.begun_at.0.to_string(),
        "complete": card.is_complete(),
        "refillable": card.grant.as_ref().is_some_and(|grant| grant.contains_key("refresh_token")),
        "batches": card.batches.iter().map(batch).collect::<Vec<_>>(),
    })
}

fn batch(batch: &Batch) -> Value {
    let held = batch.held();
    json!({
        "configuration": batch.configuration,
        "type": batch.document_type,
        "state": state(&batch.state),
        "copies": held.map_or(0, |held| held.copies.len()),
        "unseen": held.map_or(0, |held| held.copies.iter().filter(|copy| copy.shown_to.is_empty()).count()),
        "valid_until": held.and_then(|held| held.copies.first()).and_then(valid_until).map(|until| until.to_string()),
        "verdict": held.map(|held| verdict(held.verdict.as_ref())),
    })
}

const fn state(state: &State) -> &'static str {
    match state {
        State::Asked => "asked",
        State::Deferred { .. } => "deferred",
        State::Held(_) => "held",
        State::Refused { .. } => "refused",
    }
}

fn verdict(verdict: Option<&Verdict>) -> Value {
    match verdict {
        None => json!({ "is": "not judged" }),
        Some(Verdict::Held) => json!({ "is": "held" }),
        Some(Verdict::Undecided(code)) => json!({ "is": "undecided", "code": code }),
        Some(Verdict::Refused(code)) => json!({ "is": "refused", "code": code }),
    }
}

/// Until when a copy may be used.
pub(super) fn valid_until(copy: &HeldCopy) -> Option<Timestamp> {
    match copy.format {
        Format::Mdoc => Some(HeldMdoc::parse(&copy.bytes()).ok()?.validity().valid_until()),
        Format::SdJwt => {
            let held = SdJwt::parse(&copy.credential).ok()?;
            Timestamp::from_unix(held.claims().get("exp")?.as_i64()?).ok()
        }
    }
}

/// The issuer's identifier, as the offer has it.
pub(super) fn issuer(card: &Card) -> Option<String> {
    let offer: Value = serde_json::from_str(&card.offer).ok()?;
    offer["credential_issuer"].as_str().map(str::to_owned)
}

/// A card for people.
pub(super) fn card_text(card: &Card) -> String {
    let issuer = issuer(card).unwrap_or_else(|| "an issuer not asked yet".to_owned());
    let mut lines = vec![format!("{}  from {issuer}", card.document())];
    lines.extend(card.batches.iter().map(batch_text));
    if card.batches.is_empty() {
        lines.push("  nothing yet: run `mapae wallet add` with the same offer to go on".to_owned());
    }
    lines.join("\n")
}

fn batch_text(batch: &Batch) -> String {
    let name = batch.configuration.strip_prefix(document_of(&batch.configuration)).unwrap_or_default();
    let name = if name.is_empty() { &batch.configuration } else { name.trim_start_matches('-') };
    let Some(held) = batch.held() else { return format!("  {name:<8} {}", waiting(&batch.state)) };
    let until =
        held.copies.first().and_then(valid_until).map(|until| format!(", valid until {until}")).unwrap_or_default();
    let judged = match &held.verdict {
        None => "not judged".to_owned(),
        Some(Verdict::Held) => "judged: held".to_owned(),
        Some(Verdict::Undecided(code)) => format!("judged: undecided, {code}"),
        Some(Verdict::Refused(code)) => format!("REFUSED: {code}"),
    };
    let unseen = held.copies.iter().filter(|copy| copy.shown_to.is_empty()).count();
    format!("  {name:<8} {} copies, {unseen} shown to nobody{until}  [{judged}]", held.copies.len())
}

fn waiting(state: &State) -> String {
    match state {
        State::Deferred { not_before, .. } => format!("the issuer needs longer; ask again after {}", not_before.0),
        State::Refused { .. } => "of another person, and not kept".to_owned(),
        State::Asked | State::Held(_) => "asked for, not here yet: run the same command again to go on".to_owned(),
    }
}

/// Copies that do not hold are kept and named, never shown.
pub(super) fn refused(card: &Card) -> Outcome<()> {
    let mut verdicts = card.batches.iter().filter_map(|batch| Some((batch, batch.held()?.verdict.as_ref()?)));
    let refused = verdicts.find_map(|(batch, verdict)| match verdict {
        Verdict::Refused(code) => Some((batch, code)),
        Verdict::Held | Verdict::Undecided(_) => None,
    });
    let Some((batch, code)) = refused else { return Ok(()) };
    Err(Failure::Failed(anyhow!("the copies of {} do not hold by the bundle: {code}", batch.configuration)))
}

/// Words of others on a terminal: no control characters.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}
