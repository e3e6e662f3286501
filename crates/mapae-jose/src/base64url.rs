//! base64url without padding (RFC 7515 §2), and the padded standard base64 of `x5c` (RFC 7515 §4.1.6).
//!
//! RFC 4648 §3.5 lets a decoder ignore unused bits at the end; here they must be zero, so that one value has one
//! spelling and a changed character is never the same signature or digest.

use base64_simd::{Out, STANDARD, URL_SAFE_NO_PAD};

/// The text is not base64 of the expected alphabet and padding, or its unused last bits are not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64 in its one permitted spelling")]
pub struct Base64Error;

/// Writes bytes as base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    let mut out = String::new();
    append(bytes.as_ref(), &mut out);
    out
}

/// Appends base64url to a buffer, for those who write many pieces into one.
pub fn encode_into(bytes: impl AsRef<[u8]>, out: &mut String) {
    append(bytes.as_ref(), out);
}

/// There once for whatever gives its bytes.
fn append(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, out);
}

/// Writes base64url into the front of `out`, which must have room; for what is short and compared at once.
pub fn encode_to<'o>(bytes: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
    let room = out.get_mut(..encoded_len(bytes.len())).ok_or(Base64Error)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes, Out::from_slice(room)))
}

/// Characters that `n` bytes become.
pub const fn encoded_len(n: usize) -> usize {
    URL_SAFE_NO_PAD.encoded_length(n)
}

/// Reads base64url: no padding, no white space, unused bits zero.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, Base64Error> {
    let mut out = Vec::new();
    append_decoded(text.as_ref(), &mut out)?;
    Ok(out)
}

/// Reads base64url and appends the bytes, for those who read many pieces one after the other.
pub fn decode_into(text: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<(), Base64Error> {
    append_decoded(text.as_ref(), out)
}

fn append_decoded(text: &[u8], out: &mut Vec<u8>) -> Result<(), Base64Error> {
    URL_SAFE_NO_PAD.decode_append(text, out).map_err(|_| Base64Error)
}

/// Reads base64url into the front of `out`, which must have room.
pub fn decode_to<'o>(text: &str, out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
    let len = URL_SAFE_NO_PAD.decoded_length(text.as_bytes()).map_err(|_| Base64Error)?;
    let room = out.get_mut(..len).ok_or(Base64Error)?;
    let read = URL_SAFE_NO_PAD.decode(text.as_bytes(), Out::from_slice(room)).map_err(|_| Base64Error)?;
    Ok(read)
}

/// Writes standard base64 with padding: a certificate in `x5c`.
pub fn encode_standard(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Reads standard base64 with its padding and without line breaks.
pub fn decode_standard(text: impl AsRef<[u8]>) -> Result<Vec<u8>, Base64Error> {
    STANDARD.decode_to_vec(text).map_err(|_| Base64Error)
}
