//! The checksum of the ZLIB format (RFC 1950 §8.2).

/// The checksum of all bytes of a stream, inflated.
pub(crate) fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    // So many bytes fit between two reductions without an overflow of 32 bits.
    const UNREDUCED: usize = 5_552;
    let (mut a, mut b) = (1_u32, 0_u32);
    for chunk in bytes.chunks(UNREDUCED) {
        for byte in chunk {
            a += u32::from(*byte);
            b += a;
        }
        (a, b) = (a % BASE, b % BASE);
    }
    (b << 16) | a
}
