//! One wallet, one person (hole 18 of the peers): whoever holds the phone must not gather several people's documents.
//!
//! A new card is of the person of the cards that are held, by names and birth date, whatever their formats. New copies of
//! a card that is held may bear another name, which people change; its refresh token has bound them to the person already,
//! and the birth date must stay. What a document does not say is not compared.

use mapae_document::Catalogue;

use crate::{Batch, Card, CardId, HeldCopy, card::document_of, contents, sorted::Sorted};

/// Who a document is of, as far as it says.
#[derive(Clone, PartialEq, Eq)]
struct Person {
    family_name: Option<String>,
    given_name: Option<String>,
    birth_date: Option<String>,
}

/// Whether all of these copies, come for `card`, are of the person whose wallet this is.
pub(super) fn is_same(
    cards: &Sorted<CardId, Card>,
    card: &CardId,
    configuration: &str,
    copies: &[HeldCopy],
    catalogue: Option<&Catalogue>,
) -> bool {
    let name = document_of(configuration);
    let new: Vec<Person> = copies.iter().map(|copy| Person::of(copy, name, catalogue)).collect();
    let agree = |person: &Person, others: &[Person]| others.iter().all(|other| person.agrees(other));
    let of_cards = |wanted: &dyn Fn(&CardId) -> bool| -> Vec<(String, Person)> {
        cards.iter().filter(|(id, _)| wanted(id)).flat_map(|(_, card)| people(card, catalogue)).collect()
    };
    let own = of_cards(&|id| id == card);
    let held: Vec<Person> = if own.iter().any(|(of, _)| of == configuration) {
        own.into_iter().map(|(_, person)| person.named_otherwise()).collect()
    } else {
        of_cards(&|_| true).into_iter().map(|(_, person)| person).collect()
    };
    new.iter().all(|person| agree(person, &new) && agree(person, &held))
}

/// By one copy for each batch: those of a batch agree.
fn people<'c>(card: &'c Card, catalogue: Option<&'c Catalogue>) -> impl Iterator<Item = (String, Person)> {
    let first = move |batch: &Batch| {
        let copy = batch.held().filter(|held| !held.is_refused())?.copies.first()?;
        Some((batch.configuration.clone(), Person::of(copy, document_of(&batch.configuration), catalogue)))
    };
    card.batches.iter().filter_map(first)
}

impl Person {
    fn of(copy: &HeldCopy, name: &str, catalogue: Option<&Catalogue>) -> Self {
        let facts = contents::of(copy, name, catalogue);
        let find = |ids: &[&str]| {
            let fact = facts.iter().find(|fact| ids.contains(&fact.id.as_str()))?;
            Some(normal(fact.value.as_str()?))
        };
        Self {
            family_name: find(&["family_name"]),
            given_name: find(&["given_name"]),
            birth_date: find(&["birth_date", "birthdate"]),
        }
    }

    fn agrees(&self, other: &Self) -> bool {
        let pairs = [
            (&self.family_name, &other.family_name),
            (&self.given_name, &other.given_name),
            (&self.birth_date, &other.birth_date),
        ];
        pairs.iter().all(|(a, b)| a.as_ref().zip(b.as_ref()).is_none_or(|(a, b)| a == b))
    }

    /// The same person, whatever the name.
    fn named_otherwise(self) -> Self {
        Self { family_name: None, given_name: None, ..self }
    }
}

/// Offices write `GIL-DONG`, `Gil Dong` and `Gildong`.
fn normal(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
