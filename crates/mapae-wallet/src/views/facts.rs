//! A card with its facts.

use mapae_types::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::card::{CardView, contents_of};
use crate::{Card, CardId, Image, Words, contents::Fact, wallet::Inner};

/// A card with what it says.
#[derive(Clone)]
pub struct CardFacts {
    /// The card.
    pub card: CardView,
    /// What it says, in the document's order.
    pub facts: Vec<FactView>,
}

/// One thing that a card says.
#[derive(Clone, Serialize)]
pub struct FactView {
    /// Its name in the catalogue, or its own.
    pub id: String,
    /// What it is called.
    pub label: Words,
    /// What it is.
    pub value: Value,
    /// The picture that it is.
    pub image: Option<Image>,
    /// Whether it is shown only when asked for.
    pub sensitive: bool,
}

impl CardFacts {
    pub(super) fn of(inner: &Inner, id: &CardId, card: &Card, now: Timestamp) -> Self {
        let facts = contents_of(inner, card).into_iter().map(FactView::from).collect();
        Self { card: CardView::of(inner, id, card, now), facts }
    }
}

impl Serialize for CardFacts {
    /// The card's members, and `facts` beside them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = json!(self.card);
        members["facts"] = json!(self.facts);
        members.serialize(serializer)
    }
}

impl From<Fact> for FactView {
    fn from(fact: Fact) -> Self {
        let Fact { id, label, value, image, is_sensitive } = fact;
        Self { id, label, value, image, sensitive: is_sensitive }
    }
}
