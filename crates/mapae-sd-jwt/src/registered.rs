//! The claims on which validity rests, read from the signed payload before any disclosure is opened, so that none can
//! be supplied or hidden by a disclosure (RFC 9901 §9.7, SD-JWT VC §3.2.2.2).

use mapae_crypto::HashAlgorithm;
use mapae_jose::{Jwk, Object, Value};
use mapae_types::{StatusReference, Timestamp};

use crate::{HASH_CLAIM, IssuerFault};

/// The value of a `status` claim (Token Status List §6.2).
pub(crate) fn status_claim(reference: &StatusReference) -> Object {
    let list = [("idx".to_owned(), reference.idx.into()), ("uri".to_owned(), reference.uri.as_str().into())];
    Object::from_iter([("status_list".to_owned(), Object::from_iter(list).into())])
}

/// A status that we cannot read is one that we cannot check: it is refused, not passed over.
fn read_status(status: &Value) -> Option<StatusReference> {
    let list = status.get("status_list")?;
    let uri = list.get("uri")?.as_str().filter(|uri| !uri.is_empty())?;
    Some(StatusReference { uri: uri.to_owned(), idx: list.get("idx")?.as_u64()? })
}

/// The registered claims of a credential, typed.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) vct: String,
    pub(crate) issuer: Option<String>,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) holder: Jwk,
    pub(crate) status: Option<StatusReference>,
    pub(crate) hash: HashAlgorithm,
}

impl Registered {
    pub(crate) fn read(payload: &Object) -> Result<Self, IssuerFault> {
        Ok(Self {
            hash: hash(payload)?,
            vct: text(payload, "vct")?.ok_or(IssuerFault::ClaimMalformed { name: "vct" })?,
            issuer: text(payload, "iss")?,
            not_before: time(payload, "nbf").map_err(malformed)?,
            expires: time(payload, "exp").map_err(malformed)?,
            holder: holder(payload)?,
            status: status(payload)?,
        })
    }
}

/// A claim that is present but is not a whole number of seconds.
#[derive(Clone, Copy)]
pub(crate) struct NotATime(pub(crate) &'static str);

pub(crate) fn malformed(claim: NotATime) -> IssuerFault {
    IssuerFault::ClaimMalformed { name: claim.0 }
}

/// `NumericDate` (RFC 7519 §2) in whole seconds; fractions are refused as everywhere in Mapae.
pub(crate) fn time(payload: &Object, name: &'static str) -> Result<Option<Timestamp>, NotATime> {
    let Some(value) = payload.get(name) else { return Ok(None) };
    let read = value.as_i64().and_then(|seconds| Timestamp::from_unix(seconds).ok());
    read.map(Some).ok_or(NotATime(name))
}

/// RFC 9901 §4.1.1: SHA-256 unless it says otherwise.
fn hash(payload: &Object) -> Result<HashAlgorithm, IssuerFault> {
    match payload.get(HASH_CLAIM) {
        None => Ok(HashAlgorithm::Sha256),
        Some(value) => value.as_str().and_then(hash_named).ok_or_else(|| IssuerFault::HashUnsupported {
            name: value.as_str().map(|name| name.chars().take(32).collect()),
        }),
    }
}

/// Names of the IANA registry "Named Information Hash Algorithm".
fn hash_named(name: &str) -> Option<HashAlgorithm> {
    match name {
        "sha-256" => Some(HashAlgorithm::Sha256),
        "sha-384" => Some(HashAlgorithm::Sha384),
        "sha-512" => Some(HashAlgorithm::Sha512),
        _ => None,
    }
}

fn text(payload: &Object, name: &'static str) -> Result<Option<String>, IssuerFault> {
    match payload.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(IssuerFault::ClaimMalformed { name }),
    }
}

/// `cnf.jwk` (RFC 7800 §3.2); other confirmation methods are not used here.
fn holder(payload: &Object) -> Result<Jwk, IssuerFault> {
    let jwk = payload.get("cnf").and_then(|cnf| cnf.get("jwk")).ok_or(IssuerFault::HolderKeyMissing)?;
    Jwk::from_value(jwk).map_err(IssuerFault::HolderKey)
}

fn status(payload: &Object) -> Result<Option<StatusReference>, IssuerFault> {
    let Some(status) = payload.get("status") else { return Ok(None) };
    read_status(status).map(Some).ok_or(IssuerFault::StatusMalformed)
}
