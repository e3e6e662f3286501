//! The file: a seal around the manifest of [`crate::format`], and its parts.

use core::ops::Range;

use mapae_cose::{
    UnsignedSign1,
    cbor::{CborError, Reader, Writer},
};
use mapae_crypto::{PublicKey, Signature, sha256};
use mapae_ledger::Origin;
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;

use crate::{
    Anchor, BundleError, Classes, Distrust, DraftBundle, IssuerEntry, OrderSigners, Registration, SealedBy, Software,
    StatusEntry, TrustStore, Withdrawn,
    format::{ListEntry, Manifest},
    seal::{self, LooseSeal, Seal, read_bytes},
};

/// What a bundle says.
#[derive(Debug, Clone)]
pub struct BundleContents {
    /// The time of which everything else in it is true.
    pub as_of: Timestamp,
    /// How old evidence may be, for each class of use.
    pub classes: Classes,
    /// The roots.
    pub issuers: Vec<IssuerEntry>,
    /// Releases of programs, at most [`MAX_SOFTWARE`](crate::MAX_SOFTWARE).
    pub software: Vec<Software>,
    /// Registrations that were withdrawn, at most [`MAX_WITHDRAWN`](crate::MAX_WITHDRAWN); no certificate twice.
    pub withdrawn: Vec<Withdrawn>,
    /// Signers that are no longer trusted, by the SHA-256 of their certificate.
    pub distrusted: Vec<([u8; 32], Distrust)>,
    /// Status lists.
    pub status_lists: Vec<StatusEntry>,
    /// Roots of relying parties' access certificates.
    pub registrars: Vec<TrustAnchor>,
    /// Who may ask for what (design D15).
    pub registrations: Vec<Registration>,
    /// Who may sign continuity orders (design D14).
    pub order_signers: Option<OrderSigners>,
}

/// A bundle that waits for its signature (design D5).
pub struct UnsignedBundle {
    manifest: UnsignedSign1,
    parts: Vec<Vec<u8>>,
}

/// A bundle as received. It says who claims to vouch for it and when, and nothing else.
pub struct Bundle {
    file: Vec<u8>,
    seal: Seal,
    claimed: Manifest,
    parts: Vec<Range<usize>>,
}

impl BundleContents {
    /// Nothing but a time and ages: what a caller adds to.
    pub const fn new(as_of: Timestamp, classes: Classes) -> Self {
        Self {
            as_of,
            classes,
            issuers: Vec::new(),
            software: Vec::new(),
            withdrawn: Vec::new(),
            distrusted: Vec::new(),
            status_lists: Vec::new(),
            registrars: Vec::new(),
            registrations: Vec::new(),
            order_signers: None,
        }
    }

    /// Encodes the contents; `key` is the public half of the key that will sign. One input, one output:
    /// status lists, signers, registrations, releases and withdrawals are put in order.
    pub fn prepare(self, key: &PublicKey) -> UnsignedBundle {
        let (manifest, parts) = self.into_parts(SealedBy::Key(Box::new(key.clone())));
        UnsignedBundle { manifest: seal::unsigned(&manifest), parts }
    }

    /// Encodes the contents for a log to vouch for: its entry of kind `bundle` states the draft's hash.
    pub fn draft(self, origin: &Origin) -> DraftBundle {
        let (manifest, parts) = self.into_parts(SealedBy::Log(origin.clone()));
        DraftBundle::new(manifest, &parts)
    }

    fn into_parts(mut self, sealed_by: SealedBy) -> (Manifest, Vec<Vec<u8>>) {
        self.status_lists.sort_by(|a, b| a.uri.cmp(&b.uri));
        self.software.sort();
        self.withdrawn.sort_by_key(|one| one.certificate);
        self.distrusted.sort_by_key(|entry| entry.0);
        let registrations = write_registrations(self.registrations);
        let entry = |list: &StatusEntry| ListEntry { uri: list.uri.clone(), sha256: sha256(&list.token) };
        let manifest = Manifest {
            sealed_by,
            as_of: self.as_of,
            classes: self.classes,
            issuers: self.issuers,
            software: self.software,
            withdrawn: self.withdrawn,
            distrusted: self.distrusted,
            registrars: self.registrars,
            status_lists: self.status_lists.iter().map(entry).collect(),
            order_signers: self.order_signers,
            relying_parties: sha256(&registrations),
        };
        let tokens = self.status_lists.into_iter().map(|list| list.token);
        (manifest, core::iter::once(registrations).chain(tokens).collect())
    }
}

