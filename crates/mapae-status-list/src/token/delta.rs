//! What changed from one token of a list to the next, from which the next one's exact bytes are rebuilt.
//!
//! A bundle of a nation is some 13 MB of tokens; what changes in a day is some 60 entries a list, two times and a
//! signature. A delta says that and no more. It works because both sides compress alike ([`Encoding`]).
//!
//! Left out: JWTs, which bundles do not carry; lists that we do not write (other widths, an aggregation URI); entries
//! that became valid again. A token to which no delta leads is sent whole.

use core::fmt;

use mapae_cose::cbor::{CborError, Reader, Writer};
use mapae_types::Duration;

use super::{Claims, TokenTimes, cwt, gaps, issue};
use crate::{DeltaError, Encoding, LIST_LEN, RevocationList, Status, TokenError};

/// RFC 9052 §4.2.
const TAG_SIGN1: u64 = 18;

/// The items of the written form.
const ITEMS: usize = 7;

/// Bytes of the lists that we write.
const LIST_BYTES: usize = (LIST_LEN / 8) as usize;

/// Bytes of a signature by P-256 and by P-384.
const SIGNATURE_LENGTHS: [usize; 2] = [64, 96];

/// The difference between two tokens of one list.
///
/// ```
/// # use mapae_crypto::{Algorithm, SigningKey};
/// # use mapae_status_list::*;
/// # use mapae_types::{Duration, Timestamp};
/// # fn token(list: &RevocationList, now: Timestamp) -> Vec<u8> {
/// #     let times = TokenTimes { issued_at: now, expires_at: now + Duration::days(70), ttl: Duration::hours(1) };
/// #     let key = SigningKey::from_scalar(&[7; 32]).unwrap();
/// #     let unsigned = NewStatusToken::new("https://id.example/status/0", list, times).unwrap();
/// #     let unsigned = unsigned.unsigned_cwt(Algorithm::Es256, &[b"certificate in DER"]).unwrap();
/// #     let signature = key.sign(unsigned.to_be_signed()).unwrap();
/// #     unsigned.attach(&signature)
/// # }
/// # let today: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
/// let mut list = RevocationList::new(LIST_LEN);
/// let old = token(&list, today);
/// list.revoke(4711).unwrap();
/// let new = token(&list, today + Duration::days(1));
///
/// let delta = TokenDelta::between(&old, &new).unwrap();
/// assert_eq!(delta.revoked(), [4711]);
/// assert_eq!(delta.apply(&old).unwrap(), new);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TokenDelta {
    encoding: Encoding,
    /// How much later the new token was issued.
    issued: Duration,
    /// How much longer than the old one it lasts.
    lifetime: Duration,
    /// The new `ttl`, if it is another one.
    ttl: Option<Duration>,
    /// The entries that became revoked, ascending.
    revoked: Vec<u32>,
    signature: Vec<u8>,
    /// The new protected header, if it is another one: of a new signer, say.
    protected: Option<Vec<u8>>,
}

/// A token taken apart, unverified.
struct Parts<'b> {
    protected: &'b [u8],
    claims: Claims<'b>,
    signature: &'b [u8],
}

impl TokenDelta {
    /// What leads from `old` to `new`, both as CWT. `None` if nothing does: an entry is valid again, the list has
    /// another length or subject, or one of the tokens was not written by [`NewStatusToken`](crate::NewStatusToken).
    /// The new one must then be sent whole.
    pub fn between(old: &[u8], new: &[u8]) -> Option<Self> {
        let (before, after) = (Parts::read(old).ok()?, Parts::read(new).ok()?);
        let issued = before.claims.issued_at.age_at(after.claims.issued_at);
        let longer = after.lifetime().as_seconds() - before.lifetime().as_seconds();
        let delta = Self {
            encoding: Encoding::Mapae1,
            issued,
            lifetime: Duration::seconds(longer),
            ttl: after.claims.ttl.filter(|ttl| before.claims.ttl != Some(*ttl)),
            revoked: before.list().ok()?.revoked_until(&after.list().ok()?),
            signature: after.signature.to_vec(),
            protected: (after.protected != before.protected).then(|| after.protected.to_vec()),
        };
        // Whatever the reason may be for which it does not lead there.
        delta.apply(old).ok().filter(|rebuilt| rebuilt == new).map(|_| delta)
    }

