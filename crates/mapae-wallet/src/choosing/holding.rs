//! A copy that could be shown: for each card and format the one that design D7 takes.

use std::sync::Arc;

use mapae_document::{Catalogue, DocumentType};
use mapae_trust::TrustStore;
use mapae_types::Timestamp;

use super::contents::Contents;
use crate::{
    Card, CardId, CopyState, CopyUse, Format, HeldCopy, HeldKey, Words,
    status::{self, StatusState},
    words,
};

/// A copy that could be shown.
pub(crate) struct Holding {
    pub(crate) card: CardId,
    pub(crate) format: Format,
    pub(crate) key: HeldKey,
    pub(crate) copy_use: CopyUse,
    pub(crate) title: Words,
    pub(crate) contents: Contents,
    /// When the card came to be: of two, the newer is taken.
    pub(crate) begun_at: Timestamp,
    catalogue: Option<Arc<Catalogue>>,
    document: String,
}

/// Why a card has no copy to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It has none of that format.
    Nowhere,
    /// None is valid at this time.
    Expired,
    /// Those that are were revoked.
    Revoked,
}

/// The copy of a card to show `them`: one that nobody has seen; else one that they have; else the one that was shown least.
pub(crate) fn usable_copy(
    trust: Option<&TrustStore>,
    card: &Card,
    format: Format,
    them: &str,
    now: Timestamp,
) -> Result<(HeldKey, CopyUse, Contents), Place> {
    let mut found = Place::Nowhere;
    let mut copies = copies(card, format);
    copies.sort_by_key(|(_, copy)| rank(copy, them));
    for (key, copy) in &copies {
        let Some(contents) = Contents::of(copy) else { continue };
        if !contents.is_valid_at(now) {
            found = found.max(Place::Expired);
        } else if status::of_copy(trust, copy, now).state == StatusState::Revoked {
            found = found.max(Place::Revoked);
        } else {
            let fresh_left = copies.iter().filter(|(_, copy)| copy.shown_to.is_empty()).count();
            return Ok(((*key).clone(), CopyUse { state: state_of(copy, them), fresh_left }, contents));
        }
    }
    Err(found)
}

/// The newest batches first, since their copies last longest.
fn copies(card: &Card, format: Format) -> Vec<(&HeldKey, &HeldCopy)> {
    let batches =
        card.batches.iter().rev().filter_map(|batch| Some((batch, batch.held().filter(|held| !held.is_refused())?)));
    let of_batch =
        batches.flat_map(|(batch, held)| held.copies.iter().map(move |copy| (batch.keys.get(copy.key), copy)));
    of_batch.filter(|(_, copy)| copy.format == format).filter_map(|(key, copy)| Some((key?, copy))).collect()
}

fn rank(copy: &HeldCopy, them: &str) -> (bool, bool, usize) {
    let uses = copy.shown_to.len();
    (uses > 0, !copy.shown_to.iter().any(|seen| seen == them), uses)
}

/// Who saw a copy, for one of them.
pub(crate) fn state_of(copy: &HeldCopy, them: &str) -> CopyState {
    match rank(copy, them) {
        (false, ..) => CopyState::Fresh,
        (true, false, _) => CopyState::SeenByThem,
        (true, true, _) => CopyState::SeenByOthers,
    }
}

impl Holding {
    /// What a card has to show in a format.
    pub(crate) fn of(
        (id, card): (&CardId, &Card),
        format: Format,
        (trust, catalogue): (Option<&TrustStore>, Option<&Arc<Catalogue>>),
        them: &str,
        now: Timestamp,
    ) -> Result<Self, Place> {
        let (key, copy_use, contents) = usable_copy(trust, card, format, them, now)?;
        let name = card.document().to_owned();
        let known = words::document(catalogue.map(Arc::as_ref), &contents.kind, &name);
        let title = known.map_or_else(|| Words::same(&contents.kind), |document| document.title().into());
        let (card, begun_at, catalogue) = (id.clone(), card.begun_at.0, catalogue.cloned());
        Ok(Self { card, format, key, copy_use, title, contents, begun_at, catalogue, document: name })
    }

    /// What the catalogue says of it.
    pub(crate) fn document(&self) -> Option<&DocumentType> {
        words::document(self.catalogue.as_deref(), &self.contents.kind, &self.document)
    }
}
