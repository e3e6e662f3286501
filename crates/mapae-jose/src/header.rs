//! The protected header of a JWS (RFC 7515 §4).
//!
//! `jwk`, `jku` and `x5u` are left unread: a message does not say which key to trust.

use core::fmt;

use mapae_crypto::Algorithm;

use crate::{JwsError, Object, Value, base64url};

/// Certificates in one `x5c` that we read at most; a document signer's chain has one or two.
const MAX_CERTIFICATES: usize = 8;

/// A protected header whose members of interest have been read.
#[derive(Clone)]
pub struct Header {
    algorithm: Algorithm,
    x5c: Vec<Vec<u8>>,
    raw: Object,
}

impl Header {
    /// Reads the base64url part before the first dot.
    pub(crate) fn parse(part: &str) -> Result<Self, JwsError> {
        let bytes = base64url::decode(part).map_err(|_| JwsError::EncodingInvalid { part: "header" })?;
        let raw = crate::json::parse_object(&bytes).map_err(JwsError::HeaderUnreadable)?;
        // RFC 7515 §4.1.11: an extension that is not understood makes the JWS invalid, and we know none.
        if raw.contains_key("crit") {
            return Err(JwsError::CriticalExtension);
        }
        text(&raw, "typ")?;
        text(&raw, "kid")?;
        Ok(Self { algorithm: algorithm(&raw)?, x5c: x5c(&raw)?, raw })
    }

    /// `alg`: always one that we know, never `none`.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `typ`: what kind of object this claims to be (RFC 8725 §3.11).
    pub fn typ(&self) -> Option<&str> {
        self.raw.get("typ")?.as_str()
    }

    /// `kid`: a hint that chooses among keys already trusted, and nothing more.
    pub fn kid(&self) -> Option<&str> {
        self.raw.get("kid")?.as_str()
    }

    /// `x5c`: certificates as DER, the signer's first; empty if absent. Nothing about them has been checked.
    pub fn x5c(&self) -> &[Vec<u8>] {
        &self.x5c
    }

    /// All members as they came.
    pub const fn raw(&self) -> &Object {
        &self.raw
    }
}

impl fmt::Debug for Header {
    /// Leaves out `kid` and unknown members, which may point at a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Header");
        out.field("alg", &self.algorithm).field("typ", &self.typ()).field("certificates", &self.x5c.len());
        out.finish_non_exhaustive()
    }
}

/// The value of an `x5c` member for a chain of DER certificates, the signer's first.
pub fn x5c_value<C: AsRef<[u8]>>(chain: &[C]) -> Value {
    chain.iter().map(|der| Value::String(base64url::encode_standard(der))).collect()
}

fn text<'a>(raw: &'a Object, name: &'static str) -> Result<Option<&'a str>, JwsError> {
    match raw.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwsError::MemberMalformed { name }),
    }
}

fn algorithm(raw: &Object) -> Result<Algorithm, JwsError> {
    let name = text(raw, "alg")?.ok_or(JwsError::MemberMalformed { name: "alg" })?;
    // `none` (RFC 7518 §3.6) and every MAC end here, since they are no names of ours.
    Algorithm::from_jose(name).ok_or_else(|| JwsError::AlgorithmUnsupported { alg: name.chars().take(32).collect() })
}

fn x5c(raw: &Object) -> Result<Vec<Vec<u8>>, JwsError> {
    let malformed = || JwsError::MemberMalformed { name: "x5c" };
    let Some(value) = raw.get("x5c") else { return Ok(Vec::new()) };
    let chain = value.as_array().filter(|c| (1..=MAX_CERTIFICATES).contains(&c.len())).ok_or_else(malformed)?;
    // RFC 7515 §4.1.6: standard base64, not base64url.
    let der = |v: &Value| base64url::decode_standard(v.as_str()?).ok().filter(|der| !der.is_empty());
    chain.iter().map(|v| der(v).ok_or_else(malformed)).collect()
}
