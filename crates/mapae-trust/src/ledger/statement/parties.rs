//! Relying parties, those who register them, and wallet providers.

use mapae_cose::cbor::Writer;
use mapae_types::{Id, IdKind, RelyingPartyId};
use mapae_x509::{Certificate, TrustAnchor};

use crate::{
    Names, Registration,
    ledger::{
        EntryError,
        wire::{Members, certificate, id, names, only, root},
    },
};

/// A reader device of a relying party (design D15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderDevice {
    /// Whose it is.
    pub relying_party: RelyingPartyId,
    /// Its own certificate.
    pub certificate: Certificate,
}

/// Marks ids of wallet providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WalletProviderKind {}

impl IdKind for WalletProviderKind {
    const NAME: &'static str = "wallet provider";
}

/// A provider of wallets, by its name in the ledger.
pub type WalletProviderId = Id<WalletProviderKind>;

/// A provider of wallets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletProvider {
    /// Its id.
    pub id: WalletProviderId,
    /// What people know it by.
    pub names: Names,
    /// The root of those who sign its attestations. HAIP 1.0 §4.4.1 and §4.5.1: it does not come along with them.
    pub root: TrustAnchor,
}

impl ReaderDevice {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("certificate").bytes(self.certificate.der());
        writer.text("relying_party").text(self.relying_party.as_str());
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let reader = Self {
            relying_party: members.take("relying_party", id)?,
            certificate: members.take("certificate", certificate)?,
        };
        members.end()?;
        Ok(reader)
    }
}

impl WalletProvider {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(3).text("id").text(self.id.as_str()).text("root").bytes(self.root.certificate().der());
        self.names.write(writer.text("names"));
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let (id, names) = (members.take("id", id)?, members.take("names", names)?);
        let provider = Self { id, names, root: members.take("root", root)? };
        members.end()?;
        Ok(provider)
    }
}

/// `{ "root": … }`
pub(super) fn write_registrar(registrar: &TrustAnchor, writer: &mut Writer) {
    only(writer, "root").bytes(registrar.certificate().der());
}

pub(super) fn read_registrar(body: &[u8]) -> Result<TrustAnchor, EntryError> {
    let mut members = Members::split(body)?;
    let root = members.take("root", root)?;
    members.end().map(|()| root)
}

pub(super) fn read_registration(body: &[u8]) -> Result<Box<Registration>, EntryError> {
    Ok(Box::new(Registration::from_bytes(body)?))
}
