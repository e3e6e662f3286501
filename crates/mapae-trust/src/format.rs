//! The bundle's format: a signed manifest, and the parts whose hashes stand in it. Deterministic CBOR.
//!
//! ```cddl
//! bundle = [
//!   manifest: #6.18(COSE_Sign1),    ; typ application/mapae-bundle+cbor, payload: manifest
//!   parts: [* bstr],                ; statuslist+cwt, in the order of status_lists
//! ]
//! manifest = {
//!   "key": bstr,                    ; the signer's SubjectPublicKeyInfo
//!   "as_of": uint,                  ; Unix seconds
//!   "classes": [+ class],           ; no name twice; the first is that of a use that names none
//!   "issuers": [* issuer],          ; no root twice; without any, nobody is trusted
//!   "version": 2,
//!   "distrusted": [* distrusted],
//!   "status_lists": [* { "uri": tstr, "sha256": bstr .size 32 }],   ; ordered by URI, none twice
//! }
//! class = { "name": tstr, "fresh_for": uint, "usable_for": uint }   ; seconds
//! issuer = { "root": bstr, "status": "required" / "none" }
//! distrusted = { "signer": bstr .size 32, ? "ceased_at": uint }   ; SHA-256 of the certificate;
//!                                   ; without a time: compromised
//! ```
//!
//! The signature covers the manifest alone, so that a delta proves itself by it ([`crate::BundleDelta`]), and a log can hold it without the lists.

use mapae_cose::cbor::{CborError, Key, Reader, Writer};
use mapae_crypto::PublicKey;
use mapae_types::{Duration, Timestamp, UseClass};
use mapae_x509::{Certificate, TrustAnchor};

use crate::{BundleError, Classes, Freshness};

const VERSION: u64 = 2;

/// A root, and what is expected of the documents below it.
#[derive(Debug, Clone)]
pub struct IssuerEntry {
    /// The root.
    pub root: TrustAnchor,
    /// Whether its documents must carry a status that the bundle knows.
    pub status: StatusRule,
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
    pub(crate) key: PublicKey,
    pub(crate) as_of: Timestamp,
    pub(crate) classes: Classes,
    pub(crate) issuers: Vec<IssuerEntry>,
    pub(crate) distrusted: Vec<([u8; 32], Distrust)>,
    pub(crate) status_lists: Vec<ListEntry>,
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
        writer.map(7).text("key").bytes(&self.key.to_spki_der());
        write_time(writer.text("as_of"), self.as_of);
        writer.text("classes").array(self.classes.iter().count());
        for (name, freshness) in self.classes.iter() {
            writer.map(3).text("name").text(name.as_str());
            writer.text("fresh_for").int(freshness.fresh_for().as_seconds());
            writer.text("usable_for").int(freshness.usable_for().as_seconds());
        }
        writer.text("issuers").array(self.issuers.len());
        for issuer in &self.issuers {
            writer.map(2).text("root").bytes(issuer.root.certificate().der());
            writer.text("status").text(issuer.status.name());
        }
        writer.text("version").unsigned(VERSION);
        writer.text("distrusted").array(self.distrusted.len());
        for (signer, distrust) in &self.distrusted {
            write_distrust(&mut writer, signer, *distrust);
        }
        writer.text("status_lists").array(self.status_lists.len());
        for list in &self.status_lists {
            writer.map(2).text("uri").text(&list.uri).text("sha256").bytes(&list.sha256);
        }
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

fn write_distrust(writer: &mut Writer, signer: &[u8; 32], distrust: Distrust) {
    match distrust {
        Distrust::Compromised => drop(writer.map(1).text("signer").bytes(signer)),
        Distrust::CeasedAt(time) => {
            writer.map(2).text("signer").bytes(signer);
            write_time(writer.text("ceased_at"), time);
        }
    }
}

fn write_time(writer: &mut Writer, time: Timestamp) {
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
    as_of: Option<Timestamp>,
    classes: Option<Classes>,
    issuers: Option<Vec<IssuerEntry>>,
    distrusted: Option<Vec<([u8; 32], Distrust)>>,
    status_lists: Option<Vec<ListEntry>>,
}

impl Parts {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), BundleError> {
        match key {
            Key::Text("version") => self.version = Some(reader.unsigned()?),
            Key::Text("key") => self.key = Some(read_key(reader)?),
            Key::Text("as_of") => self.as_of = Some(read_time(reader)?),
            Key::Text("classes") => self.classes = Some(Classes::new(reader.list(read_class)?)?),
            Key::Text("issuers") => self.issuers = Some(reader.list(read_issuer)?),
            Key::Text("distrusted") => self.distrusted = Some(reader.list(read_distrusted)?),
            Key::Text("status_lists") => self.status_lists = Some(reader.list(read_status_list)?),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    }

    fn complete(self, reader: &Reader<'_>) -> Result<Manifest, BundleError> {
        if self.version != Some(VERSION) {
            return Err(BundleError::VersionUnsupported);
        }
        let missing = |member| CborError::Missing(reader.position(), member);
        Ok(Manifest {
            key: self.key.ok_or_else(|| missing("key"))?,
            as_of: self.as_of.ok_or_else(|| missing("as_of"))?,
            classes: self.classes.ok_or_else(|| missing("classes"))?,
            issuers: self.issuers.ok_or_else(|| missing("issuers"))?,
            distrusted: self.distrusted.ok_or_else(|| missing("distrusted"))?,
            status_lists: self.status_lists.ok_or_else(|| missing("status_lists"))?,
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

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, BundleError> {
    let at = reader.position();
    Timestamp::from_unix(reader.int()?).map_err(|_| CborError::Range(at).into())
}

fn read_issuer(reader: &mut Reader<'_>) -> Result<IssuerEntry, BundleError> {
    let (mut root, mut status) = (None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("root") => root = Some(read_root(reader)?),
            Key::Text("status") => status = Some(read_status_rule(reader)?),
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    let missing = |member| CborError::Missing(reader.position(), member);
    Ok(IssuerEntry { root: root.ok_or_else(|| missing("root"))?, status: status.ok_or_else(|| missing("status"))? })
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
        let at = reader.position();
        match key {
            Key::Text("signer") => {
                signer = Some(reader.bytes()?.try_into().map_err(|_| CborError::Unexpected(at))?);
            }
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
        let at = reader.position();
        match key {
            Key::Text("uri") => uri = Some(reader.text()?.to_owned()),
            Key::Text("sha256") => {
                sha256 = Some(reader.bytes()?.try_into().map_err(|_| CborError::Unexpected(at))?);
            }
            _ => return Err(BundleError::VersionUnsupported),
        }
        Ok(())
    })?;
    let missing = |member| CborError::Missing(reader.position(), member);
    Ok(ListEntry { uri: uri.ok_or_else(|| missing("uri"))?, sha256: sha256.ok_or_else(|| missing("sha256"))? })
}
