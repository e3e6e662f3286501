//! Issuers: their roots, signers, status lists and journals.

use mapae_cose::cbor::{CborError, Reader, Writer};
use mapae_ledger::TreeHash;
use mapae_types::Timestamp;
use mapae_x509::{Certificate, TrustAnchor};

use crate::{
    Distrust, StatusRule,
    ledger::{
        EntryError, Fingerprint,
        wire::{Members, certificate, fingerprint, hash, only, root, text, time, unsigned, write_time},
    },
};

/// A root of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The root.
    pub root: TrustAnchor,
    /// Whether its documents must carry a status.
    pub status: StatusRule,
    /// Whether its signers are entered one by one.
    pub signers: SignerListing,
}

/// Which signers below a root are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerListing {
    /// Those that are entered.
    Listed,
    /// All for which the root vouches.
    Any,
}

/// A signer of documents or of status lists, below a root that is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerStatement {
    /// Its certificate, which that root signed.
    pub certificate: Certificate,
}

/// A signer that is no longer trusted (design D11). It need not be one that was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distrusted {
    /// The SHA-256 of its certificate.
    pub signer: Fingerprint,
    /// From when on.
    pub distrust: Distrust,
}

/// Where the status lists of an issuer are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusLocation {
    prefix: String,
    root: Fingerprint,
}

/// How much an issuer has issued until the end of a day: what it denies later, its own journal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journal {
    /// The SHA-256 of the issuer's root.
    pub issuer: Fingerprint,
    /// The day, counted from 1970-01-01.
    pub day: u64,
    /// Records in the journal by then.
    pub count: u64,
    /// The root of their Merkle tree (RFC 6962 §2.1).
    pub root: TreeHash,
}

impl Issuer {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(3).text("root").bytes(self.root.certificate().der());
        writer.text("status").text(self.status.name()).text("signers").text(self.signers.name());
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let issuer = Self {
            root: members.take("root", root)?,
            status: members.take("status", status_rule)?,
            signers: members.take("signers", signer_listing)?,
        };
        members.end()?;
        Ok(issuer)
    }
}

impl SignerListing {
    /// The word for it in an entry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Any => "any",
        }
    }
}

fn status_rule(reader: &mut Reader<'_>) -> Result<StatusRule, CborError> {
    word(reader, &[StatusRule::Required, StatusRule::NotPublished], StatusRule::name)
}

fn signer_listing(reader: &mut Reader<'_>) -> Result<SignerListing, CborError> {
    word(reader, &[SignerListing::Listed, SignerListing::Any], SignerListing::name)
}

fn word<T: Copy>(reader: &mut Reader<'_>, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, CborError> {
    let at = reader.position();
    let found = reader.text()?;
    all.iter().copied().find(|value| name(*value) == found).ok_or(CborError::Unexpected(at))
}

impl SignerStatement {
    pub(super) fn write(&self, writer: &mut Writer) {
        only(writer, "certificate").bytes(self.certificate.der());
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let certificate = members.take("certificate", certificate)?;
        members.end().map(|()| Self { certificate })
    }
}

impl Distrusted {
    pub(super) fn write(&self, writer: &mut Writer) {
        let ceased_at = match self.distrust {
            Distrust::Compromised => None,
            Distrust::CeasedAt(time) => Some(time),
        };
        writer.map(1 + usize::from(ceased_at.is_some())).text("signer").bytes(&self.signer.0);
        if let Some(time) = ceased_at {
            write_time(writer.text("ceased_at"), time);
        }
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let signer = members.take("signer", fingerprint)?;
        let ceased_at: Option<Timestamp> = members.optional("ceased_at", time)?;
        members.end()?;
        Ok(Self { signer, distrust: ceased_at.map_or(Distrust::Compromised, Distrust::CeasedAt) })
    }
}

impl StatusLocation {
    /// Lists below `prefix` are the issuer's, whose root has that hash. The prefix is a URL that ends in `/`, lest `…/status`
    /// reach into `…/status-of-others`: `https`, and `http` for a loopback address alone, where somebody develops.
    pub fn new(prefix: impl Into<String>, root: Fingerprint) -> Result<Self, EntryError> {
        let prefix = prefix.into();
        let host = |scheme| prefix.strip_prefix(scheme)?.split_once('/').map(|(host, _)| host);
        let is_web = host("https://").is_some_and(|host| !host.is_empty());
        let is_local = host("http://").is_some_and(is_loopback);
        let fits = (is_web || is_local) && prefix.ends_with('/') && prefix.is_ascii();
        if fits { Ok(Self { prefix, root }) } else { Err(EntryError::PrefixUnfit) }
    }

    /// What the lists' URIs start with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The SHA-256 of the issuer's root.
    pub const fn root(&self) -> Fingerprint {
        self.root
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("root").bytes(&self.root.0).text("prefix").text(&self.prefix);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let (prefix, root) = (members.take("prefix", text)?, members.take("root", fingerprint)?);
        members.end()?;
        Self::new(prefix, root)
    }
}

impl Journal {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(4).text("day").unsigned(self.day).text("root").bytes(self.root.as_bytes());
        writer.text("count").unsigned(self.count).text("issuer").bytes(&self.issuer.0);
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let journal = Self {
            issuer: members.take("issuer", fingerprint)?,
            day: members.take("day", unsigned)?,
            count: members.take("count", unsigned)?,
            root: TreeHash::from_bytes(members.take("root", hash)?),
        };
        members.end()?;
        Ok(journal)
    }
}

/// Writes the hash by which something is withdrawn.
pub(super) fn write_fingerprint(fingerprint: &Fingerprint, writer: &mut Writer) {
    writer.bytes(&fingerprint.0);
}

/// An address of this very machine, with a port or without.
fn is_loopback(host: &str) -> bool {
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|local| match host.strip_prefix(local) {
        Some(port) => port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    })
}
