//! The two alphabets of DEFLATE (RFC 1951 §3.2.5): literals with lengths, and distances.

/// Literals, the end of a block, and the codes of lengths; two more that never occur are left out.
pub(super) const LITERALS_AND_LENGTHS: usize = 286;

/// Codes of distances.
pub(super) const DISTANCES: usize = 30;

/// Ends a block.
pub(super) const END: usize = 256;

/// Bytes of the shortest copy.
pub(super) const MIN_LENGTH: u32 = 3;

/// Bytes of the longest copy.
pub(super) const MAX_LENGTH: u32 = 258;

/// How far back a copy may lie.
pub(super) const WINDOW: u16 = 1 << 15;

/// A length or a distance: a symbol that stands for a range, and bits that say where in the range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    pub(super) symbol: usize,
    pub(super) extra: u32,
    pub(super) extra_bits: u32,
}

/// The code of a length of [`MIN_LENGTH`] to [`MAX_LENGTH`].
pub(super) fn length(length: u32) -> Code {
    // The longest has a symbol of its own, though that before it could express it.
    if length >= MAX_LENGTH {
        return Code { symbol: LITERALS_AND_LENGTHS - 1, extra: 0, extra_bits: 0 };
    }
    let code = code(length.saturating_sub(MIN_LENGTH), 2);
    Code { symbol: END + 1 + code.symbol, ..code }
}

/// The code of a distance of 1 to [`WINDOW`].
pub(super) fn distance(distance: u16) -> Code {
    code(u32::from(distance.saturating_sub(1)), 1)
}

/// Each doubling of the value has 2^`fine` symbols.
fn code(value: u32, fine: u32) -> Code {
    let extra_bits = value.checked_ilog2().unwrap_or_default().saturating_sub(fine);
    let symbol = (extra_bits << fine) + (value >> extra_bits);
    Code { symbol: symbol as usize, extra: value & ((1 << extra_bits) - 1), extra_bits }
}
