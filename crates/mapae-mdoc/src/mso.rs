//! The mobile security object (ISO 18013-5 §9.1.2.4): what the issuer signs.

use mapae_cose::{
    cbor::{Key, Reader, TAG_DATE_TIME, Writer},
    cose_key,
};
use mapae_crypto::{HashAlgorithm, PublicKey};
use mapae_types::{StatusReference, Timestamp};

use crate::MdocError;

/// When a copy was signed and for how long it may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidityInfo {
    signed: Timestamp,
    valid_from: Timestamp,
    valid_until: Timestamp,
}

impl ValidityInfo {
    /// ISO 18013-5 §9.1.2.4: `validFrom` is equal to or later than `signed`, `validUntil` later than `validFrom`.
    pub fn new(signed: Timestamp, valid_from: Timestamp, valid_until: Timestamp) -> Result<Self, MdocError> {
        let ordered = signed <= valid_from && valid_from < valid_until;
        if ordered { Ok(Self { signed, valid_from, valid_until }) } else { Err(MdocError::ValidityOrder) }
    }

    /// When the issuer signed.
    pub const fn signed(&self) -> Timestamp {
        self.signed
    }

    /// The start of validity.
    pub const fn valid_from(&self) -> Timestamp {
        self.valid_from
    }

    /// The end of validity.
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }
}

/// A parsed MSO. Only code that has checked the issuer's signature over it holds one.
#[derive(Debug, Clone)]
pub(crate) struct MobileSecurityObject<'b> {
    pub(crate) doc_type: &'b str,
    pub(crate) digest_algorithm: HashAlgorithm,
    pub(crate) value_digests: Vec<NameSpaceDigests<'b>>,
    pub(crate) device_key: PublicKey,
    pub(crate) authorizations: KeyAuthorizations<'b>,
    pub(crate) validity: ValidityInfo,
    pub(crate) status: Option<StatusReference>,
}

/// The digests of one namespace, ordered by digest id.
#[derive(Debug, Clone)]
pub(crate) struct NameSpaceDigests<'b> {
    pub(crate) name: &'b str,
    digests: Vec<(u64, &'b [u8])>,
}

/// Which elements the device may sign by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyAuthorizations<'b> {
    name_spaces: Vec<&'b str>,
    elements: Vec<(&'b str, Vec<&'b str>)>,
}

impl NameSpaceDigests<'_> {
    pub(crate) fn digest(&self, id: u64) -> Option<&[u8]> {
        let at = self.digests.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.digests[at].1)
    }
}

impl KeyAuthorizations<'_> {
    pub(crate) fn allows(&self, namespace: &str, element: &str) -> bool {
        self.name_spaces.contains(&namespace)
            || self.elements.iter().any(|(name, elements)| *name == namespace && elements.contains(&element))
    }
}

impl<'b> MobileSecurityObject<'b> {
    /// Reads `MobileSecurityObjectBytes = #6.24(bstr .cbor MobileSecurityObject)`.
    pub(crate) fn parse(payload: &'b [u8]) -> Result<Self, MdocError> {
        let (_, inner) = Reader::read_all(payload, Reader::encoded_cbor)?;
        Reader::read_all(inner, Self::read)
    }

    fn read(reader: &mut Reader<'b>) -> Result<Self, MdocError> {
        let mut parts = Parts::default();
        reader.map(|reader, key| parts.read_member(reader, key))?;
        parts.complete(reader)
    }
}

#[derive(Default)]
struct Parts<'b> {
    version: Option<&'b str>,
    digest_algorithm: Option<HashAlgorithm>,
    value_digests: Option<Vec<NameSpaceDigests<'b>>>,
    device: Option<(PublicKey, KeyAuthorizations<'b>)>,
    doc_type: Option<&'b str>,
    validity: Option<ValidityInfo>,
    status: Option<StatusReference>,
}

