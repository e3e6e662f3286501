//! ECDSA signatures as COSE and JOSE carry them (r ‖ s), and as X.509 does (DER).

use der::{Decode as _, Encode as _, Sequence, asn1::UintRef};

use crate::{CryptoError, Curve};

/// An ECDSA signature: r ‖ s, each as long as a coordinate of its curve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    bytes: Vec<u8>,
}

/// `Ecdsa-Sig-Value` of RFC 3279 §2.2.3.
#[derive(Sequence)]
struct EcdsaSigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl Signature {
    /// Takes r ‖ s, checking only its length: 64 bytes for P-256, 96 for P-384.
    pub fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, CryptoError> {
        if bytes.len() != 2 * curve.coordinate_len() {
            return Err(CryptoError::SignatureUnreadable);
        }
        Ok(Self { bytes: bytes.to_vec() })
    }

    /// Reads the DER form that X.509 uses.
    pub fn from_der(curve: Curve, der: &[u8]) -> Result<Self, CryptoError> {
        let value = EcdsaSigValue::from_der(der).map_err(|_| CryptoError::SignatureUnreadable)?;
        let n = curve.coordinate_len();
        let mut bytes = vec![0; 2 * n];
        for (half, number) in bytes.chunks_exact_mut(n).zip([value.r, value.s]) {
            let digits = number.as_bytes();
            let start = n.checked_sub(digits.len()).ok_or(CryptoError::SignatureUnreadable)?;
            half[start..].copy_from_slice(digits);
        }
        Ok(Self { bytes })
    }

    /// r ‖ s.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The DER form that X.509 uses.
    pub fn to_der(&self) -> Vec<u8> {
        let (r, s) = self.bytes.split_at(self.bytes.len() / 2);
        let encode = || EcdsaSigValue { r: UintRef::new(r)?, s: UintRef::new(s)? }.to_der();
        encode().unwrap_or_default()
    }
}
