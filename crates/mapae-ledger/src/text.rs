//! What all these formats write alike: decimal numbers and base64.

use base64_simd::STANDARD;

/// The largest size of a tree and the latest time: 2⁶³ − 1, as other implementations count in signed numbers.
pub(crate) const MAX_NUMBER: u64 = i64::MAX.unsigned_abs();

/// An ASCII decimal without sign and without leading zeroes, at most [`MAX_NUMBER`].
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = text == "0" || !text.starts_with('0');
    let number = text.parse().ok().filter(|_| digits && shortest)?;
    (number <= MAX_NUMBER).then_some(number)
}

/// Standard base64 with its padding (RFC 4648 §4). Unused bits must be zero (§3.5), so that one value has one spelling.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode_to_vec(text).ok()
}

/// Writes standard base64.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// The lines of a text in which every line ends with a newline; nothing if the last one does not.
pub(crate) fn terminated_lines(text: &str) -> Option<core::str::Split<'_, char>> {
    text.strip_suffix('\n').map(|text| text.split('\n'))
}
