//! What an entry says.

mod agencies;
mod issuers;
mod parties;
mod publication;
mod releases;

use core::{fmt, str::FromStr};

use mapae_cose::cbor::{CborError, Reader, Writer};
use mapae_types::{AgencyId, RelyingPartyId, Timestamp};
use mapae_x509::TrustAnchor;

use super::{
    Agency, EntryError, Fingerprint, Right, UnsignedEntry,
    wire::{Members, id},
};
use crate::{Classes, OrderSigners, Registration};

pub use agencies::{Founding, PolicyStatement};
pub use issuers::{Distrusted, Issuer, Journal, SignerListing, SignerStatement, StatusLocation};
pub use parties::{ReaderDevice, WalletProvider, WalletProviderId, WalletProviderKind};
pub use publication::{BundleStatement, Catalogue, OrderStatement};
pub use releases::Release;

/// What one entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Statement {
    /// Who begins the ledger.
    Founding(Founding),
    /// An agency joins, changes or leaves.
    Agency(Change<Agency, AgencyId>),
    /// Another policy of the log.
    Policy(PolicyStatement),
    /// Who may sign continuity orders.
    OrderSigners(OrderSigners),
    /// A root of an issuer.
    Issuer(Change<Issuer, Fingerprint>),
    /// A signer below such a root.
    Signer(SignerStatement),
    /// A signer that is no longer trusted.
    Distrust(Distrusted),
    /// A version of the catalogue.
    Catalogue(Catalogue),
    /// A root of access certificates.
    Registrar(Change<TrustAnchor, Fingerprint>),
    /// A relying party and what it may ask for.
    RelyingParty(Change<Box<Registration>, RelyingPartyId>),
    /// A reader device of a relying party.
    Reader(Change<ReaderDevice, Fingerprint>),
    /// Where an issuer's status lists are published.
    Status(Change<StatusLocation, String>),
    /// A provider of wallets.
    WalletProvider(Change<WalletProvider, WalletProviderId>),
    /// A release of a program.
    Release(Change<Release, Fingerprint>),
    /// How old evidence may be.
    Freshness(Classes),
    /// What an issuer issued until the end of a day.
    Journal(Journal),
    /// A bundle that follows from the entries.
    Bundle(BundleStatement),
    /// A continuity order.
    Order(OrderStatement),
}

/// Something is entered, also in an older one's place, or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T, K> {
    /// What is true from now on.
    Enter(T),
    /// What is no longer.
    Withdraw(K),
}

/// The kinds of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `founding`
    Founding,
    /// `agency`
    Agency,
    /// `policy`
    Policy,
    /// `order-signers`
    OrderSigners,
    /// `issuer`
    Issuer,
    /// `signer`
    Signer,
    /// `distrust`
    Distrust,
    /// `catalogue`
    Catalogue,
    /// `registrar`
    Registrar,
    /// `relying-party`
    RelyingParty,
    /// `reader`
    Reader,
    /// `status`
    Status,
    /// `wallet-provider`
    WalletProvider,
    /// `release`
    Release,
    /// `freshness`
    Freshness,
    /// `journal`
    Journal,
    /// `bundle`
    Bundle,
    /// `order`
    Order,
}

/// A word that names no kind. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a kind of statement")]
pub struct KindUnknown;

