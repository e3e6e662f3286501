//! Blocks (RFC 1951 §3.2.3): with codes of their own, or stored.

use super::{
    alphabet::{self, Code, END},
    bits::BitWriter,
    huffman::{Codebook, MAX_BITS},
    parse::{Frequencies, Token},
};

/// The most bytes of a stored block (RFC 1951 §3.2.4).
const MAX_STORED: usize = 0xffff;

/// The alphabet in which code lengths are written (RFC 1951 §3.2.7).
const LENGTH_CODES: usize = 19;

/// The order in which the lengths of that alphabet's own codes are written.
const LENGTH_CODE_ORDER: [usize; LENGTH_CODES] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The longest code in that alphabet.
const MAX_LENGTH_CODE_BITS: u8 = 7;

/// `BTYPE`, after one bit that says whether the block is the last.
const STORED: u32 = 0b00 << 1;
const DYNAMIC: u32 = 0b10 << 1;

/// Writes tokens and the codes in which they are written.
pub(super) fn write_dynamic(writer: &mut BitWriter, tokens: &[Token], is_last: bool) {
    let frequencies = Frequencies::of(tokens);
    let symbols = Codebook::new(&frequencies.literals_and_lengths, MAX_BITS);
    let distances = Codebook::new(&frequencies.distances, MAX_BITS);
    writer.push(DYNAMIC | u32::from(is_last), 3);
    write_codebooks(writer, used(symbols.lengths(), END + 1), used(distances.lengths(), 1));
    for token in tokens {
        match *token {
            Token::Literal(byte) => write_code(writer, &symbols, byte.into()),
            Token::Copy { length, distance } => {
                write_with_extra(writer, &symbols, alphabet::length(length));
                write_with_extra(writer, &distances, alphabet::distance(distance));
            }
        }
    }
    write_code(writer, &symbols, END);
}

/// Bits that [`write_stored`] takes at most.
pub(super) const fn stored_bits(bytes: usize) -> usize {
    let blocks = bytes.div_ceil(MAX_STORED);
    8 * bytes + 40 * if blocks == 0 { 1 } else { blocks }
}

/// Writes bytes as they are, in as many blocks as that takes.
pub(super) fn write_stored(writer: &mut BitWriter, data: &[u8], is_last: bool) {
    let mut rest = data;
    loop {
        let (bytes, after) = rest.split_at(rest.len().min(MAX_STORED));
        writer.push(STORED | u32::from(is_last && after.is_empty()), 3);
        writer.align();
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        writer.extend(&length.to_le_bytes());
        writer.extend(&(!length).to_le_bytes());
        writer.extend(bytes);
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

fn write_code<const N: usize>(writer: &mut BitWriter, book: &Codebook<N>, symbol: usize) {
    let (code, bits) = book.code(symbol);
    writer.push(code, bits);
}

fn write_with_extra<const N: usize>(writer: &mut BitWriter, book: &Codebook<N>, code: Code) {
    write_code(writer, book, code.symbol);
    writer.push(code.extra, code.extra_bits);
}

/// The lengths up to the last that is not 0, but at least `least` of them.
fn used(lengths: &[u8], least: usize) -> &[u8] {
    let end = lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last + 1);
    &lengths[..end.max(least)]
}

/// RFC 1951 §3.2.7: how many lengths there are of each kind, then the lengths as one sequence.
fn write_codebooks(writer: &mut BitWriter, symbols: &[u8], distances: &[u8]) {
    let sequence = abridge(&[symbols, distances].concat());
    let mut frequencies = [0; LENGTH_CODES];
    for code in &sequence {
        frequencies[code.symbol] += 1;
    }
    let book = Codebook::new(&frequencies, MAX_LENGTH_CODE_BITS);
    let order = LENGTH_CODE_ORDER.map(|symbol| book.lengths()[symbol]);
    let own = used(&order, 4);
    for (count, least, bits) in [(symbols.len(), 257, 5), (distances.len(), 1, 5), (own.len(), 4, 4)] {
        writer.push(u32::try_from(count - least).unwrap_or_default(), bits);
    }
    for length in own {
        writer.push(u32::from(*length), 3);
    }
    for code in sequence {
        write_with_extra(writer, &book, code);
    }
}

/// Writes repeated lengths as repetitions.
fn abridge(lengths: &[u8]) -> Vec<Code> {
    let mut codes = Vec::new();
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = usize::from(run[0]);
        // Only zeros repeat without an example before them.
        let mut rest = run.len();
        if length > 0 {
            codes.push(plain(length));
            rest -= 1;
        }
        while rest > 0 {
            let (code, covered) = repetition(length, rest);
            codes.push(code);
            rest -= covered;
        }
    }
    codes
}

/// The code for as many of `rest` equal lengths as one code can say, and how many that is.
fn repetition(length: usize, rest: usize) -> (Code, usize) {
    let (symbol, least, most, extra_bits) = match (length, rest) {
        (_, ..3) => return (plain(length), 1),
        (0, 11..) => (18, 11, 138, 7),
        (0, _) => (17, 3, 10, 3),
        _ => (16, 3, 6, 2),
    };
    let covered = rest.min(most);
    (Code { symbol, extra: u32::try_from(covered - least).unwrap_or_default(), extra_bits }, covered)
}

const fn plain(length: usize) -> Code {
    Code { symbol: length, extra: 0, extra_bits: 0 }
}
