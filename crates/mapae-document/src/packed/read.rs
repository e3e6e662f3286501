//! From the packed form to a catalogue.

use std::vec;

use serde_json::Value;

use super::{CHANNELS, COLUMNS, ENCODINGS, FORMS, LOCKS};
use crate::{
    age::{AgeCount, AgeThreshold},
    attribute::{Attribute, Source},
    column::Column,
    document::{Channel, DocumentType, Fee, Label, Purpose, Validity},
    rule::{Rule, Test},
};

/// A text that [`crate::Catalogue::pack`] did not write. The program's build is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packed catalogue")]
pub struct NotPacked;

pub(crate) fn read(text: &str) -> Result<Vec<DocumentType>, NotPacked> {
    let items: Vec<Value> = serde_json::from_str(text).map_err(|_| NotPacked)?;
    let mut unpacker = Unpacker { items: items.into_iter(), sound: true };
    let mut documents = Vec::new();
    for _ in 0..unpacker.number::<usize>() {
        documents.push(unpacker.document().ok_or(NotPacked)?);
    }
    if unpacker.sound && unpacker.items.len() == 0 { Ok(documents) } else { Err(NotPacked) }
}

/// What is missing or of another kind reads as nothing, and the whole is then not sound: that keeps each field to one
/// line, and small.
struct Unpacker {
    items: vec::IntoIter<Value>,
    sound: bool,
}

impl Unpacker {
    fn text(&mut self) -> String {
        if let Some(Value::String(text)) = self.items.next() {
            return text;
        }
        self.nothing()
    }

    fn number<N: TryFrom<i64> + Default>(&mut self) -> N {
        let number = self.items.next().and_then(|item| item.as_i64()).and_then(|number| N::try_from(number).ok());
        number.unwrap_or_else(|| self.nothing())
    }

    fn nothing<T: Default>(&mut self) -> T {
        self.sound = false;
        T::default()
    }

    fn flag(&mut self) -> bool {
        self.one_of(&[false, true])
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let place: usize = self.number();
        self.sound &= place < all.len();
        all[place.min(all.len() - 1)]
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let length: usize = self.number();
        let mut list = Vec::new();
        while self.sound && list.len() < length {
            list.push(item(self));
        }
        list
    }

    fn document(&mut self) -> Option<DocumentType> {
        Some(DocumentType {
            name: self.text().parse().ok()?,
            title: self.label(),
            doctype: self.text(),
            vct: self.text(),
            authority: self.label(),
            utc_offset_hours: self.number(),
            devices_per_person: self.number(),
            wallet_lock: self.one_of(&LOCKS),
            validity: Validity {
                document_years: self.number(),
                not_after: self.list(Self::number).pop(),
                copy_days: self.number(),
                refill_from_day: self.number(),
            },
            channels: self.list(Self::channel),
            columns: self.list(Self::column),
            person: self.number(),
            rules: self.list(Self::rule),
            purposes: self.list(Self::purpose),
            attributes: self.list(Self::attribute),
        })
    }

    fn label(&mut self) -> Label {
        Label { ko: self.text(), en: self.text() }
    }

    fn channel(&mut self) -> Channel {
        let kind = self.one_of(&CHANNELS);
        let fee = Fee { amount: self.number(), currency: self.text(), first_is_free: self.flag() };
        Channel { kind, fee }
    }

    fn column(&mut self) -> Column {
        Column { name: self.text(), kind: self.one_of(&COLUMNS), optional: self.flag(), birth: self.flag() }
    }

    fn purpose(&mut self) -> Purpose {
        Purpose { code: self.text(), label: self.label() }
    }

    fn rule(&mut self) -> Rule {
        Rule { code: self.text(), label: self.label(), test: self.test() }
    }

    fn test(&mut self) -> Test {
        let (kind, column): (u8, usize) = (self.number(), self.number());
        match kind {
            0 => Test::MinAge { column, years: self.number() },
            1 => Test::IsTrue { column },
            2 => Test::NotPast { column },
            3 => Test::NotFuture { column },
            4 => Test::Present { column },
            _ => Test::OneOf { column, values: self.list(Self::text) },
        }
    }

    fn attribute(&mut self) -> Attribute {
        Attribute {
            id: self.text(),
            source: self.source(),
            namespace: self.text(),
            element: self.text(),
            encoding: self.one_of(&ENCODINGS),
            claim: self.list(Self::text),
            form: self.one_of(&FORMS),
            label: self.label(),
            mandatory: self.flag(),
            requires_legal_basis: self.flag(),
            sensitive: self.flag(),
            purposes: self.list(Self::text),
        }
    }

    fn source(&mut self) -> Source {
        match self.number::<u8>() {
            0 => Source::Column(self.number()),
            1 => Source::Constant(self.text()),
            2 => Source::IssueDate,
            3 => Source::ExpiryDate,
            4 => Source::BirthYear(self.number()),
            5 => Source::AgeInYears(self.number()),
            _ => Source::Age(self.number(), self.threshold()),
        }
    }

    fn threshold(&mut self) -> AgeThreshold {
        AgeThreshold { years: self.number(), count: self.one_of(&[AgeCount::Birthday, AgeCount::NewYear]) }
    }
}