impl Statement {
    /// Of which kind it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Founding(_) => Kind::Founding,
            Self::Agency(_) => Kind::Agency,
            Self::Policy(_) => Kind::Policy,
            Self::OrderSigners(_) => Kind::OrderSigners,
            Self::Issuer(_) => Kind::Issuer,
            Self::Signer(_) => Kind::Signer,
            Self::Distrust(_) => Kind::Distrust,
            Self::Catalogue(_) => Kind::Catalogue,
            Self::Registrar(_) => Kind::Registrar,
            Self::RelyingParty(_) => Kind::RelyingParty,
            Self::Reader(_) => Kind::Reader,
            Self::Status(_) => Kind::Status,
            Self::WalletProvider(_) => Kind::WalletProvider,
            Self::Release(_) => Kind::Release,
            Self::Freshness(_) => Kind::Freshness,
            Self::Journal(_) => Kind::Journal,
            Self::Bundle(_) => Kind::Bundle,
            Self::Order(_) => Kind::Order,
        }
    }

    /// The entry that says so at that time, waiting for its signatures.
    pub fn prepare(&self, at: Timestamp) -> UnsignedEntry {
        UnsignedEntry::new(self, at)
    }

    /// Writes the body.
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Founding(founding) => founding.write(writer),
            Self::Agency(change) => agencies::write_agency(change, writer),
            Self::Policy(policy) => policy.write(writer),
            Self::OrderSigners(signers) => signers.write(writer),
            Self::Issuer(change) => change.write(writer, Issuer::write, issuers::write_fingerprint),
            Self::Signer(signer) => signer.write(writer),
            Self::Distrust(distrusted) => distrusted.write(writer),
            Self::Catalogue(catalogue) => catalogue.write(writer),
            Self::Registrar(change) => change.write(writer, parties::write_registrar, issuers::write_fingerprint),
            Self::RelyingParty(change) => change.write(writer, |party, writer| party.write(writer), write_id),
            Self::Reader(change) => change.write(writer, ReaderDevice::write, issuers::write_fingerprint),
            Self::Status(change) => change.write(writer, StatusLocation::write, |prefix, writer| {
                writer.text(prefix);
            }),
            Self::WalletProvider(change) => change.write(writer, WalletProvider::write, write_id),
            Self::Release(change) => change.write(writer, Release::write, issuers::write_fingerprint),
            Self::Freshness(classes) => publication::write_classes(classes, writer),
            Self::Journal(journal) => journal.write(writer),
            Self::Bundle(bundle) => bundle.write(writer),
            Self::Order(order) => order.write(writer),
        }
    }

    /// Reads a body of that kind.
    pub(super) fn read(kind: Kind, body: &[u8]) -> Result<Self, EntryError> {
        Ok(match kind {
            Kind::Founding => Self::Founding(Founding::read(body)?),
            Kind::Agency => Self::Agency(agencies::read_agency(body)?),
            Kind::Policy => Self::Policy(PolicyStatement::read(body)?),
            Kind::OrderSigners => Self::OrderSigners(Reader::read_all(body, OrderSigners::read)?),
            Kind::Issuer => Self::Issuer(Change::read(body, Issuer::read, super::wire::fingerprint)?),
            Kind::Signer => Self::Signer(SignerStatement::read(body)?),
            Kind::Distrust => Self::Distrust(Distrusted::read(body)?),
            Kind::Catalogue => Self::Catalogue(Catalogue::read(body)?),
            Kind::Registrar => Self::Registrar(Change::read(body, parties::read_registrar, super::wire::fingerprint)?),
            Kind::RelyingParty => Self::RelyingParty(Change::read(body, parties::read_registration, id)?),
            Kind::Reader => Self::Reader(Change::read(body, ReaderDevice::read, super::wire::fingerprint)?),
            Kind::Status => Self::Status(Change::read(body, StatusLocation::read, super::wire::text)?),
            Kind::WalletProvider => Self::WalletProvider(Change::read(body, WalletProvider::read, id)?),
            Kind::Release => Self::Release(Change::read(body, Release::read, super::wire::fingerprint)?),
            Kind::Freshness => Self::Freshness(publication::read_classes(body)?),
            Kind::Journal => Self::Journal(Journal::read(body)?),
            Kind::Bundle => Self::Bundle(BundleStatement::read(body)?),
            Kind::Order => Self::Order(OrderStatement::read(body)?),
        })
    }
}

/// The one member of the body that withdraws something.
const WITHDRAWN: &str = "withdrawn";

impl<T, K> Change<T, K> {
    fn write(&self, writer: &mut Writer, enter: impl Fn(&T, &mut Writer), withdraw: impl Fn(&K, &mut Writer)) {
        match self {
            Self::Enter(entered) => enter(entered, writer),
            Self::Withdraw(key) => withdraw(key, writer.map(1).text(WITHDRAWN)),
        }
    }

    fn read(
        body: &[u8],
        enter: impl Fn(&[u8]) -> Result<T, EntryError>,
        withdraw: impl Fn(&mut Reader<'_>) -> Result<K, CborError>,
    ) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        match members.optional(WITHDRAWN, withdraw)? {
            Some(key) => members.end().map(|()| Self::Withdraw(key)),
            None => enter(body).map(Self::Enter),
        }
    }
}

fn write_id<K>(id: &mapae_types::Id<K>, writer: &mut Writer) {
    writer.text(id.as_str());
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Founding,
        Self::Agency,
        Self::Policy,
        Self::OrderSigners,
        Self::Issuer,
        Self::Signer,
        Self::Distrust,
        Self::Catalogue,
        Self::Registrar,
        Self::RelyingParty,
        Self::Reader,
        Self::Status,
        Self::WalletProvider,
        Self::Release,
        Self::Freshness,
        Self::Journal,
        Self::Bundle,
        Self::Order,
    ];

    /// The word for it in an entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Founding => "founding",
            Self::Agency => "agency",
            Self::Policy => "policy",
            Self::OrderSigners => "order-signers",
            Self::Issuer => "issuer",
            Self::Signer => "signer",
            Self::Distrust => "distrust",
            Self::Catalogue => "catalogue",
            Self::Registrar => "registrar",
            Self::RelyingParty => "relying-party",
            Self::Reader => "reader",
            Self::Status => "status",
            Self::WalletProvider => "wallet-provider",
            Self::Release => "release",
            Self::Freshness => "freshness",
            Self::Journal => "journal",
            Self::Bundle => "bundle",
            Self::Order => "order",
        }
    }

    /// The right that one agency needs to state it alone; none for what only several can state together.
    pub const fn right(self) -> Option<Right> {
        match self {
            Self::Founding | Self::Agency | Self::Policy | Self::OrderSigners => None,
            Self::Issuer => Some(Right::Issuer),
            Self::Signer => Some(Right::Signer),
            Self::Distrust => Some(Right::Distrust),
            Self::Catalogue => Some(Right::Catalogue),
            Self::Registrar => Some(Right::Registrar),
            Self::RelyingParty | Self::Reader => Some(Right::RelyingParty),
            Self::Status => Some(Right::Status),
            Self::WalletProvider => Some(Right::WalletProvider),
            Self::Release => Some(Right::Release),
            Self::Freshness => Some(Right::Freshness),
            Self::Journal => Some(Right::Journal),
            Self::Bundle => Some(Right::Bundle),
            Self::Order => Some(Right::Order),
        }
    }
}

impl FromStr for Kind {
    type Err = KindUnknown;

    fn from_str(text: &str) -> Result<Self, KindUnknown> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(KindUnknown)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
