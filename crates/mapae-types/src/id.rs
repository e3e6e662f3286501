//! Identifiers whose kind is part of their type.

use core::{fmt, marker::PhantomData, str::FromStr};

/// What an [`Id`] identifies. Implemented by empty marker types.
pub trait IdKind {
    /// The word used for this kind in error messages.
    const NAME: &'static str;
}

/// Marks ids of persons in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonKind {}

/// Marks names of documents in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {}

/// Marks names of classes of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UseKind {}

/// Marks ids of agencies on the trust ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgencyKind {}

/// Marks ids of registered relying parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RelyingPartyKind {}

/// Marks ids of continuity orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderKind {}

impl IdKind for PersonKind {
    const NAME: &'static str = "person id";
}

impl IdKind for DocumentKind {
    const NAME: &'static str = "document name";
}

impl IdKind for UseKind {
    const NAME: &'static str = "class of use";
}

impl IdKind for AgencyKind {
    const NAME: &'static str = "agency id";
}

impl IdKind for RelyingPartyKind {
    const NAME: &'static str = "relying party id";
}

impl IdKind for OrderKind {
    const NAME: &'static str = "order id";
}

/// A person, by the register's random id. Never a national number.
pub type PersonId = Id<PersonKind>;

/// A document of the catalogue, such as `resident` or `licence`.
pub type DocumentName = Id<DocumentKind>;

/// A class of use, such as `low` or `substantial`: how much hangs on a check (design D14).
pub type UseClass = Id<UseKind>;

/// An agency that may speak on the trust ledger (design D13).
pub type AgencyId = Id<AgencyKind>;

/// A registered relying party (design D15).
pub type RelyingPartyId = Id<RelyingPartyKind>;

/// A continuity order (design D14).
pub type OrderId = Id<OrderKind>;

/// An identifier of kind `K`: 1 to 64 characters of `A–Z a–z 0–9 - _`, so that it is also a safe name of
/// a file on every system and a safe path segment of a URL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id<K> {
    text: String,
    kind: PhantomData<K>,
}

impl<K> Id<K> {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(IdError { kind: K::NAME });
        }
        Ok(Self { text: text.to_owned(), kind: PhantomData })
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", K::NAME, self.text)
    }
}

/// The text is not an identifier. It does not repeat the text, which may be anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {kind} has 1 to 64 characters of A-Z, a-z, 0-9, - and _")]
pub struct IdError {
    kind: &'static str,
}
