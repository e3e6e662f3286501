//! What the ledger publishes: catalogue, ages, bundles and continuity orders.

use mapae_cose::cbor::Writer;
use mapae_types::Timestamp;

use crate::{
    Classes, Order, OrderError, format,
    ledger::{
        EntryError,
        wire::{Members, hash, only, time, unsigned, write_time},
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
#[derive(Debug, Clone)]
pub struct OrderStatement {
    order: Order,
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

    pub(in crate::ledger) fn write(&self, writer: &mut Writer) {
        write_time(writer.map(2).text("as_of"), self.as_of);
        writer.text("manifest").bytes(&self.manifest);
    }

    pub(in crate::ledger) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let bundle = Self { manifest: members.take("manifest", hash)?, as_of: members.take("as_of", time)? };
        members.end()?;
        Ok(bundle)
    }
}

impl OrderStatement {
    /// Takes the order's file.
    pub fn new(file: Vec<u8>) -> Result<Self, OrderError> {
        Ok(Self { order: Order::parse(file)? })
    }

    /// The order. Its signatures are not checked.
    pub const fn order(&self) -> &Order {
        &self.order
    }

    /// The order's file.
    pub fn file(&self) -> &[u8] {
        self.order.as_bytes()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        only(writer, "order").bytes(self.file());
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let file = members.take("order", |reader| reader.bytes().map(<[u8]>::to_vec))?;
        members.end()?;
        Ok(Self::new(file)?)
    }
}

impl PartialEq for OrderStatement {
    fn eq(&self, other: &Self) -> bool {
        self.file() == other.file()
    }
}

impl Eq for OrderStatement {}

/// `{ "classes": … }`, as in a bundle.
pub(super) fn write_classes(classes: &Classes, writer: &mut Writer) {
    format::write_classes(only(writer, "classes"), classes);
}

pub(super) fn read_classes(body: &[u8]) -> Result<Classes, EntryError> {
    let mut members = Members::split(body)?;
    let classes = members.take("classes", format::read_classes)?;
    members.end().map(|()| classes)
}
