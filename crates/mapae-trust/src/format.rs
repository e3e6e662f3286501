//! The bundle's format: who vouches for it, a manifest, and the parts whose hashes stand in it. Deterministic CBOR.
//!
//! ```cddl
//! bundle = [
//!   seal: #6.18(COSE_Sign1)         ; typ application/mapae-bundle+cbor, payload: manifest
//!       / logged,
//!   parts: [
//!     registrations: bstr .cbor [* registration],   ; ordered by id (crate::Registration)
//!     * bstr,                       ; statuslist+cwt, in the order of status_lists
//!   ],
//! ]
//! logged = [
//!   manifest: bstr .cbor manifest,
//!   entry: bstr,                    ; the leaf: an entry of kind "bundle" with the manifest's hash
//!   proof: bstr,                    ; C2SP tlog-proof of the leaf
//!   rotations: [* [entry: bstr, proof: bstr]],      ; entries of kind "policy", each proven under the one before it
//! ]
//! draft = [manifest: bstr .cbor manifest, parts]    ; before it is in the log
//! manifest = {
//!   "key": bstr // "log": tstr,     ; who vouches: a signer's SubjectPublicKeyInfo, or a log's origin
//!   "as_of": uint,                  ; Unix seconds
//!   "classes": [+ class],           ; no name twice; the first is that of a use that names none
//!   "issuers": [* issuer],          ; no root twice; without any, nobody is trusted
//!   "version": 3,
//!   ? "software": [+ { "name": tstr, "sha256": bstr .size 32 }],   ; ordered by both, none twice
//!   ? "withdrawn": [+ withdrawn],   ; registrations; ordered by certificate, none twice
//!   "distrusted": [* distrusted],
//!   "registrars": [* bstr],         ; roots of relying parties' access certificates
//!   "status_lists": [* { "uri": tstr, "sha256": bstr .size 32 }],   ; ordered by URI, none twice
//!   ? "order_signers": { "keys": [+ {"key": bstr, "agency": tstr}], "threshold": uint },
//!   "relying_parties": bstr .size 32,               ; SHA-256 of the part of registrations
//! }
//! class = { "name": tstr, "fresh_for": uint, "usable_for": uint }   ; seconds
//! issuer = { "root": bstr, "status": "required" / "none", ? "signers": [* bstr .size 32] }
//!                                   ; with signers: no others are trusted, though the root vouch for them
//! withdrawn = { "since": uint, "certificate": bstr .size 32, "relying_party": tstr }   ; SHA-256 of the certificate
//! distrusted = { "signer": bstr .size 32, ? "ceased_at": uint }   ; SHA-256 of the certificate;
//!                                   ; without a time: compromised
//! ```
//!
//! `software` and `withdrawn` are left out where they would be empty: a bundle without them is one of before there were
//! any, and the other way round.
//!
//! Only the manifest is vouched for, so that a delta proves itself by it ([`crate::BundleDelta`]), and a log holds its
//! hash alone.

use std::collections::BTreeSet;

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_crypto::PublicKey;
use mapae_ledger::Origin;
use mapae_types::{Duration, Timestamp, UseClass};
use mapae_x509::{Certificate, TrustAnchor};

use crate::{BundleError, Classes, Freshness, OrderSigners, Software, Withdrawn, software, withdrawn};

const VERSION: u64 = 3;

/// A root, and what is expected of the documents below it.
#[derive(Debug, Clone)]
pub struct IssuerEntry {
    /// The root.
    pub root: TrustAnchor,
    /// Whether its documents must carry a status that the bundle knows.
    pub status: StatusRule,
    /// Which signers below it are trusted.
    pub signers: SignerRule,
}

/// Which signers below a root are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerRule {
    /// All for which the root vouches: other countries' roots, whose signers nobody here lists.
    Any,
    /// Those alone, by the SHA-256 of their certificates: a signer that an insider made quietly is none of them
    /// (design §6).
    Listed(BTreeSet<[u8; 32]>),
}

/// Who vouches for a bundle, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealedBy {
    /// The owner of a key, which readers hold.
    Key(Box<PublicKey>),
    /// A trust ledger, whose policy readers hold.
    Log(Origin),
}

