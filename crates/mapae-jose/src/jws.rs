//! JWS in compact form (RFC 7515 §7.1).
//!
//! The signature is checked over the characters that arrived; nothing is encoded again (design D4).

use mapae_crypto::{Algorithm, Curve, PublicKey, Signature};
use memchr::memchr_iter;

use crate::{Header, JsonError, Object, base64url, json};

/// Characters that a compact JWS may have: some 700 kB of payload, far above any credential's.
const MAX_LEN: usize = 1 << 20;

/// A JWS that has been read but not verified. Its payload cannot be seen yet.
///
/// ```compile_fail
/// let jws = mapae_jose::Jws::parse("eyJ…").unwrap();
/// jws.payload();
/// ```
#[derive(Clone)]
pub struct Jws<'a> {
    header: Header,
    signing_input: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Splits a compact JWS and reads its protected header.
    pub fn parse(text: &'a str) -> Result<Self, JwsError> {
        if text.len() > MAX_LEN {
            return Err(JwsError::TooLong { len: text.len(), limit: MAX_LEN });
        }
        let mut dots = memchr_iter(b'.', text.as_bytes());
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(JwsError::NotCompact);
        };
        let (signing_input, signature) = (&text[..second], &text[second + 1..]);
        let (header, payload) = (&text[..first], &text[first + 1..second]);
        let decode = |part, text: &str| base64url::decode(text).map_err(|_| JwsError::EncodingInvalid { part });
        let header = Header::parse(header)?;
        Ok(Self {
            header,
            signing_input,
            payload: decode("payload", payload)?,
            signature: decode("signature", signature)?,
        })
    }

    /// The header, unverified: it may serve to find the key, whose trust is decided elsewhere.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// What was signed: `header.payload` as it arrived.
    pub const fn signing_input(&self) -> &'a str {
        self.signing_input
    }

    /// Checks the signature with `key`, whose curve must be that of the header's algorithm (RFC 8725 §3.1).
    pub fn verify(self, key: &PublicKey) -> Result<VerifiedJws<'a>, JwsError> {
        let algorithm = self.header.algorithm();
        if algorithm.curve() != key.curve() {
            return Err(JwsError::KeyMismatch { algorithm, key: key.curve() });
        }
        key.verify(algorithm, self.signing_input.as_bytes(), &self.signature)
            .map_err(|_| JwsError::SignatureInvalid)?;
        Ok(VerifiedJws { header: self.header, signing_input: self.signing_input, payload: self.payload })
    }
}

impl core::fmt::Debug for Jws<'_> {
    /// Shows the header only: the payload may be about a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Jws").field("header", &self.header).finish_non_exhaustive()
    }
}

/// A JWS whose signature has been verified. Only [`Jws::verify`] makes one.
#[derive(Clone)]
pub struct VerifiedJws<'a> {
    header: Header,
    signing_input: &'a str,
    payload: Vec<u8>,
}

impl<'a> VerifiedJws<'a> {
    /// The protected header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// What was signed, as it arrived.
    pub const fn signing_input(&self) -> &'a str {
        self.signing_input
    }

    /// The payload's bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as a JSON object, which that of every JWT is (RFC 7519 §7.2).
    pub fn payload_object(&self) -> Result<Object, JsonError> {
        json::parse_object(&self.payload)
    }
}

impl core::fmt::Debug for VerifiedJws<'_> {
    /// Shows the header only: the payload may be about a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("VerifiedJws").field("header", &self.header).finish_non_exhaustive()
    }
}

/// A JWS to which only the signature is missing.
#[derive(Clone)]
pub struct UnsignedJws {
    text: String,
}

impl UnsignedJws {
    /// Writes header and payload. The header must name the `alg` of the key that will sign.
    pub fn new(header: &Object, payload: &[u8]) -> Self {
        let mut written = Vec::with_capacity(1024);
        json::append_object(header, &mut written);
        // Room for the signature too, so that `attach` need not move the text.
        let len = base64url::encoded_len(written.len()) + base64url::encoded_len(payload.len());
        let mut text = String::with_capacity(len + 2 + 128);
        base64url::encode_into(written, &mut text);
        text.push('.');
        base64url::encode_into(payload, &mut text);
        Self { text }
    }

    /// The bytes to sign.
    pub const fn to_be_signed(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The JWS with its signature.
    pub fn attach(mut self, signature: &Signature) -> String {
        self.text.push('.');
        base64url::encode_into(signature.as_bytes(), &mut self.text);
        self.text
    }
}

impl core::fmt::Debug for UnsignedJws {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "UnsignedJws({} bytes)", self.text.len())
    }
}

/// A JWS that cannot be read or does not verify: the fault of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Longer than any that we read.
    #[error("a JWS of {len} characters, over the limit of {limit}")]
    TooLong {
        /// Characters given.
        len: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// Not three parts between two dots (RFC 7515 §7.1).
    #[error("not a compact JWS of three parts")]
    NotCompact,
    /// A part is not base64url.
    #[error("the {part} of the JWS is not base64url")]
    EncodingInvalid {
        /// `header`, `payload` or `signature`.
        part: &'static str,
    },
    /// The header is not a JSON object.
    #[error("the header of the JWS: {0}")]
    HeaderUnreadable(JsonError),
    /// A header member is missing or of another type.
    #[error("the header member {name} is missing or malformed")]
    MemberMalformed {
        /// The member.
        name: &'static str,
    },
    /// `alg` is `none`, a MAC, or another algorithm that we do not use (RFC 8725 §3.1, §3.2).
    #[error("the algorithm {alg:?} is not accepted")]
    AlgorithmUnsupported {
        /// The first 32 characters of the name in the header.
        alg: String,
    },
    /// `crit` asks for an extension; we know none (RFC 7515 §4.1.11).
    #[error("the header asks for an extension that is not understood")]
    CriticalExtension,
    /// The key is not one for the header's algorithm.
    #[error("a {key} key for a signature by {algorithm}")]
    KeyMismatch {
        /// The header's algorithm.
        algorithm: Algorithm,
        /// The curve of the key given.
        key: Curve,
    },
    /// The signature does not verify.
    #[error("the signature of the JWS does not verify")]
    SignatureInvalid,
}
