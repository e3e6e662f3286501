//! A log as static files (C2SP tlog-tiles 0.1.0): their names, what stands in them, growing them, and proofs out of them.
//!
//! Left out: pruning (our logs keep everything), and HTTP: callers fetch the paths that they are given.

mod entry;
mod path;
mod query;
mod tree;

pub(crate) use entry::write_entry;
pub use entry::{Entry, EntryBundle, MAX_ENTRY};
pub use path::{TileKind, TilePath};
pub use query::TreeQuery;
pub use tree::{LogFile, TileTree};

use crate::{TileError, TreeHash};

/// Hashes of a full tile, and entries of a full bundle.
pub(crate) const FULL: u64 = 256;

/// Reads a hash tile that has `path.width()` hashes, or all 256: "clients MAY fetch the full tile … as a fallback".
pub(crate) fn read_hashes(path: TilePath, bytes: &[u8]) -> Result<Vec<TreeHash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let width = usize::from(path.width());
    if !rest.is_empty() || (hashes.len() != width && hashes.len() != 256) {
        return Err(TileError::WrongLength { path, len: bytes.len() });
    }
    Ok(hashes[..width].iter().map(|hash| TreeHash::from_bytes(*hash)).collect())
}