/// What a bundle expects of the documents of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRule {
    /// A document without a status reference is refused.
    Required,
    /// The issuer publishes no status, as far as the bundle's signer knows. A document that refers to one
    /// all the same is checked against it, or undecided.
    NotPublished,
}

/// A signer that is no longer trusted, and from when on (design D11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Its key was provably destroyed at this time.
    CeasedAt(Timestamp),
    /// Its key is in other hands.
    Compromised,
}

/// A status list token and the URI under which it is published.
#[derive(Debug, Clone)]
pub struct StatusEntry {
    /// The URI, equal to the token's `sub`.
    pub uri: String,
    /// The token as a CWT.
    pub token: Vec<u8>,
}

/// A manifest.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    pub(crate) sealed_by: SealedBy,
    pub(crate) as_of: Timestamp,
    pub(crate) classes: Classes,
    pub(crate) issuers: Vec<IssuerEntry>,
    pub(crate) software: Vec<Software>,
    pub(crate) withdrawn: Vec<Withdrawn>,
    pub(crate) distrusted: Vec<([u8; 32], Distrust)>,
    pub(crate) registrars: Vec<TrustAnchor>,
    pub(crate) status_lists: Vec<ListEntry>,
    pub(crate) order_signers: Option<OrderSigners>,
    /// Of the part of registrations.
    pub(crate) relying_parties: [u8; 32],
}

/// A status list in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListEntry {
    pub(crate) uri: String,
    /// Of the token.
    pub(crate) sha256: [u8; 32],
}

impl Manifest {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let optional = [!self.software.is_empty(), !self.withdrawn.is_empty(), self.order_signers.is_some()];
        writer.map(9 + optional.into_iter().filter(|there| *there).count());
        self.sealed_by.write(&mut writer);
        write_time(writer.text("as_of"), self.as_of);
        writer.text("classes");
        write_classes(&mut writer, &self.classes);
        writer.text("issuers").array(self.issuers.len());
        for issuer in &self.issuers {
            issuer.write(&mut writer);
        }
        writer.text("version").unsigned(VERSION);
        write_if_any(&mut writer, "software", &self.software, Software::write);
        write_if_any(&mut writer, "withdrawn", &self.withdrawn, Withdrawn::write);
        writer.text("distrusted").array(self.distrusted.len());
        for (signer, distrust) in &self.distrusted {
            write_distrust(&mut writer, signer, *distrust);
        }
        writer.text("registrars").array(self.registrars.len());
        for root in &self.registrars {
            writer.bytes(root.certificate().der());
        }
        writer.text("status_lists").array(self.status_lists.len());
        for list in &self.status_lists {
            writer.map(2).text("uri").text(&list.uri).text("sha256").bytes(&list.sha256);
        }
        if let Some(signers) = &self.order_signers {
            signers.write(writer.text("order_signers"));
        }
        writer.text("relying_parties").bytes(&self.relying_parties);
        writer.into_bytes()
    }

    /// Reads a manifest. Unknown members are refused: a later version says so by its number.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, BundleError> {
        Reader::read_all(payload, |reader| {
            let mut parts = Parts::default();
            reader.map(|reader, key| parts.read_member(reader, key))?;
            parts.complete(reader)
        })
    }
}

impl SealedBy {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Key(key) => writer.text("key").bytes(&key.to_spki_der()),
            Self::Log(origin) => writer.text("log").text(&origin.to_string()),
        };
    }
}

impl IssuerEntry {
    fn write(&self, writer: &mut Writer) {
        let listed = matches!(self.signers, SignerRule::Listed(_));
        writer.map(2 + usize::from(listed)).text("root").bytes(self.root.certificate().der());
        writer.text("status").text(self.status.name());
        if let SignerRule::Listed(signers) = &self.signers {
            writer.text("signers").array(signers.len());
            for signer in signers {
                writer.bytes(signer);
            }
        }
    }
}

/// An empty list is left out, so that a bundle which has nothing of the kind is written as before there was one.
fn write_if_any<T>(writer: &mut Writer, name: &str, list: &[T], write: impl Fn(&T, &mut Writer)) {
    if !list.is_empty() {
        writer.text(name).array(list.len());
        for item in list {
            write(item, writer);
        }
    }
}

