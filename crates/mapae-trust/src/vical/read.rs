//! The inside of a list.

use mapae_cose::cbor::{CborError, Key, Reader, TAG_DATE_TIME};
use mapae_types::Timestamp;
use mapae_x509::{Certificate, TrustAnchor};

use super::{VicalEntry, VicalError};

/// RFC 8949 §3.4.3: an unsigned number of any length.
const TAG_BIGNUM: u64 = 2;
/// The head of an ASN.1 `OCTET STRING` of a key identifier's length, less than 128 bytes.
const OCTET_STRING: u8 = 0x04;

#[derive(Debug, Clone)]
pub(super) struct Payload {
    pub(super) provider: String,
    pub(super) date: Timestamp,
    pub(super) issue_id: Option<u64>,
    pub(super) next_update: Option<Timestamp>,
    pub(super) not_after: Option<Timestamp>,
    pub(super) entries: Vec<VicalEntry>,
}

#[derive(Default)]
struct Parts {
    version: Option<String>,
    provider: Option<String>,
    date: Option<Timestamp>,
    issue_id: Option<u64>,
    next_update: Option<Timestamp>,
    not_after: Option<Timestamp>,
    entries: Option<Vec<VicalEntry>>,
}

impl Payload {
    pub(super) fn read(payload: &[u8]) -> Result<Self, VicalError> {
        Reader::read_all(payload, |reader| {
            let mut parts = Parts::default();
            reader.map(|reader, key| parts.read_member(reader, key))?;
            parts.complete(reader.position())
        })
    }
}

impl Parts {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), VicalError> {
        match key {
            Key::Text("version") => self.version = Some(reader.text()?.to_owned()),
            Key::Text("vicalProvider") => self.provider = Some(reader.text()?.to_owned()),
            Key::Text("date") => self.date = Some(read_time(reader)?),
            Key::Text("vicalIssueID") => self.issue_id = Some(reader.unsigned()?),
            Key::Text("nextUpdate") => self.next_update = Some(read_time(reader)?),
            Key::Text("notAfter") => self.not_after = Some(read_time(reader)?),
            Key::Text("certificateInfos") => self.entries = Some(reader.list(read_entry)?),
            // C.1.7.1: extensions, and what a later version adds.
            _ => drop(reader.skip()?),
        }
        Ok(())
    }

    fn complete(self, at: usize) -> Result<Payload, VicalError> {
        let missing = |member| CborError::Missing(at, member);
        let version = self.version.ok_or_else(|| missing("version"))?;
        // Another minor version adds members; another major one may mean something else by them.
        if !version.starts_with("1.") {
            return Err(VicalError::VersionUnsupported { version });
        }
        Ok(Payload {
            provider: self.provider.ok_or_else(|| missing("vicalProvider"))?,
            date: self.date.ok_or_else(|| missing("date"))?,
            issue_id: self.issue_id,
            next_update: self.next_update,
            not_after: self.not_after,
            entries: self.entries.ok_or_else(|| missing("certificateInfos"))?,
        })
    }
}

#[derive(Default)]
struct EntryParts<'b> {
    certificate: Option<&'b [u8]>,
    serial: Option<&'b [u8]>,
    key_id: Option<&'b [u8]>,
    doc_types: Option<Vec<String>>,
    issuing_authority: Option<String>,
}

fn read_entry(reader: &mut Reader<'_>) -> Result<VicalEntry, VicalError> {
    let mut parts = EntryParts::default();
    reader.map(|reader, key| {
        match key {
            Key::Text("certificate") => parts.certificate = Some(reader.bytes()?),
            Key::Text("serialNumber") => parts.serial = Some(reader.tagged(TAG_BIGNUM, Reader::bytes)?),
            Key::Text("ski") => parts.key_id = Some(reader.bytes()?),
            Key::Text("docType") => parts.doc_types = Some(reader.list(|r| r.text().map(str::to_owned))?),
            Key::Text("issuingAuthority") => parts.issuing_authority = Some(reader.text()?.to_owned()),
            _ => drop(reader.skip()?),
        }
        Ok::<_, CborError>(())
    })?;
    parts.complete(reader.position())
}

impl EntryParts<'_> {
    fn complete(self, at: usize) -> Result<VicalEntry, VicalError> {
        let missing = |member| CborError::Missing(at, member);
        let doc_types = self.doc_types.ok_or_else(|| missing("docType"))?;
        if doc_types.is_empty() {
            return Err(VicalError::DocTypeMissing);
        }
        let certificate = Certificate::from_der(self.certificate.ok_or_else(|| missing("certificate"))?);
        let serial = self.serial.ok_or_else(|| missing("serialNumber"))?;
        let key_id = self.key_id.ok_or_else(|| missing("ski"))?;
        if let Ok(certificate) = &certificate {
            check_identified(certificate, serial, key_id)?;
        }
        let root = certificate.and_then(TrustAnchor::new);
        Ok(VicalEntry { root, doc_types, issuing_authority: self.issuing_authority })
    }
}

/// What readers look a certificate up by must be that certificate's.
fn check_identified(certificate: &Certificate, serial: &[u8], key_id: &[u8]) -> Result<(), VicalError> {
    let subject = || certificate.subject().to_owned();
    let leading = serial.iter().take_while(|byte| **byte == 0).count();
    if serial[leading..] != *certificate.serial() {
        return Err(VicalError::SerialDiffers { subject: subject() });
    }
    match certificate.subject_key_id() {
        Some(actual) if !is_key_id(key_id, actual) => Err(VicalError::KeyIdDiffers { subject: subject() }),
        _ => Ok(()),
    }
}

/// The identifier itself; or, as the one provider that there is writes it, the whole value of the certificate's
/// extension: an `OCTET STRING` that holds the `OCTET STRING`.
fn is_key_id(listed: &[u8], actual: &[u8]) -> bool {
    let unwrap = |bytes: &[u8]| match bytes {
        [OCTET_STRING, length, content @ ..] if usize::from(*length) == content.len() => Some(content.to_vec()),
        _ => None,
    };
    listed == actual || unwrap(listed).and_then(|value| unwrap(&value)).is_some_and(|inner| inner == actual)
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, CborError> {
    let at = reader.position();
    reader.tagged(TAG_DATE_TIME, Reader::text)?.parse().map_err(|_| CborError::Unexpected(at))
}
