//! Our own encoder: DEFLATE in the ZLIB format (RFC 1951, RFC 1950), for lists that are mostly zero.
//!
//! Two needs that no library meets. A delta (see [`TokenDelta`](crate::TokenDelta)) rests on publisher and receiver
//! making the same compressed bytes from the same list, today and after years of updates; libraries change what they
//! write between versions. And hundreds of lists are compressed at each publication and again by each receiver of a
//! delta, some of them phones: at one revoked in a hundred this takes an eighth of the time of zlib's best level, and its
//! output is smaller.
//!
//! The way there: a list is nonzero bytes with runs of zeros between them. Earlier places are looked up for nonzero
//! bytes alone ([`copies`]), the cheapest sequence of literals and copies is found by dynamic programming
//! ([`parse`]), once with costs that fit such lists and once with those of the first result, and the last one is
//! written as one dynamic block ([`block`]). Everything is whole numbers: no result depends on the machine.
//!
//! Left out: streams that are not at hand as a whole, fixed Huffman codes, blocks split where the statistics change.

mod alphabet;
mod bits;
mod block;
mod copies;
mod huffman;
mod nonzero;
mod parse;

use bits::BitWriter;
use copies::Copies;
use nonzero::Nonzero;
use parse::Costs;

/// Deflate, a window of 32 KiB (RFC 1950 §2.2), "slowest algorithm", no dictionary.
const ZLIB_HEAD: [u8; 2] = [0x78, 0xda];

/// Bytes that one block covers: a list of ours. Copies do not reach across, so this bounds the memory.
const BLOCK: usize = 1 << 17;

/// A way of compressing that gives the same bytes for the same list, forever.
///
/// ```
/// use mapae_status_list::Encoding;
/// assert_eq!(Encoding::from_version(1), Some(Encoding::Mapae1));
/// assert!(Encoding::Mapae1.compress(&[0; 1 << 17]).len() < 200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// The first. Never change what it writes: deltas already published would no longer apply. Whoever finds a better
    /// parse adds a second.
    Mapae1,
}

impl Encoding {
    /// The number by which deltas name it.
    pub const fn version(self) -> u8 {
        match self {
            Self::Mapae1 => 1,
        }
    }

    /// The encoding with that number, if we know it.
    pub const fn from_version(version: u8) -> Option<Self> {
        match version {
            1 => Some(Self::Mapae1),
            _ => None,
        }
    }

    /// A complete zlib stream that inflates to `bytes`.
    pub fn compress(self, bytes: &[u8]) -> Vec<u8> {
        let Self::Mapae1 = self;
        let mut writer = BitWriter::new(&ZLIB_HEAD);
        let (last, before) = split_last_block(bytes);
        before.chunks(BLOCK).for_each(|data| write_block(&mut writer, data, false));
        write_block(&mut writer, last, true);
        let mut stream = writer.into_bytes();
        stream.extend(adler32(bytes).to_be_bytes());
        stream
    }
}

/// The last block, which alone is empty if there are no bytes at all, and what comes before it.
fn split_last_block(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (before, last) = bytes.split_at(bytes.len().saturating_sub(1) / BLOCK * BLOCK);
    (last, before)
}

/// The cheapest of what we can write: bytes without structure are stored as they are.
fn write_block(writer: &mut BitWriter, data: &[u8], is_last: bool) {
    let start = writer.mark();
    block::write_dynamic(writer, &tokens(data), is_last);
    if writer.bits_since(&start) > block::stored_bits(data.len()) {
        writer.rewind(&start);
        block::write_stored(writer, data, is_last);
    }
}

fn tokens(data: &[u8]) -> Vec<parse::Token> {
    let nonzero = Nonzero::of(data);
    let copies = Copies::find(&nonzero);
    let first = parse::cheapest(&nonzero, &copies, &Costs::of_a_sparse_list());
    parse::cheapest(&nonzero, &copies, &Costs::after(&first))
}

/// RFC 1950 §8.2. So many bytes fit between two reductions without an overflow of 32 bits.
fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
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
