//! Inflating DEFLATE in the ZLIB format (RFC 1950, 1951) in little code, for pages: the library takes 7 kB of what a
//! phone must fetch before it shows anything, this takes one. It reads codes bit by bit, which is some times slower;
//! nobody inflates more than a few lists in a page.
//!
//! It accepts and refuses what zlib does. Left out: streams that are not at hand as a whole, preset dictionaries.

use crate::adler32::adler32;

/// Symbols of literals and lengths, with those of fixed codes that never occur (RFC 1951 §3.2.6).
const SYMBOLS: usize = 288;
/// Ends a block.
const END: usize = 256;
/// The longest code, in bits.
const MAX_BITS: usize = 15;
/// The alphabet in which the lengths of codes are written, in the order of its own (RFC 1951 §3.2.7).
const LENGTH_CODE_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Why inflating stopped before the end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not a zlib stream, or a wrong checksum.
    Malformed,
    /// The stream ends too early.
    Cut,
    /// More would come out than there may be.
    Full,
}

/// Inflates the zlib stream at the start of `stream` into `out`, until that has `most` bytes, and tells how many bytes
/// the stream has.
pub(crate) fn inflate(stream: &[u8], out: &mut Vec<u8>, most: usize) -> Result<usize, Stop> {
    let mut input = Input { rest: stream, bits: 0, held: 0 };
    let mut output = Output { bytes: out, most };
    read_head(&mut input)?;
    while !inflate_block(&mut input, &mut output)? {}
    input.align();
    let mut sum = 0;
    for _ in 0..4 {
        sum = sum << 8 | input.take(8)?;
    }
    if sum == adler32(out) { Ok(stream.len() - input.rest.len()) } else { Err(Stop::Malformed) }
}

/// RFC 1950 §2.2: DEFLATE, a window of at most 32 KiB, no dictionary, and a check of the two bytes.
fn read_head(input: &mut Input<'_>) -> Result<(), Stop> {
    let (method, flags) = (input.take(8)?, input.take(8)?);
    let is_ours = method & 0xf == 8 && method >> 4 <= 7 && flags & 0x20 == 0;
    if is_ours && (method << 8 | flags) % 31 == 0 { Ok(()) } else { Err(Stop::Malformed) }
}

/// RFC 1951 §3.2.3. Says whether it was the last block.
fn inflate_block(input: &mut Input<'_>, output: &mut Output<'_>) -> Result<bool, Stop> {
    let is_last = input.take(1)? == 1;
    match input.take(2)? {
        0 => copy_stored(input, output)?,
        1 => inflate_codes(input, output, &fixed_codes()?)?,
        2 => {
            let codes = read_codes(input)?;
            inflate_codes(input, output, &codes)?;
        }
        _ => return Err(Stop::Malformed),
    }
    Ok(is_last)
}

/// RFC 1951 §3.2.4.
fn copy_stored(input: &mut Input<'_>, output: &mut Output<'_>) -> Result<(), Stop> {
    input.align();
    let (length, inverted) = (input.take(16)?, input.take(16)?);
    if length != inverted ^ 0xffff {
        return Err(Stop::Malformed);
    }
    let (bytes, rest) = input.rest.split_at(input.rest.len().min(length as usize));
    input.rest = rest;
    output.make_room(bytes.len())?;
    output.bytes.extend_from_slice(bytes);
    if bytes.len() < length as usize { Err(Stop::Cut) } else { Ok(()) }
}

/// RFC 1951 §3.2.5: literals and copies up to the block's end.
fn inflate_codes(input: &mut Input<'_>, output: &mut Output<'_>, codes: &[Codes; 2]) -> Result<(), Stop> {
    loop {
        match codes[0].read(input)? {
            END => return Ok(()),
            literal @ ..END => {
                output.make_room(1)?;
                output.bytes.push(literal.to_le_bytes()[0]);
            }
            // The longest copy has a symbol of its own, though that before it could express it.
            285 => output.copy(258, read_distance(input, &codes[1])?)?,
            symbol @ ..285 => {
                let length = read_extra(input, symbol - END - 1, 2)? + 3;
                output.copy(length, read_distance(input, &codes[1])?)?;
            }
            _ => return Err(Stop::Malformed),
        }
    }
}

fn read_distance(input: &mut Input<'_>, codes: &Codes) -> Result<usize, Stop> {
    match codes.read(input)? {
        symbol @ ..30 => Ok(read_extra(input, symbol, 1)? + 1),
        _ => Err(Stop::Malformed),
    }
}

/// The value in the range of a symbol. Each doubling of the value has 2^`fine` symbols.
fn read_extra(input: &mut Input<'_>, symbol: usize, fine: u32) -> Result<usize, Stop> {
    let Some(extra_bits) = (symbol >> fine).checked_sub(1) else { return Ok(symbol) };
    let start = ((1 << fine) | (symbol & ((1 << fine) - 1))) << extra_bits;
    Ok(start + input.take(extra_bits)? as usize)
}

/// RFC 1951 §3.2.6.
fn fixed_codes() -> Result<[Codes; 2], Stop> {
    let mut lengths = [8; SYMBOLS];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    Ok([Codes::new(&lengths)?, Codes::new(&[5; 32])?])
}

