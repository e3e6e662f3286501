//! Floating-point numbers of 16 bits (RFC 8949 Appendix D), which minicbor leaves to another crate.
//!
//! Core deterministic encoding (RFC 8949 §4.2.1) takes the shortest form that keeps the value, so they cannot
//! be left out.

/// The head of a number of 16 bits.
pub(super) const HALF: u8 = 0xf9;
/// The one encoding of all numbers that are none (RFC 8949 §4.2.2).
const NAN: u16 = 0x7e00;
const MANTISSA: u64 = (1 << 52) - 1;

/// The number that 16 bits stand for.
pub(super) fn from_half(bits: u16) -> f64 {
    let mantissa = f64::from(bits & 0x3ff);
    let magnitude = match (bits >> 10) & 0x1f {
        0 => mantissa * 2f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (mantissa + 1024.0) * 2f64.powi(i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}

/// The 16 bits that stand for exactly this number, if there are any.
pub(super) fn to_half(number: f64) -> Option<u16> {
    if number.is_nan() {
        return Some(NAN);
    }
    let bits = number.to_bits();
    let (exponent, mantissa) = ((bits >> 52) & 0x7ff, bits & MANTISSA);
    let magnitude = match exponent {
        0x7ff => 0x7c00,
        // 2⁻¹⁴ to 2¹⁵: normal; the exponent's bias changes from 1023 to 15.
        1009..=1038 => ((exponent - 1008) << 10) | (mantissa >> 42),
        // 2⁻²⁴ to 2⁻¹⁵: subnormal.
        999..=1008 => (mantissa | (1 << 52)) >> (1051 - exponent),
        _ => 0,
    };
    let half = u16::try_from(((bits >> 48) & 0x8000) | magnitude).ok()?;
    (from_half(half).to_bits() == number.to_bits()).then_some(half)
}