/// The part of registrations.
fn write_registrations(mut registrations: Vec<Registration>) -> Vec<u8> {
    registrations.sort_by(|a, b| a.id().cmp(b.id()));
    let mut writer = Writer::new();
    writer.array(registrations.len());
    for registration in &registrations {
        registration.write(&mut writer);
    }
    writer.into_bytes()
}

impl UnsignedBundle {
    /// What the bundle's signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.manifest.to_be_signed()
    }

    /// The finished file.
    pub fn attach(self, signature: &Signature) -> Vec<u8> {
        let mut writer = file_writer(&self.parts);
        self.manifest.attach_to(&mut writer, signature);
        write_parts(&self.parts, &mut writer);
        writer.into_bytes()
    }
}

/// A file out of a manifest, what seals it, and parts.
pub(crate) fn write_file(manifest: &Manifest, seal: &LooseSeal, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = file_writer(parts);
    seal.write(manifest, &mut writer);
    write_parts(parts, &mut writer);
    writer.into_bytes()
}

fn file_writer(parts: &[Vec<u8>]) -> Writer {
    let size: usize = parts.iter().map(|part| part.len() + 9).sum();
    let mut writer = Writer::with_capacity(size + (16 << 10));
    writer.array(2);
    writer
}

pub(crate) fn write_parts(parts: &[Vec<u8>], writer: &mut Writer) {
    writer.array(parts.len());
    for part in parts {
        writer.bytes(part);
    }
}

impl Bundle {
    /// Reads a file without trusting it. It is kept whole: a nation's has some 15 MB, and is not copied if it is
    /// given as a `Vec`.
    pub fn parse(file: impl Into<Vec<u8>>) -> Result<Self, BundleError> {
        let file = file.into();
        let (seal, parts) = split(&file)?;
        let claimed = Manifest::read(seal.manifest(&file)?)?;
        Ok(Self { file, seal, claimed, parts })
    }

    /// Who the file says vouches for it. Whoever has the file from a place that they do not trust compares that with
    /// what they expect.
    pub const fn sealed_by(&self) -> &SealedBy {
        &self.claimed.sealed_by
    }

    /// Checks that the anchor vouches for the manifest, then every part against its hash, and gives the store that they
    /// protect.
    pub fn verify<'a>(self, anchor: impl Into<Anchor<'a>>) -> Result<TrustStore, BundleError> {
        let vouched = self.seal.verify(&self.file, &self.claimed.sealed_by, anchor.into())?;
        check_parts(&self.claimed, &self.file, &self.parts)?;
        TrustStore::new(self.file, self.seal, vouched, self.claimed, self.parts)
    }
}

/// A part that is missing, too many, in another's place or altered.
pub(crate) fn check_parts(manifest: &Manifest, file: &[u8], parts: &[Range<usize>]) -> Result<(), BundleError> {
    let hashes =
        core::iter::once(&manifest.relying_parties).chain(manifest.status_lists.iter().map(|list| &list.sha256));
    let sound = |(hash, part): (&[u8; 32], &Range<usize>)| sha256(&file[part.clone()]) == *hash;
    if 1 + manifest.status_lists.len() == parts.len() && hashes.zip(parts).all(sound) {
        Ok(())
    } else {
        Err(BundleError::Forged)
    }
}

/// Where the seal stands in a file, and where its parts.
fn split(file: &[u8]) -> Result<(Seal, Vec<Range<usize>>), BundleError> {
    Reader::read_all(file, |reader| read_pair(reader, |reader| Seal::read(reader, file)))
}

/// Something, and the parts after it.
pub(crate) fn read_pair<'b, T>(
    reader: &mut Reader<'b>,
    first: impl FnOnce(&mut Reader<'b>) -> Result<T, BundleError>,
) -> Result<(T, Vec<Range<usize>>), BundleError> {
    let at = reader.position();
    reader.array(|reader, count| {
        if count != 2 {
            return Err(CborError::Unexpected(at).into());
        }
        Ok((first(reader)?, reader.list(read_bytes)?))
    })
}