/// Writes classes as bundles and entries have them.
pub(crate) fn write_classes(writer: &mut Writer, classes: &Classes) {
    writer.array(classes.iter().count());
    for (name, freshness) in classes.iter() {
        writer.map(3).text("name").text(name.as_str());
        writer.text("fresh_for").int(freshness.fresh_for().as_seconds());
        writer.text("usable_for").int(freshness.usable_for().as_seconds());
    }
}

/// Reads them.
pub(crate) fn read_classes(reader: &mut Reader<'_>) -> Result<Classes, BundleError> {
    Classes::new(reader.list(read_class)?)
}

fn write_distrust(writer: &mut Writer, signer: &[u8; 32], distrust: Distrust) {
    match distrust {
        Distrust::Compromised => drop(writer.map(1).text("signer").bytes(signer)),
        Distrust::CeasedAt(time) => {
            writer.map(2).text("signer").bytes(signer);
            write_time(writer.text("ceased_at"), time);
        }
    }
}

pub(crate) fn write_time(writer: &mut Writer, time: Timestamp) {
    writer.int(time.unix());
}

impl StatusRule {
    /// The word for it in the bundle.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::NotPublished => "none",
        }
    }
}

#[derive(Default)]
struct Parts {
    version: Option<u64>,
    key: Option<PublicKey>,
    log: Option<Origin>,
    as_of: Option<Timestamp>,
    classes: Option<Classes>,
    issuers: Option<Vec<IssuerEntry>>,
    software: Option<Vec<Software>>,
    withdrawn: Option<Vec<Withdrawn>>,
    distrusted: Option<Vec<([u8; 32], Distrust)>>,
    registrars: Option<Vec<TrustAnchor>>,
    status_lists: Option<Vec<ListEntry>>,
    order_signers: Option<OrderSigners>,
    relying_parties: Option<[u8; 32]>,
}

impl Parts {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), BundleError> {
        match key {
            Key::Text("version") => self.version = Some(reader.unsigned()?),
            Key::Text("key") => self.key = Some(read_key(reader)?),
            Key::Text("log") => self.log = Some(read_origin(reader)?),
            Key::Text("as_of") => self.as_of = Some(read_time(reader)?),
            Key::Text("classes") => self.classes = Some(read_classes(reader)?),
            Key::Text("issuers") => self.issuers = Some(reader.list(read_issuer)?),
            Key::Text("software") => self.software = Some(software::read_list(reader)?),
            Key::Text("withdrawn") => self.withdrawn = Some(withdrawn::read_list(reader)?),
            Key::Text("distrusted") => self.distrusted = Some(reader.list(read_distrusted)?),
            Key::Text("registrars") => self.registrars = Some(reader.list(read_root)?),
            Key::Text("status_lists") => self.status_lists = Some(reader.list(read_status_list)?),
            Key::Text("order_signers") => self.order_signers = Some(OrderSigners::read(reader)?),
            Key::Text("relying_parties") => self.relying_parties = Some(read_hash(reader)?),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    }

    fn complete(self, reader: &Reader<'_>) -> Result<Manifest, BundleError> {
        if self.version != Some(VERSION) {
            return Err(BundleError::VersionUnsupported);
        }
        let missing = |member| CborError::Missing(reader.position(), member);
        let sealed_by = match (self.key, self.log) {
            (Some(key), None) => SealedBy::Key(Box::new(key)),
            (None, Some(origin)) => SealedBy::Log(origin),
            (None, None) => return Err(missing("key").into()),
            // One vouches, not two.
            (Some(_), Some(_)) => return Err(BundleError::VersionUnsupported),
        };
        Ok(Manifest {
            sealed_by,
            as_of: self.as_of.ok_or_else(|| missing("as_of"))?,
            classes: self.classes.ok_or_else(|| missing("classes"))?,
            issuers: self.issuers.ok_or_else(|| missing("issuers"))?,
            software: self.software.unwrap_or_default(),
            withdrawn: self.withdrawn.unwrap_or_default(),
            distrusted: self.distrusted.ok_or_else(|| missing("distrusted"))?,
            registrars: self.registrars.ok_or_else(|| missing("registrars"))?,
            status_lists: self.status_lists.ok_or_else(|| missing("status_lists"))?,
            order_signers: self.order_signers,
            relying_parties: self.relying_parties.ok_or_else(|| missing("relying_parties"))?,
        })
    }
}

