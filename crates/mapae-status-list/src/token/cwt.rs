//! Status list tokens as CWT (draft §5.2), in the profile of ISO 18013-5 second edition: `exp` is mandatory,
//! and `x5chain` counts in the protected header only.

use mapae_cose::{
    Sign1,
    cbor::{Key, Kind, Reader},
};
use mapae_crypto::PublicKey;

use super::{Claims, Expected, VerifiedStatusToken, date, time_to_live};
use crate::{EncodedList, TokenError};

/// The `CoAP` number that may stand here instead is not assigned yet.
pub(super) const TYP: &str = "application/statuslist+cwt";

pub(super) const SUBJECT: i64 = 2;
pub(super) const EXPIRES_AT: i64 = 4;
const NOT_BEFORE: i64 = 5;
pub(super) const ISSUED_AT: i64 = 6;
pub(super) const STATUS_LIST: i64 = 65_533;
pub(super) const TTL: i64 = 65_534;

/// A token that has been read but not verified. It answers nothing yet.
#[derive(Debug, Clone)]
pub struct StatusTokenCwt<'b> {
    message: Sign1<'b>,
}

impl<'b> StatusTokenCwt<'b> {
    /// Reads a `COSE_Sign1` under its tag 18 whose protected `typ` is `application/statuslist+cwt`.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, TokenError> {
        // §5.2: tagged as COSE_Sign1, and not as CWT (61).
        if Reader::new(bytes).kind()? != Kind::Tag {
            return Err(TokenError::Untagged);
        }
        let message = Sign1::parse(bytes)?;
        if message.protected().typ != Some(TYP) {
            return Err(TokenError::WrongType { expected: TYP });
        }
        Ok(Self { message })
    }

    /// The certificates in the protected `x5chain` as DER, the signer's first; empty if there are none.
    /// Whether they are to be trusted is decided elsewhere, before [`verify`](Self::verify) is given the
    /// first one's key.
    pub fn x5chain(&self) -> Vec<Vec<u8>> {
        self.message.protected().x5chain.iter().map(|der| der.to_vec()).collect()
    }

    /// Checks the signature, then the claims, then inflates the list.
    pub fn verify(self, key: &PublicKey, expected: &Expected<'_>) -> Result<VerifiedStatusToken, TokenError> {
        Reader::read_all(self.message.verify(key)?, read)?.check(expected)
    }
}

/// The claims as they are met, in whatever order.
#[derive(Default)]
struct Found<'b> {
    subject: Option<&'b str>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
    not_before: Option<i64>,
    ttl: Option<i64>,
    list: Option<EncodedList<'b>>,
}

pub(super) fn read<'b>(reader: &mut Reader<'b>) -> Result<Claims<'b>, TokenError> {
    let mut found = Found::default();
    reader.map(|reader, key| found.claim(reader, key))?;
    let missing = |claim| TokenError::ClaimMissing { claim };
    let expires_at = found.expires_at.ok_or(missing("exp"))?;
    Ok(Claims {
        subject: found.subject.ok_or(missing("sub"))?.to_owned(),
        issued_at: date(Some(found.issued_at.ok_or(missing("iat"))?), "iat")?,
        expires_at: Some(date(Some(expires_at), "exp")?),
        not_before: found.not_before.map(|seconds| date(Some(seconds), "nbf")).transpose()?,
        ttl: found.ttl.map(|seconds| time_to_live(Some(seconds))).transpose()?,
        list: found.list.ok_or(missing("status_list"))?,
    })
}

impl<'b> Found<'b> {
    fn claim(&mut self, reader: &mut Reader<'b>, key: Key<'b>) -> Result<(), TokenError> {
        match key {
            Key::Int(SUBJECT) => self.subject = Some(reader.text()?),
            Key::Int(ISSUED_AT) => self.issued_at = Some(reader.int()?),
            Key::Int(EXPIRES_AT) => self.expires_at = Some(reader.int()?),
            Key::Int(NOT_BEFORE) => self.not_before = Some(reader.int()?),
            Key::Int(TTL) => self.ttl = Some(reader.int()?),
            Key::Int(STATUS_LIST) => self.list = Some(EncodedList::read_cbor(reader)?),
            _ => drop(reader.skip()?),
        }
        Ok(())
    }
}