    /// The bytes of the new token. No signature is checked, of neither token: whoever carries deltas must say which
    /// hash the result has (a bundle's manifest does), or verify it.
    pub fn apply(&self, old: &[u8]) -> Result<Vec<u8>, DeltaError> {
        let parts = Parts::read(old)?;
        let missing = TokenError::ClaimMissing { claim: "ttl" };
        let issued_at = parts.claims.issued_at + self.issued;
        // Summed before they are added: a point in time saturates at the ends of the calendar.
        let lifetime = parts.lifetime().as_seconds().saturating_add(self.lifetime.as_seconds());
        let times = TokenTimes {
            issued_at,
            expires_at: issued_at + Duration::seconds(lifetime),
            ttl: self.ttl.or(parts.claims.ttl).ok_or(missing)?,
        };
        let list = self.revoke(parts.list()?)?.encode_as(self.encoding);
        let payload = issue::cbor_claims(&parts.claims.subject, &times, &list);
        let protected = self.protected.as_deref().unwrap_or(parts.protected);
        Ok(assemble(protected, &payload, &self.signature))
    }

    /// The entries that became revoked, ascending. Some are cover (design D6).
    pub fn revoked(&self) -> &[u32] {
        &self.revoked
    }

    /// Writes the delta into another structure.
    pub fn write(&self, writer: &mut Writer) {
        writer.array(ITEMS).int(self.encoding.version().into());
        writer.int(self.issued.as_seconds()).int(self.lifetime.as_seconds());
        match self.ttl {
            Some(ttl) => writer.int(ttl.as_seconds()),
            None => writer.null(),
        };
        writer.bytes(&gaps::write(&self.revoked)).bytes(&self.signature);
        match &self.protected {
            Some(protected) => writer.bytes(protected),
            None => writer.null(),
        };
    }

    /// Reads a delta inside another structure.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DeltaError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != ITEMS {
                return Err(CborError::Unexpected(at).into());
            }
            Ok(Self {
                encoding: read_encoding(reader)?,
                issued: Duration::seconds(reader.int()?),
                lifetime: Duration::seconds(reader.int()?),
                ttl: if reader.null()? { None } else { Some(read_ttl(reader)?) },
                revoked: gaps::read(reader.bytes()?, LIST_LEN).ok_or(malformed("revoked"))?,
                signature: read_signature(reader)?,
                protected: if reader.null()? { None } else { Some(reader.bytes()?.to_vec()) },
            })
        })
    }

    /// An entry that is revoked already shows that the delta belongs to another token.
    fn revoke(&self, mut list: RevocationList) -> Result<RevocationList, DeltaError> {
        for index in &self.revoked {
            if list.get(*index)? != Status::Valid {
                return Err(DeltaError::AlreadyRevoked { index: *index });
            }
            list.revoke(*index)?;
        }
        Ok(list)
    }
}

impl<'b> Parts<'b> {
    fn read(token: &'b [u8]) -> Result<Self, TokenError> {
        Reader::read_all(token, |reader| reader.tagged(TAG_SIGN1, Self::read_sign1))
    }

    fn read_sign1(reader: &mut Reader<'b>) -> Result<Self, TokenError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 4 {
                return Err(CborError::Unexpected(at).into());
            }
            let protected = reader.bytes()?;
            // Ours is empty; if another's is not, it is lost, and the result has another hash than the new token.
            reader.skip()?;
            let claims = Reader::read_all(reader.bytes()?, cwt::read)?;
            Ok(Self { protected, claims, signature: reader.bytes()? })
        })
    }

    fn lifetime(&self) -> Duration {
        let issued_at = self.claims.issued_at;
        issued_at.age_at(self.claims.expires_at.unwrap_or(issued_at))
    }

    fn list(&self) -> Result<RevocationList, TokenError> {
        Ok(RevocationList::from_list(self.claims.list.inflate(LIST_BYTES)?)?)
    }
}

fn assemble(protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(protected.len() + payload.len() + signature.len() + 32);
    writer.tag(TAG_SIGN1).array(4).bytes(protected).map(0).bytes(payload).bytes(signature);
    writer.into_bytes()
}

fn read_encoding(reader: &mut Reader<'_>) -> Result<Encoding, DeltaError> {
    let version = reader.unsigned()?;
    let known = u8::try_from(version).ok().and_then(Encoding::from_version);
    known.ok_or(DeltaError::EncodingUnknown { version })
}

fn read_ttl(reader: &mut Reader<'_>) -> Result<Duration, DeltaError> {
    match reader.int()? {
        seconds @ 1.. => Ok(Duration::seconds(seconds)),
        _ => Err(malformed("ttl")),
    }
}

fn read_signature(reader: &mut Reader<'_>) -> Result<Vec<u8>, DeltaError> {
    let signature = reader.bytes()?;
    if SIGNATURE_LENGTHS.contains(&signature.len()) { Ok(signature.to_vec()) } else { Err(malformed("signature")) }
}

const fn malformed(member: &'static str) -> DeltaError {
    DeltaError::MemberMalformed { member }
}

impl fmt::Debug for TokenDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenDelta({} revoked)", self.revoked.len())
    }
}