fn read_class(reader: &mut Reader<'_>) -> Result<(UseClass, Freshness), BundleError> {
    let (mut name, mut fresh_for, mut usable_for) = (None, None, None);
    reader.map(|reader, key| {
        let at = reader.position();
        match key {
            Key::Text("name") => name = Some(reader.text()?.parse().map_err(|_| CborError::Unexpected(at))?),
            Key::Text("fresh_for") => fresh_for = Some(Duration::seconds(reader.int()?)),
            Key::Text("usable_for") => usable_for = Some(Duration::seconds(reader.int()?)),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    let missing = |member| CborError::Missing(reader.position(), member);
    let fresh_for = fresh_for.ok_or_else(|| missing("fresh_for"))?;
    let usable_for = usable_for.ok_or_else(|| missing("usable_for"))?;
    Ok((name.ok_or_else(|| missing("name"))?, Freshness::new(fresh_for, usable_for)?))
}

fn read_key(reader: &mut Reader<'_>) -> Result<PublicKey, BundleError> {
    let at = reader.position();
    PublicKey::from_spki_der(reader.bytes()?).map_err(|_| CborError::Unexpected(at).into())
}

fn read_origin(reader: &mut Reader<'_>) -> Result<Origin, BundleError> {
    let at = reader.position();
    reader.text()?.parse().map_err(|_| CborError::Unexpected(at).into())
}

pub(crate) fn read_hash(reader: &mut Reader<'_>) -> Result<[u8; 32], CborError> {
    let at = reader.position();
    reader.bytes()?.try_into().map_err(|_| CborError::Unexpected(at))
}

pub(crate) fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, BundleError> {
    let at = reader.position();
    Timestamp::from_unix(reader.int()?).map_err(|_| CborError::Range(at).into())
}

fn read_issuer(reader: &mut Reader<'_>) -> Result<IssuerEntry, BundleError> {
    let (mut root, mut status, mut signers) = (None, None, SignerRule::Any);
    reader.map(|reader, key| {
        match key {
            Key::Text("root") => root = Some(read_root(reader)?),
            Key::Text("status") => status = Some(read_status_rule(reader)?),
            Key::Text("signers") => signers = SignerRule::Listed(reader.list(read_hash)?.into_iter().collect()),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    let missing = |member| CborError::Missing(reader.position(), member);
    let (root, status) = (root.ok_or_else(|| missing("root"))?, status.ok_or_else(|| missing("status"))?);
    Ok(IssuerEntry { root, status, signers })
}

fn read_root(reader: &mut Reader<'_>) -> Result<TrustAnchor, BundleError> {
    Certificate::from_der(reader.bytes()?).and_then(TrustAnchor::new).map_err(BundleError::Root)
}

fn read_status_rule(reader: &mut Reader<'_>) -> Result<StatusRule, BundleError> {
    let name = reader.text()?;
    let known = [StatusRule::Required, StatusRule::NotPublished];
    known.into_iter().find(|rule| rule.name() == name).ok_or(BundleError::VersionUnsupported)
}

fn read_distrusted(reader: &mut Reader<'_>) -> Result<([u8; 32], Distrust), BundleError> {
    let (mut signer, mut distrust) = (None, Distrust::Compromised);
    reader.map(|reader, key| {
        match key {
            Key::Text("signer") => signer = Some(read_hash(reader)?),
            Key::Text("ceased_at") => distrust = Distrust::CeasedAt(read_time(reader)?),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    Ok((signer.ok_or(CborError::Missing(reader.position(), "signer"))?, distrust))
}

fn read_status_list(reader: &mut Reader<'_>) -> Result<ListEntry, BundleError> {
    let (mut uri, mut sha256) = (None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("uri") => uri = Some(reader.text()?.to_owned()),
            Key::Text("sha256") => sha256 = Some(read_hash(reader)?),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    let missing = |member| CborError::Missing(reader.position(), member);
    Ok(ListEntry { uri: uri.ok_or_else(|| missing("uri"))?, sha256: sha256.ok_or_else(|| missing("sha256"))? })
}
