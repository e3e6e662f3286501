//! Public keys as JWK (RFC 7517, RFC 7518 §6.2): elliptic curves P-256 and P-384.
//!
//! Members that we do not know are ignored (RFC 7517 §4); a private member is refused, because a credential that
//! carries one is broken and somebody must be told.

use mapae_crypto::{Curve, PublicKey, sha256};

use crate::{Object, Value, base64url, json};

/// Bytes of a coordinate on the largest curve, P-384.
const MAX_COORDINATE: usize = 48;

/// An elliptic-curve public key that came, or will go, as a JWK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    key: PublicKey,
}

impl Jwk {
    /// Reads a JWK from a JSON object.
    pub fn from_object(jwk: &Object) -> Result<Self, JwkError> {
        if jwk.contains_key("d") {
            return Err(JwkError::PrivateKey);
        }
        if member(jwk, "kty")? != "EC" {
            return Err(JwkError::KeyTypeUnsupported);
        }
        let curve = Curve::from_jose(member(jwk, "crv")?).ok_or(JwkError::CurveUnsupported)?;
        let (mut x, mut y) = ([0; MAX_COORDINATE], [0; MAX_COORDINATE]);
        let (x, y) = (coordinate(jwk, "x", curve, &mut x)?, coordinate(jwk, "y", curve, &mut y)?);
        let key = PublicKey::from_coordinates(curve, x, y).map_err(|_| JwkError::NotOnCurve { curve })?;
        Ok(Self { key })
    }

    /// Reads a JWK from a JSON value.
    pub fn from_value(jwk: &Value) -> Result<Self, JwkError> {
        Self::from_object(jwk.as_object().ok_or(JwkError::NotAnObject)?)
    }

    /// The members that make the key, and no other.
    pub fn to_object(&self) -> Object {
        let (x, y) = self.key.coordinates();
        json::object([
            ("crv", self.key.curve().jose().into()),
            ("kty", "EC".into()),
            ("x", base64url::encode(x).into()),
            ("y", base64url::encode(y).into()),
        ])
    }

    /// The key.
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// SHA-256 over the required members in the order of their names, without white space (RFC 7638 §3).
    pub fn thumbprint(&self) -> [u8; 32] {
        let (x, y) = self.key.coordinates();
        let curve = self.key.curve();
        let (x, y) = (base64url::encode(x), base64url::encode(y));
        sha256(format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes())
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        Self { key }
    }
}

fn member<'a>(jwk: &'a Object, name: &'static str) -> Result<&'a str, JwkError> {
    jwk.get(name).and_then(Value::as_str).ok_or(JwkError::MemberMalformed { name })
}

/// RFC 7518 §6.2.1.2: the full length of the field, leading zeros included.
fn coordinate<'o>(jwk: &Object, name: &'static str, curve: Curve, out: &'o mut [u8]) -> Result<&'o [u8], JwkError> {
    let bytes = base64url::decode_to(member(jwk, name)?, out).ok();
    bytes.filter(|b| b.len() == curve.coordinate_len()).ok_or(JwkError::MemberMalformed { name })
}

/// A JWK that is no public key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwkError {
    /// Not a JSON object.
    #[error("a JWK is a JSON object")]
    NotAnObject,
    /// A member is missing, no string, or of the wrong length.
    #[error("the JWK member {name} is missing or malformed")]
    MemberMalformed {
        /// The member.
        name: &'static str,
    },
    /// `kty` is not `EC`.
    #[error("a JWK of a type that is not supported")]
    KeyTypeUnsupported,
    /// `crv` is neither P-256 nor P-384.
    #[error("a JWK on a curve that is not supported")]
    CurveUnsupported,
    /// The coordinates are no point of the curve.
    #[error("the JWK's coordinates are not on {curve}")]
    NotOnCurve {
        /// The curve it names.
        curve: Curve,
    },
    /// The private member `d` is present.
    #[error("a private JWK where a public one belongs")]
    PrivateKey,
}
