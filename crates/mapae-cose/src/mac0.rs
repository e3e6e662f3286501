//! `COSE_Mac0` (RFC 9052 §6.2) with HMAC 256/256, the one MAC that ISO 18013-5 §9.1.3.5 uses.

use mapae_crypto::{hmac_sha256, verify_hmac_sha256};

use crate::{
    CoseError, Headers,
    cbor::{CborError, Kind, Reader, Writer},
    headers::Buckets,
};

const TAG_MAC0: u64 = 17;
/// HMAC 256/256 (RFC 9053 §3.1).
const HMAC_256_256: i64 = 5;

/// A parsed authentication structure with a detached payload.
#[derive(Debug, Clone)]
pub struct Mac0<'b> {
    protected_raw: &'b [u8],
    protected: Headers<'b>,
    tag: &'b [u8],
}

impl<'b> Mac0<'b> {
    /// Reads a structure inside another, with or without its tag 17. Its payload must be detached.
    pub fn read(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        if reader.kind()? == Kind::Tag { reader.tagged(TAG_MAC0, Self::read_array) } else { Self::read_array(reader) }
    }

    fn read_array(reader: &mut Reader<'b>) -> Result<Self, CoseError> {
        let at = reader.position();
        reader.array(|reader, count| {
            if count != 4 {
                return Err(CborError::Unexpected(at).into());
            }
            let Buckets { raw: protected_raw, protected, .. } = Buckets::read(reader)?;
            if !reader.null()? {
                return Err(CoseError::PayloadPlace);
            }
            Ok(Self { protected_raw, protected, tag: reader.bytes()? })
        })
    }

    /// Checks the tag over a payload that travels apart.
    pub fn verify_detached(&self, key: &[u8; 32], payload: &[u8]) -> Result<(), CoseError> {
        if self.protected.algorithm != Some(HMAC_256_256) {
            return Err(CoseError::AlgorithmUnsupported(self.protected.algorithm));
        }
        let message = mac_structure(self.protected_raw, payload);
        verify_hmac_sha256(key, &[&message], self.tag).map_err(|_| CoseError::TagInvalid)
    }
}

/// `MAC_structure` for `MAC0` (RFC 9052 §6.3) without external data.
fn mac_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(payload.len() + protected.len() + 24);
    writer.array(4).text("MAC0").bytes(protected).bytes(b"").bytes(payload);
    writer.into_bytes()
}

/// A structure with a detached payload that waits for its tag.
#[derive(Debug, Clone)]
pub struct UnsignedMac0 {
    protected: Vec<u8>,
    message: Vec<u8>,
}

impl UnsignedMac0 {
    /// A structure over `payload`, which travels apart.
    pub fn detached(payload: &[u8]) -> Self {
        let mut writer = Writer::new();
        Headers { algorithm: Some(HMAC_256_256), ..Headers::default() }.write(&mut writer);
        let protected = writer.into_bytes();
        Self { message: mac_structure(&protected, payload), protected }
    }

    /// Computes the tag and gives the finished structure.
    pub fn authenticate(self, key: &[u8; 32]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.array(4).bytes(&self.protected).map(0).null().bytes(&hmac_sha256(key, &[&self.message]));
        writer.into_bytes()
    }
}
