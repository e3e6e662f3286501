//! Names of curves and signature algorithms, and their numbers in COSE and JOSE.

use core::fmt;

/// An elliptic curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256: what Mapae signs with, and the only curve that HAIP 1.0 requires.
    P256,
    /// NIST P-384: verified only, for other countries' roots and signers.
    P384,
}

/// A signature algorithm: a curve with the hash that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
}

impl Curve {
    /// Bytes of a coordinate.
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// The algorithm that signs with a key on this curve.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::Es256,
            Self::P384 => Algorithm::Es384,
        }
    }

    /// The number in a `COSE_Key` (RFC 9053 §7.1).
    pub const fn cose(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
        }
    }

    /// The curve with that number in a `COSE_Key`, if supported.
    pub const fn from_cose(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::P256),
            2 => Some(Self::P384),
            _ => None,
        }
    }

    /// The name in a JWK (RFC 7518 §6.2.1.1).
    pub const fn jose(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    /// The curve with that name in a JWK, if supported.
    pub fn from_jose(name: &str) -> Option<Self> {
        [Self::P256, Self::P384].into_iter().find(|curve| curve.jose() == name)
    }
}

impl Algorithm {
    /// The curve of its keys.
    pub const fn curve(self) -> Curve {
        match self {
            Self::Es256 => Curve::P256,
            Self::Es384 => Curve::P384,
        }
    }

    /// The number in a COSE header (RFC 9053 §2.1).
    pub const fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Es384 => -35,
        }
    }

    /// The algorithm with that number in a COSE header, if supported.
    ///
    /// RFC 9864 gives ECDSA "fully specified" numbers as well: −9 (ESP256) and −51 (ESP384) mean what
    /// −7 and −35 mean with our curves.
    pub const fn from_cose(number: i64) -> Option<Self> {
        match number {
            -7 | -9 => Some(Self::Es256),
            -35 | -51 => Some(Self::Es384),
            _ => None,
        }
    }

    /// The name in a JOSE header (RFC 7518 §3.1).
    pub const fn jose(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    /// The algorithm with that name in a JOSE header, if supported. `none` never is.
    pub fn from_jose(name: &str) -> Option<Self> {
        [Self::Es256, Self::Es384].into_iter().find(|algorithm| algorithm.jose() == name)
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.jose())
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.jose())
    }
}
