//! Agencies: who may state what.

use core::{fmt, str::FromStr};
use std::collections::BTreeSet;

use mapae_cose::cbor::{CborError, Reader, Writer};
use mapae_crypto::PublicKey;
use mapae_types::AgencyId;

use super::{
    EntryError, Kind,
    wire::{Members, id, key, names},
};
use crate::Names;

/// An agency, its key for entries and what it may state alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// By which its signatures name it.
    pub id: AgencyId,
    /// What people know it by.
    pub names: Names,
    /// Its key for entries, on P-256.
    pub key: PublicKey,
    /// What it may state alone.
    pub rights: BTreeSet<Right>,
}

/// The right to state one kind of entry alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Right {
    /// Roots of issuers.
    Issuer,
    /// Signers below them.
    Signer,
    /// Signers that are no longer trusted.
    Distrust,
    /// Versions of the catalogue of documents.
    Catalogue,
    /// Roots of access certificates.
    Registrar,
    /// Relying parties and their readers.
    RelyingParty,
    /// Where status lists are published.
    Status,
    /// Wallet providers.
    WalletProvider,
    /// Releases of programs.
    Release,
    /// How old evidence may be.
    Freshness,
    /// Days of its own issuers' journals.
    Journal,
    /// Bundles.
    Bundle,
    /// Continuity orders.
    Order,
}

/// A word that names no right. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a right")]
pub struct RightUnknown;

impl Agency {
    /// Whether it may state that alone.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(4).text("id").text(self.id.as_str()).text("key").bytes(&self.key.to_spki_der());
        self.names.write(writer.text("names"));
        writer.text("rights").array(self.rights.len());
        // Rights stand in the order of the enum, which is the one order that is read back.
        for right in &self.rights {
            writer.text(right.as_str());
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, EntryError> {
        let mut members = Members::read(reader)?;
        let agency = Self {
            id: members.take("id", id)?,
            names: members.take("names", names)?,
            key: members.take("key", key)?,
            rights: members.take("rights", |reader| reader.list(read_right))?.into_iter().collect(),
        };
        members.end()?;
        Ok(agency)
    }
}

fn read_right(reader: &mut Reader<'_>) -> Result<Right, CborError> {
    let at = reader.position();
    reader.text()?.parse().map_err(|RightUnknown| CborError::Unexpected(at))
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Issuer,
        Self::Signer,
        Self::Distrust,
        Self::Catalogue,
        Self::Registrar,
        Self::RelyingParty,
        Self::Status,
        Self::WalletProvider,
        Self::Release,
        Self::Freshness,
        Self::Journal,
        Self::Bundle,
        Self::Order,
    ];

    /// The word for it: that of the kind of entry.
    pub const fn as_str(self) -> &'static str {
        self.kind().as_str()
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Issuer => Kind::Issuer,
            Self::Signer => Kind::Signer,
            Self::Distrust => Kind::Distrust,
            Self::Catalogue => Kind::Catalogue,
            Self::Registrar => Kind::Registrar,
            Self::RelyingParty => Kind::RelyingParty,
            Self::Status => Kind::Status,
            Self::WalletProvider => Kind::WalletProvider,
            Self::Release => Kind::Release,
            Self::Freshness => Kind::Freshness,
            Self::Journal => Kind::Journal,
            Self::Bundle => Kind::Bundle,
            Self::Order => Kind::Order,
        }
    }
}

impl FromStr for Right {
    type Err = RightUnknown;

    fn from_str(text: &str) -> Result<Self, RightUnknown> {
        Self::ALL.into_iter().find(|right| right.as_str() == text).ok_or(RightUnknown)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
