//! Inflating DEFLATE in the ZLIB format (RFC 1950, 1951), with a bound on what comes out.

use crate::{Bits, ListError};

/// DEFLATE makes at most 1,032 bytes of one (258 bytes for 2 bits).
const MAX_RATIO: usize = 1032;

/// Entries of the lists that everybody publishes; decides how much room is made at first.
const USUAL_LEN: usize = 1 << 20;

/// Inflates one zlib stream that is all of `compressed`, to at most `limit` bytes. The output never has room
/// for more than `limit + 1`, whatever the stream says (hole 2 of the peers).
pub(crate) fn inflate(compressed: &[u8], bits: Bits, limit: usize) -> Result<Vec<u8>, ListError> {
    let mut out = Vec::with_capacity(first_room(compressed.len(), bits).min(limit.saturating_add(1)));
    let consumed = stream::inflate(compressed, &mut out, limit)?;
    if out.len() > limit {
        return Err(ListError::TooLarge { limit });
    }
    // The stream counts from the start, so this cannot exceed the length.
    match compressed.len() - consumed {
        0 => Ok(out),
        bytes => Err(ListError::TrailingBytes { bytes }),
    }
}

/// Room for a list of the usual length, unless so few bytes cannot become one.
fn first_room(compressed: usize, bits: Bits) -> usize {
    let usual = (USUAL_LEN / 8) * usize::from(bits.count());
    compressed.saturating_mul(MAX_RATIO).min(usual).saturating_add(1)
}

/// By our own little code.
#[cfg(target_arch = "wasm32")]
mod stream {
    use crate::{
        ListError,
        inflate::{self, Stop},
    };

    /// Fills `out` to one byte beyond the limit at most, and gives the length of the stream.
    pub(super) fn inflate(compressed: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<usize, ListError> {
        inflate::inflate(compressed, out, limit.saturating_add(1)).map_err(|stop| match stop {
            Stop::Full => ListError::TooLarge { limit },
            Stop::Cut if out.len() > limit => ListError::TooLarge { limit },
            Stop::Cut | Stop::Malformed => ListError::NotZlib,
        })
    }
}

/// By the library.
#[cfg(not(target_arch = "wasm32"))]
mod stream {
    use flate2::{Decompress, FlushDecompress, Status};

    use crate::ListError;

    /// Fills `out` to one byte beyond the limit at most, and gives the length of the stream.
    pub(super) fn inflate(compressed: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<usize, ListError> {
        let mut stream = Decompress::new(true);
        while !step(&mut stream, compressed, out)? {
            make_room(out, limit)?;
        }
        Ok(consumed(&stream))
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
}
