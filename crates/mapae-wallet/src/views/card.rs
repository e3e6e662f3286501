//! A card as a list shows it.

use mapae_document::DocumentType;
use mapae_mdoc::HeldMdoc;
use mapae_oid4vci::CredentialOffer;
use mapae_sd_jwt::SdJwt;
use mapae_types::{Date, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{
    Batch, Card, CardId, CardStatus, CardWarning, Format, HeldCopy, Image, Stamp, State, Verdict, Words,
    card::document_of,
    case::case,
    contents::{self, Fact},
    status,
    wallet::Inner,
    warning::{self, Life},
    words,
};

/// A card as a list shows it.
#[derive(Clone, Serialize)]
pub struct CardView {
    /// Its id in this wallet.
    pub id: CardId,
    /// The document's name in the catalogue, or as its issuer names it.
    pub document: String,
    /// What people call it.
    pub title: Words,
    /// Who answers for it.
    pub authority: Option<Words>,
    /// The issuer's identifier.
    pub issuer: Option<String>,
    /// When its offer was taken.
    pub begun_at: Stamp,
    /// What is missing, or why it is not to be used.
    pub state: CardState,
    /// Whose it is.
    pub holder: Option<Holder>,
    /// The holder's picture.
    pub portrait: Option<Image>,
    /// When the document was issued: `YYYY-MM-DD`.
    pub issued_on: Option<String>,
    /// Until when it is valid: `YYYY-MM-DD`.
    pub expires_on: Option<String>,
    /// Until when its copies may be used.
    pub valid_until: Option<Stamp>,
    /// What the bundle says of it.
    pub status: CardStatus,
    /// What is left of its copies.
    pub copies: Vec<CopiesView>,
    /// Whether new copies may be had.
    pub refillable: bool,
    /// What the holder is to be told.
    pub warnings: Vec<CardWarning>,
}

/// How far a card has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardState {
    /// Its copies are here.
    Held,
    /// It was cut off: to be gone on with.
    Unfinished,
    /// A person is to sign in.
    SigningIn,
    /// Its issuer needs longer.
    Deferred {
        /// When to ask again.
        not_before: Stamp,
    },
    /// Its copies do not hold by the bundle.
    Refused {
        /// The rule that is broken.
        code: String,
    },
    /// Its copies were of another person, and were not kept.
    OtherPerson,
}

impl Serialize for CardState {
    /// `{is, …}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |name| case("is", name, []);
        let told = match self {
            Self::Held => of("held"),
            Self::Unfinished => of("unfinished"),
            Self::SigningIn => of("signing_in"),
            Self::Deferred { not_before } => case("is", "deferred", [("not_before", not_before.0.to_string().into())]),
            Self::Refused { code } => case("is", "refused", [("code", code.as_str().into())]),
            Self::OtherPerson => of("other_person"),
        };
        told.serialize(serializer)
    }
}

/// Whose a card is, as it says.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The family name in Latin letters.
    pub family: Option<String>,
    /// The given name in Latin letters.
    pub given: Option<String>,
    /// The family name in Hangul.
    pub family_hangul: Option<String>,
    /// The given name in Hangul.
    pub given_hangul: Option<String>,
}

/// Copies of one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopiesView {
    /// The format.
    pub format: Format,
    /// That nobody has seen.
    pub fresh: usize,
    /// That somebody has seen.
    pub used: usize,
    /// All.
    pub total: usize,
    /// What the wallet found when it looked at them.
    pub verdict: Option<Verdict>,
}

impl CardView {
    pub(super) fn of(inner: &Inner, id: &CardId, card: &Card, now: Timestamp) -> Self {
        let facts = contents_of(inner, card);
        let find = |id: &str| facts.iter().find(|fact| fact.id == id).and_then(|fact| fact.value.as_str());
        let text = |id: &str| find(id).map(str::to_owned);
        let known = known(inner, card);
        let status = status::of_card(inner.trust.as_deref(), card, now);
        let life = life(card);
        let ends = find("expiry_date").and_then(|day| day.parse().ok()).map(|day| end_of(day, known));
        Self {
            id: id.clone(),
            document: known.map_or_else(|| name(card), |known| known.name().as_str().to_owned()),
            title: title(card, known),
            authority: known.map(|known| known.authority().into()).or_else(|| card.issuer.clone()),
            issuer: offer(card).map(|offer| offer.issuer.as_str().to_owned()),
            begun_at: card.begun_at,
            state: CardState::of(card),
            holder: Holder::of(&find),
            portrait: facts.iter().find_map(|fact| fact.image.clone()),
            issued_on: text("issue_date"),
            expires_on: text("expiry_date"),
            valid_until: life.map(|life| Stamp(life.until)),
            status,
            copies: card.batches.iter().filter_map(CopiesView::of).collect(),
            refillable: card.grant.as_ref().is_some_and(|grant| grant.contains_key("refresh_token")),
            warnings: warning::of_card(card, status, ends, life, now),
        }
    }
}

