//! Inflating DEFLATE in the ZLIB format (RFC 1950, 1951), with a bound on what comes out.

use flate2::{Decompress, FlushDecompress, Status};

use crate::{Bits, ListError};

/// DEFLATE makes at most 1,032 bytes of one (258 bytes for 2 bits).
const MAX_RATIO: usize = 1032;

/// Entries of the lists that everybody publishes; decides how much room is made at first.
const USUAL_LEN: usize = 1 << 20;

/// Inflates one zlib stream that is all of `compressed`, to at most `limit` bytes. The output never has room
/// for more than `limit + 1`, whatever the stream says (hole 2 of the peers).
pub(crate) fn inflate(compressed: &[u8], bits: Bits, limit: usize) -> Result<Vec<u8>, ListError> {
    let mut stream = Decompress::new(true);
    let mut out = Vec::with_capacity(first_room(compressed.len(), bits).min(limit.saturating_add(1)));
    while !step(&mut stream, compressed, &mut out)? {
        make_room(&mut out, limit)?;
    }
    if out.len() > limit {
        return Err(ListError::TooLarge { limit });
    }
    // The stream counts from the start, so this cannot exceed the length.
    match compressed.len() - consumed(&stream) {
        0 => Ok(out),
        bytes => Err(ListError::TrailingBytes { bytes }),
    }
}

/// Fills the room in `out` and says whether the stream ended.
fn step(stream: &mut Decompress, compressed: &[u8], out: &mut Vec<u8>) -> Result<bool, ListError> {
    let rest = compressed.get(consumed(stream)..).unwrap_or_default();
    // `Finish` inflates straight into the output, without a window beside it.
    match stream.decompress_vec(rest, out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) => Ok(true),
        // Room was left, so it is input that is missing.
        Ok(_) if out.len() < out.capacity() => Err(ListError::NotZlib),
        Ok(_) => Ok(false),
        Err(_) => Err(ListError::NotZlib),
    }
}

fn consumed(stream: &Decompress) -> usize {
    usize::try_from(stream.total_in()).unwrap_or(usize::MAX)
}

/// Doubles the room, but makes all of it once half the limit is reached. The limit has one byte more: if that
/// is used, the list is too large.
fn make_room(out: &mut Vec<u8>, limit: usize) -> Result<(), ListError> {
    if out.len() > limit {
        return Err(ListError::TooLarge { limit });
    }
    let target = if out.len() < limit / 2 { 2 * out.len() } else { limit.saturating_add(1) };
    out.reserve_exact(target - out.len());
    Ok(())
}

/// Room for a list of the usual length, unless so few bytes cannot become one.
fn first_room(compressed: usize, bits: Bits) -> usize {
    let usual = (USUAL_LEN / 8) * usize::from(bits.count());
    compressed.saturating_mul(MAX_RATIO).min(usual).saturating_add(1)
}
