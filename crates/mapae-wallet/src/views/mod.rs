//! What a holder sees of the cards: no key, no token, no code.

mod card;
mod facts;

pub use card::{CardState, CardView, CopiesView, Holder};
pub use facts::{CardFacts, FactView};

use mapae_types::Timestamp;

use crate::{CardId, Wallet};

impl Wallet {
    /// All cards, the newest first.
    pub fn cards(&self, now: Timestamp) -> Vec<CardView> {
        let inner = self.lock();
        let mut cards: Vec<CardView> =
            inner.cards.iter().map(|(id, card)| CardView::of(&inner, id, card, now)).collect();
        cards.sort_unstable_by(|a, b| b.begun_at.cmp(&a.begun_at).then_with(|| a.id.cmp(&b.id)));
        cards
    }

    /// A card with what it says.
    pub fn card(&self, id: &CardId, now: Timestamp) -> Option<CardFacts> {
        let inner = self.lock();
        let card = inner.cards.get(id.as_str())?;
        Some(CardFacts::of(&inner, id, card, now))
    }
}
