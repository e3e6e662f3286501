//! A document of the catalogue, as checked.

use mapae_types::{Date, DocumentName, Timestamp};
use serde::Deserialize;

use crate::{attribute::Attribute, column::Column, rule::Rule};

/// A text that people read, in both languages (design D19).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// How an applicant is identified and the offer handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChannelKind {
    /// A visit: the clerk compares the face, the phone scans a QR code.
    Office,
    /// A tap of the IC-chip card on the phone.
    IcCard,
    /// The employer or agency vouches.
    Agency,
    /// A visit abroad: an embassy or consulate does what an office does.
    Mission,
}

/// A channel and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Which.
    pub kind: ChannelKind,
    /// The fee.
    pub fee: Fee,
}

/// What must stand between a wallet and whoever holds the phone, or a copy of what is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WalletLock {
    /// Whatever the wallet offers, a PIN among it: software, low.
    #[default]
    Any,
    /// A passkey, with no PIN beside it: a copy of what is on the phone opens nothing.
    Passkey,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// In the currency's main unit.
    pub amount: u32,
    /// ISO 4217.
    pub currency: String,
    /// Whether who applies for the first time pays nothing.
    #[serde(default)]
    pub first_is_free: bool,
}

/// What a relying party may want an attribute for. Registrations name it by its code (design D15).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The stable code, such as `reduction`.
    pub code: String,
    /// What people read.
    pub label: Label,
}

/// How long a document and its copies last (design D8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Years from the document's issue to its expiry.
    pub document_years: u8,
    /// The column with a day that the document does not outlive; where it is empty, there is no such day.
    pub(crate) not_after: Option<usize>,
    /// The longest life of a copy, in days.
    pub copy_days: u16,
    /// The day of a copy's life from which the wallet asks for new ones.
    pub refill_from_day: u16,
}

/// A document of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentType {
    pub(crate) name: DocumentName,
    pub(crate) title: Label,
    pub(crate) doctype: String,
    pub(crate) vct: String,
    pub(crate) authority: Label,
    pub(crate) utc_offset_hours: i8,
    pub(crate) devices_per_person: u8,
    pub(crate) wallet_lock: WalletLock,
    pub(crate) validity: Validity,
    pub(crate) channels: Vec<Channel>,
    pub(crate) columns: Vec<Column>,
    pub(crate) person: usize,
    pub(crate) rules: Vec<Rule>,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) attributes: Vec<Attribute>,
}

impl DocumentType {
    /// Its name in the catalogue, such as `resident`.
    pub fn name(&self) -> &DocumentName {
        &self.name
    }

    /// What people call it.
    pub fn title(&self) -> &Label {
        &self.title
    }

    /// The mdoc document type.
    pub fn doctype(&self) -> &str {
        &self.doctype
    }

    /// The SD-JWT VC type. Unique in a catalogue, which a document type need not be.
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// Who answers for the document.
    pub fn authority(&self) -> &Label {
        &self.authority
    }

    /// How long it and its copies last.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The column with a day that the document does not outlive, if it rests on something that ends.
    pub fn not_after_column(&self) -> Option<&str> {
        self.validity.not_after.and_then(|index| self.columns.get(index)).map(|column| &*column.name)
    }

    /// How to apply, and what it costs.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// How many devices of one person may hold it at a time (design D9).
    pub fn devices_per_person(&self) -> u8 {
        self.devices_per_person
    }

    /// The least lock of a wallet that may hold it. The wallet sees to that; no reader can.
    pub fn wallet_lock(&self) -> WalletLock {
        self.wallet_lock
    }

    /// The names of the register's columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// The column with the person's id.
    pub fn person_column(&self) -> &str {
        self.columns.get(self.person).map_or("", |column| &*column.name)
    }

    /// The rules of eligibility, in the order in which they are tried.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The purposes to which some of its attributes are bound.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// The attributes, in the catalogue's order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attribute `id`.
    pub fn attribute(&self, id: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.id == id)
    }

    /// The attribute of an mdoc element.
    pub fn attribute_of_element(&self, namespace: &str, element: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.namespace == namespace && attribute.element == element)
    }

    /// The attribute of an SD-JWT VC claim.
    pub fn attribute_of_claim(&self, path: &[&str]) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.claim == path)
    }

    /// The namespaces, in the order of their first attribute.
    pub fn namespaces(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for attribute in &self.attributes {
            if !names.contains(&&*attribute.namespace) {
                names.push(&attribute.namespace);
            }
        }
        names
    }

    /// The calendar day at a point in time, where the document is issued.
    pub fn local_date(&self, at: Timestamp) -> Date {
        at.date_at_offset(self.utc_offset_hours)
    }

    /// The point in time at which a day begins there.
    pub fn start_of(&self, day: Date) -> Timestamp {
        day.midnight() - mapae_types::Duration::hours(self.utc_offset_hours.into())
    }
}
