//! What the ledger publishes: catalogue, ages, bundles and continuity orders.

use mapae_cose::cbor::{Reader, Writer};
use mapae_types::{Duration, Timestamp};

use crate::{
    BundleError, Classes, Freshness,
    ledger::{
        EntryError,
        wire::{Members, hash, id, only, time, unsigned, write_time},
    },
};

/// A version of the catalogue of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalogue {
    /// Its number.
    pub version: u64,
    /// The SHA-256 of its file.
    pub sha256: [u8; 32],
}

/// A bundle, by the hash of its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleStatement {
    manifest: [u8; 32],
    as_of: Timestamp,
}

/// A continuity order, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStatement {
    file: Vec<u8>,
}

impl Catalogue {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("sha256").bytes(&self.sha256).text("version").unsigned(self.version);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let catalogue = Self { version: members.take("version", unsigned)?, sha256: members.take("sha256", hash)? };
        members.end()?;
        Ok(catalogue)
    }
}

impl BundleStatement {
    /// The bundle whose manifest has that SHA-256, and of what time it speaks.
    pub const fn new(manifest: [u8; 32], as_of: Timestamp) -> Self {
        Self { manifest, as_of }
    }

    /// The SHA-256 of its manifest.
    pub const fn manifest(&self) -> &[u8; 32] {
        &self.manifest
    }

    /// The time of which it speaks.
    pub const fn as_of(&self) -> Timestamp {
        self.as_of
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        write_time(writer.map(2).text("as_of"), self.as_of);
        writer.text("manifest").bytes(&self.manifest);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let bundle = Self { manifest: members.take("manifest", hash)?, as_of: members.take("as_of", time)? };
        members.end()?;
        Ok(bundle)
    }
}

impl OrderStatement {
    /// Takes the order's file.
    pub const fn new(file: Vec<u8>) -> Self {
        Self { file }
    }

    /// The order's file.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        only(writer, "order").bytes(&self.file);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let file = members.take("order", |reader| reader.bytes().map(<[u8]>::to_vec))?;
        members.end().map(|()| Self::new(file))
    }
}

pub(super) fn write_classes(classes: &Classes, writer: &mut Writer) {
    only(writer, "classes").array(classes.iter().count());
    for (name, freshness) in classes.iter() {
        writer.map(3).text("name").text(name.as_str());
        writer.text("fresh_for").int(freshness.fresh_for().as_seconds());
        writer.text("usable_for").int(freshness.usable_for().as_seconds());
    }
}

pub(super) fn read_classes(body: &[u8]) -> Result<Classes, EntryError> {
    let mut members = Members::split(body)?;
    let classes = members.take("classes", |reader| reader.list(read_class))?;
    members.end()?;
    Ok(Classes::new(classes)?)
}

fn read_class(reader: &mut Reader<'_>) -> Result<(mapae_types::UseClass, Freshness), EntryError> {
    let mut members = Members::read(reader)?;
    let name = members.take("name", id)?;
    let mut age = |name| members.take(name, |reader| reader.int().map(Duration::seconds));
    let freshness = Freshness::new(age("fresh_for")?, age("usable_for")?);
    members.end()?;
    Ok((name, freshness.map_err(|error: BundleError| error)?))
}
