//! How a request that waits is kept: `version ‖ kind ‖ length of the key ‖ key ‖ JSON ‖ SHA-256 of all that`.
//!
//! The same request has the same record. The hash tells damage and no more: whoever keeps records seals them, for they hold
//! the key that opens the answer, and whoever could change one could put another query into it.

use mapae_crypto::sha256;
use mapae_jose::{Object, json};
use zeroize::Zeroizing;

use super::{RecordFault, answer_key::AnswerKey};

/// 1 had the key as PEM.
const VERSION: u8 = 2;
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
pub(super) fn write(kind: Kind, key: Option<&AnswerKey>, rest: &Object) -> Zeroizing<Vec<u8>> {
    let (key, rest) = (key.map(AnswerKey::to_bytes).unwrap_or_default(), json::to_vec(rest));
    let mut record = Zeroizing::new(Vec::with_capacity(HEAD + key.len() + rest.len() + HASH));
    record.extend([VERSION, kind as u8]);
    record.extend(u16::try_from(key.len()).unwrap_or_default().to_be_bytes());
    record.extend(key.as_slice());
    record.extend(rest);
    let hash = sha256(&record);
    record.extend(hash);
    record
}

pub(super) fn read(kind: Kind, record: &[u8]) -> Result<(Option<AnswerKey>, Object), RecordFault> {
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
    let (bytes, rest) = content_rest.split_at_checked(len).ok_or(RecordFault::Malformed)?;
    Ok((key(bytes)?, json::parse_object(rest).map_err(|_| RecordFault::Malformed)?))
}

fn key(bytes: &[u8]) -> Result<Option<AnswerKey>, RecordFault> {
    if bytes.is_empty() {
        return Ok(None);
    }
    AnswerKey::from_bytes(bytes).map(Some).ok_or(RecordFault::Malformed)
}
