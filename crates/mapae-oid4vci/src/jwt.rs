//! What all JWTs of this protocol have in common: a type, ES256, claims with times.

use mapae_jose::{Jwk, Jws, Object, UnsignedJws, Value, VerifiedJws, json};
use mapae_types::{Duration, Timestamp};

use crate::{ALGORITHM, JwtFault};

/// How far the clocks of two parties may disagree.
pub(crate) const SKEW: Duration = Duration::seconds(60);
/// How old a proof may be that somebody made for one request.
pub(crate) const MAX_AGE: Duration = Duration::seconds(300);
/// Characters of one claim that is read as text.
const MAX_TEXT: usize = 1024;

/// Reads a JWT of one type (RFC 8725 §3.11), signed with ES256.
pub(crate) fn parse<'t>(text: &'t str, expected: &'static str, limit: usize) -> Result<Jws<'t>, JwtFault> {
    if text.len() > limit {
        return Err(JwtFault::TooLong { len: text.len(), limit });
    }
    let jws = Jws::parse(text)?;
    if jws.header().typ() != Some(expected) {
        return Err(JwtFault::Type { expected });
    }
    // HAIP 1.0 §7; `none` and every MAC were refused on reading.
    if jws.header().algorithm() == ALGORITHM { Ok(jws) } else { Err(JwtFault::Algorithm) }
}

/// The claims of a verified JWT.
pub(crate) struct Claims(Object);

impl Claims {
    pub(crate) fn of(verified: &VerifiedJws<'_>) -> Result<Self, JwtFault> {
        Ok(Self(verified.payload_object()?))
    }

    pub(crate) const fn raw(&self) -> &Object {
        &self.0
    }

    pub(crate) fn into_raw(self) -> Object {
        self.0
    }

    /// A text that is not empty.
    pub(crate) fn optional(&self, name: &'static str) -> Result<Option<&str>, JwtFault> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if (1..=MAX_TEXT).contains(&text.len()) => Ok(Some(text)),
            Some(_) => Err(JwtFault::Claim { name }),
        }
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<&str, JwtFault> {
        self.optional(name)?.ok_or(JwtFault::Claim { name })
    }

    /// The claim is exactly this text.
    pub(crate) fn is(&self, name: &'static str, expected: &str) -> Result<(), JwtFault> {
        if self.text(name)? == expected { Ok(()) } else { Err(JwtFault::Differs { name }) }
    }

    /// `aud` is this text, or an array that has it (RFC 7519 §4.1.3).
    pub(crate) fn is_for(&self, expected: &str) -> Result<(), JwtFault> {
        match self.0.get("aud") {
            Some(Value::Array(all)) if all.iter().any(|one| one.as_str() == Some(expected)) => Ok(()),
            Some(Value::Array(_)) => Err(JwtFault::Differs { name: "aud" }),
            _ => self.is("aud", expected),
        }
    }

    pub(crate) fn time(&self, name: &'static str) -> Result<Option<Timestamp>, JwtFault> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let read = value.as_i64().and_then(|seconds| Timestamp::from_unix(seconds).ok());
        read.map(Some).ok_or(JwtFault::Claim { name })
    }

    /// `iat`, which must be there, and not in the future.
    pub(crate) fn issued(&self, now: Timestamp) -> Result<Timestamp, JwtFault> {
        let issued_at = self.time("iat")?.ok_or(JwtFault::Claim { name: "iat" })?;
        not_after(issued_at, now)
    }

    /// `iat` of something made for one request.
    pub(crate) fn issued_lately(&self, now: Timestamp) -> Result<Timestamp, JwtFault> {
        let issued_at = self.issued(now)?;
        if issued_at.age_at(now) > MAX_AGE { Err(JwtFault::TooOld { issued_at, now }) } else { Ok(issued_at) }
    }

    /// `exp` and `nbf`, where they are (RFC 7519 §4.1.4, §4.1.5). Returns `exp`.
    pub(crate) fn valid(&self, now: Timestamp) -> Result<Option<Timestamp>, JwtFault> {
        if let Some(not_before) = self.time("nbf")? {
            not_after(not_before, now)?;
        }
        match self.time("exp")? {
            Some(expired) if now - SKEW >= expired => Err(JwtFault::Expired { expired }),
            expires => Ok(expires),
        }
    }
}

fn not_after(time: Timestamp, now: Timestamp) -> Result<Timestamp, JwtFault> {
    if time > now + SKEW { Err(JwtFault::FromFuture { issued_at: time, now }) } else { Ok(time) }
}

/// Members, some of which may not be there.
type Members = Vec<(&'static str, Option<Value>)>;

/// A JWT of ours, to which the signature is missing.
pub(crate) fn unsigned(typ: &'static str, header: impl Into<Members>, claims: impl Into<Members>) -> UnsignedJws {
    let mut members: Members = vec![("alg", Some(ALGORITHM.jose().into())), ("typ", Some(typ.into()))];
    members.extend(header.into());
    UnsignedJws::new(&collect(members), &json::to_vec(&collect(claims)))
}

/// Members that are there.
pub(crate) fn collect(members: impl Into<Members>) -> Object {
    gather(members.into())
}

/// Once for lists of every length.
fn gather(members: Members) -> Object {
    let mut object = Object::new();
    // One by one: collecting sorts first, by code of its own for every kind of list.
    for (name, value) in members {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
    object
}

/// A key as a member of a header or of claims.
pub(crate) fn key(jwk: &Jwk) -> Value {
    Value::Object(jwk.to_object())
}
