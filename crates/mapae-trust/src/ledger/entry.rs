//! Entries: statements as agencies sign them, and as the log keeps them.
//!
//! An entry has one encoding. Whoever alters a byte of it makes another leaf, or no entry at all; and only the signature
//! itself, which ECDSA makes anew each time, can differ between two entries that say the same.

use mapae_cose::{Headers, Sign, UnsignedSign, cbor::Writer};
use mapae_crypto::{Algorithm, Curve, PublicKey, Signature, sha256};
use mapae_ledger::{TreeHash, leaf_hash};
use mapae_types::{AgencyId, Timestamp};

use super::{
    BundleStatement, EntryError, Kind, PolicyStatement, Statement,
    wire::{Members, raw, text, time, unsigned, write_time},
};

/// Bytes of the longest entry (C2SP tlog-tiles: its length is a uint16).
pub const MAX_ENTRY: usize = mapae_ledger::MAX_ENTRY;

/// `typ` (RFC 9596), lest a signature over something else be taken for one over an entry.
const TYP: &str = "application/mapae-entry+cbor";
const VERSION: u64 = 1;

/// An entry that waits for its signatures (design D5).
#[derive(Debug, Clone)]
pub struct UnsignedEntry(UnsignedSign);

/// An entry as received. Nothing that it says is believed, nor who signed it: see
/// [`LedgerState::judge`](super::LedgerState::judge).
#[derive(Debug, Clone)]
pub struct SignedEntry {
    bytes: Vec<u8>,
    at: Timestamp,
    statement: Statement,
    statement_hash: [u8; 32],
    signatures: Vec<(AgencyId, Signature)>,
}

impl UnsignedEntry {
    pub(super) fn new(statement: &Statement, at: Timestamp) -> Self {
        Self::with_body(statement.kind(), at, |writer| statement.write(writer))
    }

    fn with_body(kind: Kind, at: Timestamp, write: impl FnOnce(&mut Writer)) -> Self {
        let mut writer = Writer::new();
        write_time(writer.map(4).text("at"), at);
        write(writer.text("body"));
        writer.text("kind").text(kind.as_str()).text("version").unsigned(VERSION);
        Self(UnsignedSign::new(&Headers::default().with_typ(TYP), writer.as_bytes()))
    }

    /// What the agency signs with its key for entries: P-256, SHA-256.
    pub fn to_be_signed(&self, agency: &AgencyId) -> Vec<u8> {
        self.0.to_be_signed(Algorithm::Es256, agency.as_str().as_bytes())
    }

    /// The finished entry, its signers in order.
    pub fn attach(&self, signatures: Vec<(AgencyId, Signature)>) -> Vec<u8> {
        let signer = |(agency, signature): (AgencyId, Signature)| (agency.to_string(), Algorithm::Es256, signature);
        self.0.attach(signatures.into_iter().map(signer).collect())
    }
}

impl SignedEntry {
    /// Reads an entry strictly: known version, kind and members, in the one encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let parts = Parts::split(bytes)?;
        let statement = Statement::read(parts.kind, parts.body)?;
        parts.check_encoding(bytes, |writer| statement.write(writer))?;
        let Parts { payload, at, signatures, .. } = parts;
        Ok(Self { bytes: bytes.to_vec(), at, statement, statement_hash: sha256(payload), signatures })
    }

    /// What it says.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// When it says so.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The entry as received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its leaf in the log.
    pub fn leaf(&self) -> TreeHash {
        leaf_hash(&self.bytes)
    }

    /// SHA-256 of what it says and when, whoever signed it.
    pub const fn statement_hash(&self) -> &[u8; 32] {
        &self.statement_hash
    }

    /// Who claims to have signed it, in the order of their ids.
    pub fn signed_by(&self) -> impl ExactSizeIterator<Item = &AgencyId> {
        self.signatures.iter().map(|(agency, _)| agency)
    }

    /// The same before any signature, for one more agency to sign.
    pub fn unsigned(&self) -> UnsignedEntry {
        self.statement.prepare(self.at)
    }

    /// The same with one more signature; an agency's new one takes the place of its old one.
    pub fn countersigned(&self, agency: AgencyId, signature: Signature) -> Vec<u8> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|(known, _)| *known != agency);
        signatures.push((agency, signature));
        self.unsigned().attach(signatures)
    }

    /// Whether the signature at that place is the key's.
    pub(super) fn is_signed_with(&self, index: usize, key: &PublicKey) -> bool {
        let Some((agency, signature)) = self.signatures.get(index) else { return false };
        let message = self.unsigned().to_be_signed(agency);
        key.verify(Algorithm::Es256, &message, signature.as_bytes()).is_ok()
    }
}

