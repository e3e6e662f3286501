//! From a catalogue to its packed form.

use serde_json::Value;

use super::{CHANNELS, COLUMNS, ENCODINGS, FORMS, LOCKS};
use crate::{
    age::AgeCount,
    attribute::{Attribute, Source},
    column::Column,
    document::{Channel, DocumentType, Label, Purpose},
    rule::{Rule, Test},
};

pub(crate) fn write(documents: &[DocumentType]) -> String {
    let mut packer = Packer::default();
    packer.list(documents, Packer::document);
    Value::Array(packer.items).to_string()
}

#[derive(Default)]
struct Packer {
    items: Vec<Value>,
}

impl Packer {
    fn text(&mut self, text: &str) {
        self.items.push(text.into());
    }

    fn number(&mut self, number: impl Into<u64>) {
        self.items.push(number.into().into());
    }

    fn place(&mut self, place: usize) {
        self.items.push(place.into());
    }

    /// The place of `value` in a table that has every one of its kind.
    fn one_of<T: PartialEq>(&mut self, all: &[T], value: &T) {
        self.place(all.iter().position(|candidate| candidate == value).unwrap_or(all.len()));
    }

    fn list<T>(&mut self, items: &[T], item: impl Fn(&mut Self, &T)) {
        self.place(items.len());
        for one in items {
            item(self, one);
        }
    }

    fn document(&mut self, document: &DocumentType) {
        self.text(document.name.as_str());
        self.label(&document.title);
        self.text(&document.doctype);
        self.text(&document.vct);
        self.label(&document.authority);
        self.items.push(document.utc_offset_hours.into());
        self.number(document.devices_per_person);
        self.one_of(&LOCKS, &document.wallet_lock);
        self.number(document.validity.document_years);
        self.list(document.validity.not_after.as_slice(), |packer, column| packer.place(*column));
        self.number(document.validity.copy_days);
        self.number(document.validity.refill_from_day);
        self.list(&document.channels, Self::channel);
        self.list(&document.columns, Self::column);
        self.place(document.person);
        self.list(&document.rules, Self::rule);
        self.list(&document.purposes, Self::purpose);
        self.list(&document.attributes, Self::attribute);
    }

    fn label(&mut self, label: &Label) {
        self.text(&label.ko);
        self.text(&label.en);
    }

    fn channel(&mut self, channel: &Channel) {
        self.one_of(&CHANNELS, &channel.kind);
        self.number(channel.fee.amount);
        self.text(&channel.fee.currency);
        self.number(channel.fee.first_is_free);
    }

    fn column(&mut self, column: &Column) {
        self.text(&column.name);
        self.one_of(&COLUMNS, &column.kind);
        self.number(column.optional);
        self.number(column.birth);
    }

    fn purpose(&mut self, purpose: &Purpose) {
        self.text(&purpose.code);
        self.label(&purpose.label);
    }

    fn rule(&mut self, rule: &Rule) {
        self.text(&rule.code);
        self.label(&rule.label);
        let kind: u8 = match rule.test {
            Test::MinAge { .. } => 0,
            Test::IsTrue { .. } => 1,
            Test::NotPast { .. } => 2,
            Test::NotFuture { .. } => 3,
            Test::Present { .. } => 4,
            Test::OneOf { .. } => 5,
        };
        self.number(kind);
        self.place(rule.test.column());
        match &rule.test {
            Test::MinAge { years, .. } => self.number(*years),
            Test::OneOf { values, .. } => self.texts(values),
            _ => {}
        }
    }

    fn texts(&mut self, texts: &[String]) {
        self.list(texts, |packer, text| packer.text(text));
    }

    fn attribute(&mut self, attribute: &Attribute) {
        self.text(&attribute.id);
        self.source(&attribute.source);
        self.text(&attribute.namespace);
        self.text(&attribute.element);
        self.one_of(&ENCODINGS, &attribute.encoding);
        self.texts(&attribute.claim);
        self.one_of(&FORMS, &attribute.form);
        self.label(&attribute.label);
        self.number(attribute.mandatory);
        self.number(attribute.requires_legal_basis);
        self.number(attribute.sensitive);
        self.texts(&attribute.purposes);
    }

    fn source(&mut self, source: &Source) {
        let kind: u8 = match source {
            Source::Column(_) => 0,
            Source::Constant(_) => 1,
            Source::IssueDate => 2,
            Source::ExpiryDate => 3,
            Source::BirthYear(_) => 4,
            Source::AgeInYears(_) => 5,
            Source::Age(..) => 6,
        };
        self.number(kind);
        match source {
            Source::Constant(text) => self.text(text),
            Source::IssueDate | Source::ExpiryDate => {}
            Source::Column(column) | Source::BirthYear(column) | Source::AgeInYears(column) => self.place(*column),
            Source::Age(column, threshold) => {
                self.place(*column);
                self.number(threshold.years);
                self.number(threshold.count == AgeCount::NewYear);
            }
        }
    }
}
