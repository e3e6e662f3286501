//! Public keys, parsed once and checked to be on their curve.

use core::fmt;

use der::{Encode as _, asn1::BitStringRef, pem::LineEnding};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::{Algorithm, CryptoError, Curve, backend};

const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A public key on a known curve.
#[derive(Clone)]
pub struct PublicKey {
    curve: Curve,
    /// 0x04 ‖ x ‖ y; P-384 takes all 97 bytes, P-256 the first 65.
    point: [u8; 97],
    parsed: backend::Public,
}

impl PublicKey {
    /// Reads an uncompressed point (0x04 ‖ x ‖ y, SEC 1 §2.3.4). Compressed points are refused: none of
    /// the formats here sends them as SEC 1.
    pub fn from_sec1(curve: Curve, sec1: &[u8]) -> Result<Self, CryptoError> {
        if sec1.len() != 1 + 2 * curve.coordinate_len() || sec1[0] != 4 {
            return Err(CryptoError::KeyInvalid(curve));
        }
        let parsed = backend::Public::parse(curve, sec1).ok_or(CryptoError::KeyInvalid(curve))?;
        let mut point = [0; 97];
        point[..sec1.len()].copy_from_slice(sec1);
        Ok(Self { curve, point, parsed })
    }

    /// Reads a key from its two coordinates, each exactly as long as the curve's field.
    pub fn from_coordinates(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, CryptoError> {
        let n = curve.coordinate_len();
        if x.len() != n || y.len() != n {
            return Err(CryptoError::KeyInvalid(curve));
        }
        let mut point = [0; 97];
        point[0] = 4;
        point[1..=n].copy_from_slice(x);
        point[1 + n..=2 * n].copy_from_slice(y);
        Self::from_sec1(curve, &point[..=2 * n])
    }

    /// Reads a `SubjectPublicKeyInfo` (RFC 5480).
    pub fn from_spki_der(der: &[u8]) -> Result<Self, CryptoError> {
        let info = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| CryptoError::KeyUnreadable)?;
        let (oid, parameters) = info.algorithm.oids().map_err(|_| CryptoError::KeyUnreadable)?;
        let curve = match parameters {
            Some(SECP256R1) => Curve::P256,
            Some(SECP384R1) => Curve::P384,
            _ => return Err(CryptoError::KeyUnreadable),
        };
        if oid != ID_EC_PUBLIC_KEY {
            return Err(CryptoError::KeyUnreadable);
        }
        Self::from_sec1(curve, info.subject_public_key.as_bytes().ok_or(CryptoError::KeyUnreadable)?)
    }

    /// Reads a `SubjectPublicKeyInfo` in PEM (`BEGIN PUBLIC KEY`).
    pub fn from_spki_pem(pem: &str) -> Result<Self, CryptoError> {
        let (label, document) = der::Document::from_pem(pem).map_err(|_| CryptoError::KeyUnreadable)?;
        if label != "PUBLIC KEY" {
            return Err(CryptoError::KeyUnreadable);
        }
        Self::from_spki_der(document.as_bytes())
    }

    /// Writes a `SubjectPublicKeyInfo`.
    pub fn to_spki_der(&self) -> Vec<u8> {
        let curve = match self.curve {
            Curve::P256 => SECP256R1,
            Curve::P384 => SECP384R1,
        };
        let encode = || {
            SubjectPublicKeyInfoRef {
                algorithm: AlgorithmIdentifierRef { oid: ID_EC_PUBLIC_KEY, parameters: Some((&curve).into()) },
                subject_public_key: BitStringRef::from_bytes(self.sec1())?,
            }
            .to_der()
        };
        // Encoding a checked key into memory has no way to fail.
        encode().unwrap_or_default()
    }

    /// Writes a `SubjectPublicKeyInfo` in PEM.
    pub fn to_spki_pem(&self) -> String {
        der::pem::encode_string("PUBLIC KEY", LineEnding::LF, &self.to_spki_der()).unwrap_or_default()
    }

    /// The curve.
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The uncompressed point.
    pub fn sec1(&self) -> &[u8] {
        &self.point[..=2 * self.curve.coordinate_len()]
    }

    /// The coordinates x and y.
    pub fn coordinates(&self) -> (&[u8], &[u8]) {
        self.sec1()[1..].split_at(self.curve.coordinate_len())
    }

    /// Checks a signature (r ‖ s) over `message`. A key is only ever used with the one algorithm of its
    /// curve, so that nothing in a message can choose another (hole 7 of the peers).
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let fits = algorithm.curve() == self.curve && signature.len() == 2 * self.curve.coordinate_len();
        if fits && self.parsed.verify(message, signature) { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.curve == other.curve && self.point == other.point
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    /// Shows the kind only: a device key is the same at every verifier that sees it, hence personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.curve)
    }
}
