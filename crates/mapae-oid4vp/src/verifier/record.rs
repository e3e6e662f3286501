//! How a request that waits is kept: `version ‖ kind ‖ length of the key ‖ key ‖ JSON ‖ SHA-256 of all that`.
//!
//! The same request has the same record. The hash tells damage and no more: whoever keeps records seals them, for they hold
//! the key that opens the answer, and whoever could change one could put another query into it.

use mapae_crypto::{SigningKey, sha256};
use mapae_jose::{Object, json};
use zeroize::Zeroizing;

use super::RecordFault;

const VERSION: u8 = 1;
/// Version, kind, length of the key.
const HEAD: usize = 4;
const HASH: usize = 32;

/// What waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// For a wallet that posts its answer.
    Redirect = 1,
    /// For a browser that hands it over.
    DigitalCredentials = 2,
}

/// The key stands apart from the rest, so that it passes through no buffer that is not wiped.
pub(super) fn write(kind: Kind, key: Option<&SigningKey>, rest: &Object) -> Zeroizing<Vec<u8>> {
    let (pem, rest) = (key.map(SigningKey::to_pkcs8_pem).unwrap_or_default(), json::to_vec(rest));
    let mut record = Zeroizing::new(Vec::with_capacity(HEAD + pem.len() + rest.len() + HASH));
    record.extend([VERSION, kind as u8]);
    record.extend(u16::try_from(pem.len()).unwrap_or_default().to_be_bytes());
    record.extend(pem.as_bytes());
    record.extend(rest);
    let hash = sha256(&record);
    record.extend(hash);
    record
}

pub(super) fn read(kind: Kind, record: &[u8]) -> Result<(Option<SigningKey>, Object), RecordFault> {
    let (content, hash) = record.split_last_chunk::<HASH>().ok_or(RecordFault::Damaged)?;
    let (&[version, found, high, low], content_rest) =
        content.split_first_chunk::<HEAD>().ok_or(RecordFault::Damaged)?;
    if version != VERSION {
        return Err(RecordFault::Version { found: version });
    }
    if sha256(content) != *hash {
        return Err(RecordFault::Damaged);
    }
    if found != kind as u8 {
        return Err(RecordFault::Kind);
    }
    let len = usize::from(u16::from_be_bytes([high, low]));
    let (pem, rest) = content_rest.split_at_checked(len).ok_or(RecordFault::Malformed)?;
    Ok((key(pem)?, json::parse_object(rest).map_err(|_| RecordFault::Malformed)?))
}

fn key(pem: &[u8]) -> Result<Option<SigningKey>, RecordFault> {
    if pem.is_empty() {
        return Ok(None);
    }
    let pem = core::str::from_utf8(pem).map_err(|_| RecordFault::Malformed)?;
    SigningKey::from_pkcs8_pem(pem).map(Some).map_err(|_| RecordFault::Malformed)
}