/// RFC 1951 §3.2.7: the codes of literals and lengths, and of distances.
fn read_codes(input: &mut Input<'_>) -> Result<[Codes; 2], Stop> {
    let symbols = input.take(5)? as usize + 257;
    let distances = input.take(5)? as usize + 1;
    let mut own = [0; LENGTH_CODE_ORDER.len()];
    for place in 0..input.take(4)? as usize + 4 {
        own[LENGTH_CODE_ORDER[place]] = input.take(3)?.to_le_bytes()[0];
    }
    let own = Codes::new(&own)?;
    if symbols > 286 || distances > 30 {
        return Err(Stop::Malformed);
    }
    let lengths = read_lengths(input, &own, symbols + distances)?;
    let (symbols, distances) = lengths.split_at(symbols);
    if symbols[END] == 0 { Err(Stop::Malformed) } else { Ok([Codes::new(symbols)?, Codes::new(distances)?]) }
}

/// The lengths of all codes, which are one sequence of so many.
fn read_lengths(input: &mut Input<'_>, codes: &Codes, count: usize) -> Result<Vec<u8>, Stop> {
    let mut lengths = Vec::with_capacity(count);
    while lengths.len() < count {
        let (length, times) = match codes.read(input)? {
            16 => (*lengths.last().ok_or(Stop::Malformed)?, 3 + input.take(2)?),
            17 => (0, 3 + input.take(3)?),
            18 => (0, 11 + input.take(7)?),
            length => (length.to_le_bytes()[0], 1),
        };
        lengths.resize(lengths.len() + times as usize, length);
    }
    if lengths.len() == count { Ok(lengths) } else { Err(Stop::Malformed) }
}

/// A prefix code: how many symbols have codes of each length, and the symbols in the order of their codes.
struct Codes {
    counts: [usize; MAX_BITS + 1],
    symbols: [usize; SYMBOLS],
}

impl Codes {
    /// RFC 1951 §3.2.2. Every sequence of bits must stand for something; but where one symbol or none has a code, zlib
    /// does without, as it says in its `inftrees.c`.
    fn new(lengths: &[u8]) -> Result<Self, Stop> {
        let mut codes = Self { counts: [0; MAX_BITS + 1], symbols: [0; SYMBOLS] };
        let (mut used, mut left) = (0, 1_usize);
        for length in 1..=MAX_BITS {
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, own)| usize::from(**own) == length) {
                codes.symbols[used] = symbol;
                codes.counts[length] += 1;
                used += 1;
            }
            left = (2 * left).checked_sub(codes.counts[length]).ok_or(Stop::Malformed)?;
        }
        let is_short = codes.counts[1] == used;
        if left > 0 && !is_short { Err(Stop::Malformed) } else { Ok(codes) }
    }

    /// The next symbol: codes of one length count up, after all shorter ones.
    fn read(&self, input: &mut Input<'_>) -> Result<usize, Stop> {
        let (mut code, mut before) = (0, 0);
        for count in &self.counts[1..] {
            code = code << 1 | input.take(1)? as usize;
            if code < *count {
                return Ok(self.symbols[before + code]);
            }
            code -= count;
            before += count;
        }
        Err(Stop::Malformed)
    }
}

/// Bits in the order of RFC 1951 §3.1.1: the first is the lowest of the first byte.
struct Input<'s> {
    rest: &'s [u8],
    bits: u32,
    held: usize,
}

impl Input<'_> {
    /// The next bits, at most 16 of them.
    fn take(&mut self, count: usize) -> Result<u32, Stop> {
        while self.held < count {
            let (byte, rest) = self.rest.split_first().ok_or(Stop::Cut)?;
            self.bits |= u32::from(*byte) << self.held;
            (self.rest, self.held) = (rest, self.held + 8);
        }
        let taken = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.held -= count;
        Ok(taken)
    }

    /// Goes on with the next whole byte.
    const fn align(&mut self) {
        (self.bits, self.held) = (0, 0);
    }
}

/// What came out so far.
struct Output<'o> {
    bytes: &'o mut Vec<u8>,
    most: usize,
}

impl Output<'_> {
    /// Copies from `distance` bytes before; the copy may go on into itself.
    fn copy(&mut self, length: usize, distance: usize) -> Result<(), Stop> {
        let start = self.bytes.len().checked_sub(distance).ok_or(Stop::Malformed)?;
        self.make_room(length)?;
        let end = self.bytes.len() + length;
        while self.bytes.len() < end {
            let whole = self.bytes.len() - start;
            self.bytes.extend_from_within(start..start + whole.min(end - self.bytes.len()));
        }
        Ok(())
    }

    /// Doubles the room if so many bytes more do not fit, but never beyond what there may be.
    fn make_room(&mut self, count: usize) -> Result<(), Stop> {
        let needed = self.bytes.len() + count;
        if needed > self.most {
            return Err(Stop::Full);
        }
        if needed > self.bytes.capacity() {
            let target = needed.max(2 * self.bytes.len()).min(self.most);
            self.bytes.reserve_exact(target - self.bytes.len());
        }
        Ok(())
    }
}
