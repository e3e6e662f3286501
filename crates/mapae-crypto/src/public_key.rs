//! Public keys, parsed once and checked to be on their curve.

use core::fmt;

use der::pem::LineEnding;
use spki::ObjectIdentifier;

use crate::{
    Algorithm, CryptoError, Curve, backend,
    elements::{Elements, octets_in_bits, tag},
};

const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// All of a `SubjectPublicKeyInfo` (RFC 5480 §2) before the point, which is always as long: the two sequences, the two
/// identifiers above, and the head of the bit string.
const P256_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P384_HEAD: [u8; 23] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00,
];

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
        let (curve, point) = read_spki(der).ok_or(CryptoError::KeyUnreadable)?;
        Self::from_sec1(curve, point)
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
        let head: &[u8] = match self.curve {
            Curve::P256 => &P256_HEAD,
            Curve::P384 => &P384_HEAD,
        };
        [head, self.sec1()].concat()
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

fn read_spki(der: &[u8]) -> Option<(Curve, &[u8])> {
    let mut info = Elements::inside(der, tag::SEQUENCE)?;
    let mut algorithm = info.enter(tag::SEQUENCE)?;
    let point = octets_in_bits(info.next(tag::BIT_STRING)?)?;
    info.end()?;
    let (oid, parameters) = (algorithm.next(tag::OBJECT_IDENTIFIER)?, algorithm.next(tag::OBJECT_IDENTIFIER)?);
    algorithm.end()?;
    let curves = [(SECP256R1, Curve::P256), (SECP384R1, Curve::P384)];
    let (_, curve) = curves.iter().find(|(curve, _)| curve.as_bytes() == parameters)?;
    (oid == ID_EC_PUBLIC_KEY.as_bytes()).then_some((*curve, point))
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