impl CardState {
    fn of(card: &Card) -> Self {
        // A refill that was refused leaves the older copies, which serve.
        let good = card.batches.iter().filter(|batch| batch.is_good() || batch.is_awaited());
        let worst = good.chain(card.unusable()).map(Self::of_batch).max_by_key(Self::rank);
        match worst {
            Some(state) => state,
            None if card.sign_in.is_some() => Self::SigningIn,
            None => Self::Unfinished,
        }
    }

    fn of_batch(batch: &Batch) -> Self {
        match &batch.state {
            State::Asked => Self::Unfinished,
            State::Deferred { not_before, .. } => Self::Deferred { not_before: *not_before },
            State::Refused { .. } => Self::OtherPerson,
            State::Held(held) => match &held.verdict {
                Some(Verdict::Refused(code)) => Self::Refused { code: code.clone() },
                _ => Self::Held,
            },
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Held => 0,
            Self::Deferred { .. } => 1,
            Self::Unfinished | Self::SigningIn => 2,
            Self::Refused { .. } => 3,
            Self::OtherPerson => 4,
        }
    }
}

impl Holder {
    fn of<'f>(find: &impl Fn(&str) -> Option<&'f str>) -> Option<Self> {
        let text = |id: &str| find(id).map(str::to_owned);
        let holder = Self {
            family: text("family_name"),
            given: text("given_name"),
            family_hangul: text("family_name_hangul"),
            given_hangul: text("given_name_hangul"),
        };
        (holder.family.is_some() || holder.family_hangul.is_some()).then_some(holder)
    }
}

impl CopiesView {
    fn of(batch: &Batch) -> Option<Self> {
        let held = batch.held()?;
        let format = held.copies.first()?.format;
        let (total, fresh) = (held.copies.len(), held.copies.iter().filter(|copy| copy.shown_to.is_empty()).count());
        Some(Self { format, fresh, used: total - fresh, total, verdict: held.verdict.clone() })
    }
}

/// What a card says, by its newest copies that hold; both formats say the same.
pub(super) fn contents_of(inner: &Inner, card: &Card) -> Vec<Fact> {
    let good = card.batches.iter().rev().filter(|batch| batch.is_good());
    let copies = good.filter_map(|batch| Some((batch, batch.held()?.copies.first()?)));
    let Some((batch, copy)) = copies.max_by_key(|(_, copy)| copy.format) else { return Vec::new() };
    contents::of(copy, document_of(&batch.configuration), inner.catalogue.as_deref())
}

fn known<'c>(inner: &'c Inner, card: &Card) -> Option<&'c DocumentType> {
    let catalogue = inner.catalogue.as_deref();
    match card.batches.first() {
        Some(batch) => words::document(catalogue, &batch.document_type, document_of(&batch.configuration)),
        None => catalogue?.get(&name(card).parse().ok()?),
    }
}

fn title(card: &Card, known: Option<&DocumentType>) -> Words {
    let announced = || card.batches.iter().find_map(|batch| batch.title.clone());
    known.map(|known| known.title().into()).or_else(announced).unwrap_or_else(|| Words::same(&name(card)))
}

/// The issuer's name for the document, before anything of it has come.
fn name(card: &Card) -> String {
    let first = offer(card).and_then(|offer| offer.configurations.into_iter().next());
    card.batches.first().map_or_else(
        || first.map_or_else(|| "?".to_owned(), |first| document_of(&first).to_owned()),
        |_| card.document().to_owned(),
    )
}

fn offer(card: &Card) -> Option<CredentialOffer> {
    CredentialOffer::parse(card.offer.as_bytes()).ok()
}

/// The life of the newest copies that hold.
fn life(card: &Card) -> Option<Life> {
    let good = card.batches.iter().rev().filter(|batch| batch.is_good());
    good.filter_map(|batch| batch.held()?.copies.first()).find_map(life_of)
}

fn life_of(copy: &HeldCopy) -> Option<Life> {
    match copy.format {
        Format::Mdoc => {
            let bytes = copy.bytes();
            let held = HeldMdoc::parse(&bytes).ok()?;
            Some(Life { from: held.validity().valid_from(), until: held.validity().valid_until() })
        }
        Format::SdJwt => {
            let held = SdJwt::parse(&copy.credential).ok()?;
            let time = |name: &str| Timestamp::from_unix(held.claims().get(name).and_then(Value::as_i64)?).ok();
            Some(Life { from: time("nbf").or_else(|| time("iat"))?, until: time("exp")? })
        }
    }
}

/// A document is valid to the end of its last day, where it was issued.
fn end_of(day: Date, known: Option<&DocumentType>) -> Timestamp {
    let midnight = known.map_or_else(|| day.midnight(), |known| known.start_of(day));
    midnight + mapae_types::Duration::days(1)
}
