//! The status of one's own documents, by the lists of the bundle: what any reader would find.
//!
//! Nobody is asked (design D6), so nobody learns that the holder looked.

use core::ops::ControlFlow;
use std::collections::BTreeMap;

use mapae_jose::Jws;
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_status_list::Status;
use mapae_trust::{Age, TrustStore};
use mapae_types::{StatusReference, Timestamp};
use mapae_x509::Role;
use serde::Serialize;

use crate::{Card, CardId, Format, HeldCopy, Stamp, Wallet};

/// What the bundle says of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CardStatus {
    /// What it says.
    pub state: StatusState,
    /// As of when.
    pub as_of: Option<Stamp>,
}

/// What a status list says of a document or copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusState {
    /// It holds.
    Valid,
    /// It was revoked or suspended.
    Revoked,
    /// It holds, by a list that is older than readers accept.
    TooOld,
    /// Nothing is known: no bundle, no list, or no signer that the bundle vouches for.
    Unknown,
}

impl Wallet {
    /// The status of every card at a time.
    pub fn statuses(&self, now: Timestamp) -> BTreeMap<CardId, CardStatus> {
        let inner = self.lock();
        let trust = inner.trust.as_deref();
        inner.cards.iter().map(|(id, card)| (id.clone(), of_card(trust, card, now))).collect()
    }
}

/// A card holds if one of its copies does; it is revoked if a copy is and none is known to hold.
pub(crate) fn of_card(trust: Option<&TrustStore>, card: &Card, now: Timestamp) -> CardStatus {
    let mut copies = card.batches.iter().filter_map(|batch| batch.held()).flat_map(|held| &held.copies);
    // Nothing is better than one that holds: the other copies need not be looked at.
    let best = copies.try_fold(CardStatus::UNKNOWN, |best, copy| match of_copy(trust, copy, now) {
        found if found.state == StatusState::Valid => ControlFlow::Break(found),
        found if found.state.rank() < best.state.rank() => ControlFlow::Continue(found),
        _ => ControlFlow::Continue(best),
    });
    match best {
        ControlFlow::Break(status) | ControlFlow::Continue(status) => status,
    }
}

/// What the bundle says of one copy.
pub(crate) fn of_copy(trust: Option<&TrustStore>, copy: &HeldCopy, now: Timestamp) -> CardStatus {
    trust.and_then(|trust| look_up(trust, copy, now)).unwrap_or(CardStatus::UNKNOWN)
}

fn look_up(trust: &TrustStore, copy: &HeldCopy, now: Timestamp) -> Option<CardStatus> {
    let (role, chain, reference) = match copy.format {
        Format::Mdoc => of_mdoc(&copy.bytes())?,
        Format::SdJwt => of_sd_jwt(&copy.credential)?,
    };
    let signer = trust.signer(&chain, role, now).ok()?;
    let token = trust.status(&reference, &signer, now).ok()?;
    let as_of = token.issued_at();
    let too_old = trust.freshness(None, now).is_none_or(|rule| matches!(rule.judge(as_of, now), Age::TooOld { .. }));
    let state = match token.status(reference.idx).ok()? {
        Status::Valid if too_old => StatusState::TooOld,
        Status::Valid => StatusState::Valid,
        // Revoked stays revoked, however old the list is (design D6).
        _ => StatusState::Revoked,
    };
    Some(CardStatus { state, as_of: Some(Stamp(as_of)) })
}

type Place = (Role, Vec<Vec<u8>>, StatusReference);

fn of_mdoc(bytes: &[u8]) -> Option<Place> {
    let held = HeldMdoc::parse(bytes).ok()?;
    let chain = held.x5chain().ok()?.iter().map(|der| der.to_vec()).collect();
    Some((Role::DocumentSigner, chain, held.status()?.clone()))
}

fn of_sd_jwt(text: &str) -> Option<Place> {
    let held = SdJwt::parse(text).ok()?;
    let list = held.claims().get("status")?.get("status_list")?;
    let reference = StatusReference { uri: list.get("uri")?.as_str()?.to_owned(), idx: list.get("idx")?.as_u64()? };
    let jws = Jws::parse(text.split('~').next()?).ok()?;
    Some((Role::SdJwtSigner, jws.header().x5c().to_vec(), reference))
}

impl CardStatus {
    const UNKNOWN: Self = Self { state: StatusState::Unknown, as_of: None };
}

impl StatusState {
    const fn rank(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::TooOld => 1,
            Self::Revoked => 2,
            Self::Unknown => 3,
        }
    }
}
