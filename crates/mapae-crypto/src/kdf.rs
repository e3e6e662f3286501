//! HMAC and HKDF with SHA-256, for the device MAC of ISO 18013-5 §9.1.3.5 and keyed derivations.

use crate::{backend, constant_time_eq};

/// The tag does not belong to the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the authentication tag does not verify")]
pub struct HmacInvalid;

/// HMAC-SHA-256 over the concatenation of `parts`.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    backend::Hmac::new(key).tag(parts)
}

/// Compares a tag in constant time. A truncated tag is not accepted.
pub fn verify_hmac_sha256(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> Result<(), HmacInvalid> {
    if constant_time_eq(&hmac_sha256(key, parts), tag) { Ok(()) } else { Err(HmacInvalid) }
}

/// HKDF-SHA-256 (RFC 5869) to a key of `N` bytes; `N` is at most 64 here, far below HKDF's limit.
pub fn hkdf_sha256<const N: usize>(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; N] {
    const { assert!(N <= 64, "HKDF outputs of at most 64 bytes") };
    let mut out = [0; N];
    let filled = backend::hkdf_sha256(secret, salt, info, &mut out);
    debug_assert!(filled, "HKDF-SHA-256 yields up to 8160 bytes");
    out
}
