//! Ed25519 (RFC 8032 §5.1): keys and signatures of the trust ledger.
//!
//! Verification is strict, and the same with both libraries: S is below the group's order (RFC 8032 §5.1.7 step 1), R and
//! the key are in their canonical form (§5.1.3 step 1), and neither is of small order. The last is no rule of the RFC, but
//! with a key of small order one signature fits many messages. The equation is the one without the cofactor. A key that is
//! no point of the curve cannot be told natively before it is used: it verifies nothing.
//!
//! Left out: Ed25519ctx and Ed25519ph, batch verification (which judges other signatures valid than single verification).

use core::fmt;

use der::{Decode as _, Encode as _, asn1::OctetStringRef, pem::LineEnding};
use mapae_types::{Entropy, EntropyError, hex};
use pkcs8::{AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::{CryptoError, backend, signing_key::private_key_der};

/// RFC 8410 §3.
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A public key: 32 bytes in their canonical form, not of small order.
#[derive(Clone)]
pub struct Ed25519PublicKey {
    bytes: [u8; 32],
    parsed: backend::Ed25519Public,
}

/// A private key in memory, for tests, development and small offline authorities.
pub struct Ed25519SigningKey {
    secret: backend::Ed25519Secret,
    public: Ed25519PublicKey,
}

/// A signature: R ‖ S (RFC 8032 §5.1.6 step 6).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ed25519Signature([u8; 64]);

impl Ed25519PublicKey {
    /// Reads a key (RFC 8032 §5.1.5).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        if !is_acceptable_point(bytes) {
            return Err(CryptoError::Ed25519KeyInvalid);
        }
        let parsed = backend::Ed25519Public::parse(bytes).ok_or(CryptoError::Ed25519KeyInvalid)?;
        Ok(Self { bytes: *bytes, parsed })
    }

    /// The encoded key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Checks a signature over `message`.
    pub fn verify(&self, message: &[u8], signature: &Ed25519Signature) -> Result<(), CryptoError> {
        let holds = is_acceptable_point(signature.r()) && self.parsed.verify(message, &signature.0);
        if holds { Ok(()) } else { Err(CryptoError::SignatureInvalid) }
    }
}

impl Ed25519SigningKey {
    /// A key from its seed, the "private key" of RFC 8032 §5.1.5: any 32 bytes that nobody can guess.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, CryptoError> {
        let secret = backend::Ed25519Secret::from_seed(seed).ok_or(CryptoError::Ed25519KeyInvalid)?;
        let public = secret.public().ok_or(CryptoError::Ed25519KeyInvalid)?;
        Ok(Self { secret, public: Ed25519PublicKey::from_bytes(&public)? })
    }

    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut())?;
        Self::from_seed(&seed).map_err(|_| EntropyError)
    }

    /// Reads PKCS#8 in PEM (`BEGIN PRIVATE KEY`).
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, CryptoError> {
        Self::from_pkcs8_der(private_key_der(pem)?.as_bytes())
    }

    /// Reads PKCS#8 holding a `CurvePrivateKey` (RFC 8410 §7).
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, CryptoError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| CryptoError::KeyUnreadable)?;
        // RFC 8410 §3: the parameters are absent.
        if info.algorithm.oid != ID_ED25519 || info.algorithm.parameters.is_some() {
            return Err(CryptoError::KeyUnreadable);
        }
        let inner = <&OctetStringRef>::from_der(info.private_key.as_bytes()).map_err(|_| CryptoError::KeyUnreadable)?;
        let seed = inner.as_bytes().try_into().map_err(|_| CryptoError::KeyUnreadable)?;
        Self::from_seed(seed)
    }

    /// Writes PKCS#8 in PEM.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let encode = || {
            let inner = Zeroizing::new(OctetStringRef::new(self.secret.seed())?.to_der()?);
            let algorithm = AlgorithmIdentifierRef { oid: ID_ED25519, parameters: None };
            let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner)?);
            let der = Zeroizing::new(info.to_der()?);
            Ok::<_, der::Error>(der::pem::encode_string("PRIVATE KEY", LineEnding::LF, &der)?)
        };
        // Encoding a key into memory has no way to fail.
        Zeroizing::new(encode().unwrap_or_default())
    }

    /// The public half.
    pub const fn public(&self) -> &Ed25519PublicKey {
        &self.public
    }

    /// Signs; the same message has always the same signature (RFC 8032 §5.1.6).
    pub fn sign(&self, message: &[u8]) -> Result<Ed25519Signature, CryptoError> {
        self.secret.sign(message).map(Ed25519Signature).ok_or(CryptoError::SigningFailed)
    }
}

impl Ed25519Signature {
    /// Takes R ‖ S as they stand; [`Ed25519PublicKey::verify`] judges them.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// R ‖ S.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    fn r(&self) -> &[u8; 32] {
        self.0.first_chunk().unwrap_or(&WEAK[0])
    }
}

/// 2²⁵⁵ − 19, little-endian: a coordinate at or above it has a second, canonical form.
const FIELD: [u8; 32] = {
    let mut prime = [0xff; 32];
    (prime[0], prime[31]) = (0xed, 0x7f);
    prime
};

/// The y coordinates of the eight points of small order: 0 (order 4), 1 and −1 (orders 1 and 2), and the two of order 8.
const WEAK: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = FIELD;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// Whether an encoded point is in its canonical form and not of small order. The sign of x is left aside: x = 0, whose
/// sign could be wrong, is of small order only.
fn is_acceptable_point(encoded: &[u8; 32]) -> bool {
    let mut y = *encoded;
    y[31] &= 0x7f;
    y.iter().rev().lt(FIELD.iter().rev()) && !WEAK.contains(&y)
}

impl PartialEq for Ed25519PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Ed25519PublicKey {}

impl fmt::Debug for Ed25519PublicKey {
    /// Shows the key: these belong to logs and agencies, not to people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519PublicKey({})", hex::encode(&self.bytes))
    }
}

impl fmt::Debug for Ed25519SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519SigningKey([redacted])")
    }
}

impl fmt::Debug for Ed25519Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Signature({})", hex::encode(&self.0))
    }
}