/// What a bundle's entry says; nothing if the entry is of another kind.
///
/// As strict as [`SignedEntry::parse`]. Who relies on bundles meets two kinds of entries, and a program that travels over
/// the network has no room for the readers of the others.
pub(crate) fn read_bundle(bytes: &[u8]) -> Result<Option<BundleStatement>, EntryError> {
    read_only(Kind::Bundle, bytes, BundleStatement::read, BundleStatement::write)
}

/// What the entry of a policy says, likewise.
pub(crate) fn read_policy(bytes: &[u8]) -> Result<Option<PolicyStatement>, EntryError> {
    read_only(Kind::Policy, bytes, PolicyStatement::read, PolicyStatement::write)
}

fn read_only<T>(
    kind: Kind,
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, EntryError>,
    write: impl Fn(&T, &mut Writer),
) -> Result<Option<T>, EntryError> {
    let parts = Parts::split(bytes)?;
    if parts.kind != kind {
        return Ok(None);
    }
    let said = read(parts.body)?;
    parts.check_encoding(bytes, |writer| write(&said, writer))?;
    Ok(Some(said))
}

/// An entry with its body unread.
struct Parts<'b> {
    payload: &'b [u8],
    at: Timestamp,
    kind: Kind,
    body: &'b [u8],
    signatures: Vec<(AgencyId, Signature)>,
}

impl<'b> Parts<'b> {
    fn split(bytes: &'b [u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLong { len: bytes.len() });
        }
        let sign = Sign::parse(bytes)?;
        if sign.protected().typ != Some(TYP) {
            return Err(EntryError::NotAnEntry);
        }
        let payload = sign.unverified_payload();
        let mut members = Members::split(payload)?;
        // The version first: of another one nothing else can be said.
        if members.take("version", unsigned)? != VERSION {
            return Err(EntryError::VersionUnsupported);
        }
        let kind = members.take("kind", text)?.parse().map_err(|_| EntryError::KindUnknown)?;
        let (at, body) = (members.take("at", time)?, members.take("body", raw)?);
        members.end()?;
        Ok(Self { payload, at, kind, body, signatures: read_signatures(&sign)? })
    }

    /// What was read must be written as it was.
    fn check_encoding(&self, bytes: &[u8], write: impl FnOnce(&mut Writer)) -> Result<(), EntryError> {
        let written = UnsignedEntry::with_body(self.kind, self.at, write).attach(self.signatures.clone());
        if written == bytes { Ok(()) } else { Err(EntryError::NotDeterministic) }
    }
}

fn read_signatures(sign: &Sign<'_>) -> Result<Vec<(AgencyId, Signature)>, EntryError> {
    let signers = sign.signatures().iter().enumerate();
    let read = |(index, signer): (usize, &mapae_cose::SignerInfo<'_>)| {
        let agency = str::from_utf8(signer.key_id()).ok().and_then(|text| text.parse().ok());
        let signature = Signature::from_bytes(Curve::P256, signer.signature()).ok();
        agency.zip(signature).ok_or(EntryError::SignerUnfit { index })
    };
    signers.map(read).collect()
}
