//! ECDSA signatures as COSE and JOSE carry them (r ‖ s), and as X.509 does (DER).

use der::{Encode as _, Sequence, asn1::UintRef};

use crate::{
    CryptoError, Curve,
    elements::{Elements, tag, unsigned},
};

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
        let numbers = read(der).ok_or(CryptoError::SignatureUnreadable)?;
        let n = curve.coordinate_len();
        let mut bytes = vec![0; 2 * n];
        for (half, number) in bytes.chunks_exact_mut(n).zip(numbers) {
            let start = n.checked_sub(number.len()).ok_or(CryptoError::SignatureUnreadable)?;
            half[start..].copy_from_slice(number);
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

/// r and s of an `Ecdsa-Sig-Value`.
fn read(der: &[u8]) -> Option<[&[u8]; 2]> {
    let mut value = Elements::inside(der, tag::SEQUENCE)?;
    let numbers = [unsigned(value.next(tag::INTEGER)?)?, unsigned(value.next(tag::INTEGER)?)?];
    value.end()?;
    Some(numbers)
}