impl<'b> Parts<'b> {
    fn read_member(&mut self, reader: &mut Reader<'b>, key: Key<'b>) -> Result<(), MdocError> {
        match key {
            Key::Text("version") => self.version = Some(reader.text()?),
            Key::Text("digestAlgorithm") => self.digest_algorithm = Some(digest_algorithm(reader.text()?)?),
            Key::Text("valueDigests") => self.value_digests = Some(read_value_digests(reader)?),
            Key::Text("deviceKeyInfo") => self.device = Some(read_device_key_info(reader)?),
            Key::Text("docType") => self.doc_type = Some(reader.text()?),
            Key::Text("validityInfo") => self.validity = Some(read_validity(reader)?),
            Key::Text("status") => self.status = Some(read_status(reader)?),
            // Members of later editions; none is required of an issuer (hole 12 of the peers).
            _ => drop(reader.skip()?),
        }
        Ok(())
    }

    fn complete(self, reader: &Reader<'_>) -> Result<MobileSecurityObject<'b>, MdocError> {
        let missing = |member| MdocError::missing(reader, member);
        let version = self.version.ok_or_else(|| missing("version"))?;
        if !version.starts_with("1.") {
            return Err(MdocError::VersionUnsupported("MobileSecurityObject"));
        }
        let (device_key, authorizations) = self.device.ok_or_else(|| missing("deviceKeyInfo"))?;
        Ok(MobileSecurityObject {
            doc_type: self.doc_type.ok_or_else(|| missing("docType"))?,
            digest_algorithm: self.digest_algorithm.ok_or_else(|| missing("digestAlgorithm"))?,
            value_digests: self.value_digests.ok_or_else(|| missing("valueDigests"))?,
            device_key,
            authorizations,
            validity: self.validity.ok_or_else(|| missing("validityInfo"))?,
            status: self.status,
        })
    }
}

/// ISO 18013-5 §9.1.2.5, Table 21.
fn digest_algorithm(name: &str) -> Result<HashAlgorithm, MdocError> {
    match name {
        "SHA-256" => Ok(HashAlgorithm::Sha256),
        "SHA-384" => Ok(HashAlgorithm::Sha384),
        "SHA-512" => Ok(HashAlgorithm::Sha512),
        _ => Err(MdocError::DigestAlgorithmUnsupported),
    }
}

fn read_value_digests<'b>(reader: &mut Reader<'b>) -> Result<Vec<NameSpaceDigests<'b>>, MdocError> {
    let mut name_spaces = Vec::new();
    reader.map(|reader, key| {
        let Key::Text(name) = key else {
            return Err(mapae_cose::cbor::CborError::Unexpected(reader.position()).into());
        };
        name_spaces.push(NameSpaceDigests { name, digests: read_digest_ids(reader)? });
        Ok::<_, MdocError>(())
    })?;
    Ok(name_spaces)
}

fn read_digest_ids<'b>(reader: &mut Reader<'b>) -> Result<Vec<(u64, &'b [u8])>, MdocError> {
    let mut digests = Vec::with_capacity(32);
    reader.map(|reader, key| match key {
        Key::Int(id) if id >= 0 => {
            digests.push((id.unsigned_abs(), reader.bytes()?));
            Ok(())
        }
        _ => Err(MdocError::from(mapae_cose::cbor::CborError::Unexpected(reader.position()))),
    })?;
    if !digests.is_sorted_by_key(|(id, _)| *id) {
        digests.sort_unstable_by_key(|(id, _)| *id);
    }
    Ok(digests)
}

fn read_device_key_info<'b>(reader: &mut Reader<'b>) -> Result<(PublicKey, KeyAuthorizations<'b>), MdocError> {
    let (mut device_key, mut authorizations) = (None, KeyAuthorizations::default());
    reader.map(|reader, key| {
        match key {
            Key::Text("deviceKey") => device_key = Some(cose_key::read(reader)?),
            Key::Text("keyAuthorizations") => authorizations = read_authorizations(reader)?,
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    Ok((device_key.ok_or_else(|| MdocError::missing(reader, "deviceKey"))?, authorizations))
}

fn read_authorizations<'b>(reader: &mut Reader<'b>) -> Result<KeyAuthorizations<'b>, MdocError> {
    let mut authorizations = KeyAuthorizations::default();
    reader.map(|reader, key| {
        match key {
            Key::Text("nameSpaces") => authorizations.name_spaces = reader.list(Reader::text)?,
            Key::Text("dataElements") => reader.map(|reader, key| {
                if let Key::Text(name) = key {
                    authorizations.elements.push((name, reader.list(Reader::text)?));
                    return Ok(());
                }
                reader.skip().map(drop)
            })?,
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    Ok(authorizations)
}

fn read_validity(reader: &mut Reader<'_>) -> Result<ValidityInfo, MdocError> {
    let (mut signed, mut from, mut until) = (None, None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("signed") => signed = Some(read_tdate(reader)?),
            Key::Text("validFrom") => from = Some(read_tdate(reader)?),
            Key::Text("validUntil") => until = Some(read_tdate(reader)?),
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    let missing = |member| MdocError::missing(reader, member);
    ValidityInfo::new(
        signed.ok_or_else(|| missing("signed"))?,
        from.ok_or_else(|| missing("validFrom"))?,
        until.ok_or_else(|| missing("validUntil"))?,
    )
}

/// `tdate`: ISO 18013-5 §9.1.2.4 forbids fractions of a second.
fn read_tdate(reader: &mut Reader<'_>) -> Result<Timestamp, MdocError> {
    let text = reader.tagged(TAG_DATE_TIME, Reader::text)?;
    text.parse().map_err(|_| MdocError::ValidityUnreadable)
}

/// `status` of edition 2, with the mechanism `status_list` of the Token Status List (§6.3). A document
/// that names only mechanisms that we cannot check must not pass as one without status.
fn read_status(reader: &mut Reader<'_>) -> Result<StatusReference, MdocError> {
    let mut reference = None;
    reader.map(|reader, key| {
        match key {
            Key::Text("status_list") => reference = Some(read_status_list(reader)?),
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    reference.ok_or(MdocError::StatusUnusable)
}

fn read_status_list(reader: &mut Reader<'_>) -> Result<StatusReference, MdocError> {
    let (mut idx, mut uri) = (None, None);
    reader.map(|reader, key| {
        match key {
            Key::Text("idx") => idx = Some(reader.unsigned()?),
            Key::Text("uri") => uri = Some(reader.text()?.to_owned()),
            _ => drop(reader.skip()?),
        }
        Ok::<_, MdocError>(())
    })?;
    idx.zip(uri).map(|(idx, uri)| StatusReference { uri, idx }).ok_or(MdocError::StatusUnusable)
}

/// What the writer of an MSO knows.
pub(crate) struct MsoToWrite<'a> {
    pub(crate) doc_type: &'a str,
    /// Encoded `valueDigests`.
    pub(crate) value_digests: &'a [u8],
    pub(crate) device_key: &'a PublicKey,
    pub(crate) validity: &'a ValidityInfo,
    pub(crate) status: Option<&'a StatusReference>,
}

impl MsoToWrite<'_> {
    /// Writes `MobileSecurityObjectBytes`; members in deterministic order.
    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let mut mso = Writer::with_capacity(self.value_digests.len() + 512);
        mso.map(if self.status.is_some() { 7 } else { 6 });
        if let Some(status) = self.status {
            mso.text("status").map(1).text("status_list").map(2);
            mso.text("idx").unsigned(status.idx).text("uri").text(&status.uri);
        }
        mso.text("docType").text(self.doc_type).text("version").text("1.0");
        mso.text("validityInfo").map(3);
        write_tdate(mso.text("signed"), self.validity.signed);
        write_tdate(mso.text("validFrom"), self.validity.valid_from);
        write_tdate(mso.text("validUntil"), self.validity.valid_until);
        mso.text("valueDigests").raw(self.value_digests);
        cose_key::write(mso.text("deviceKeyInfo").map(1).text("deviceKey"), self.device_key);
        mso.text("digestAlgorithm").text("SHA-256");
        let mut payload = Writer::with_capacity(mso.len() + 8);
        payload.encoded_cbor(mso.as_bytes());
        payload.into_bytes()
    }
}

fn write_tdate(writer: &mut Writer, time: Timestamp) {
    writer.tag(TAG_DATE_TIME).text(&time.to_string());
}
