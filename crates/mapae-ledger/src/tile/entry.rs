//! Entries of a log, and the bundles in which they are served (tlog-tiles, "Log entries").

use crate::{TileError, TileKind, TilePath, TreeHash, leaf_hash};

/// Bytes of the longest entry: its length is a uint16.
pub const MAX_ENTRY: usize = 0xffff;

/// An entry of a log: any bytes, up to [`MAX_ENTRY`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry(Vec<u8>);

/// "Sequences of big-endian uint16 length-prefixed log entries."
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryBundle {
    entries: Vec<Entry>,
}

impl Entry {
    /// Takes the bytes, if they are not too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, TileError> {
        if bytes.len() > MAX_ENTRY { Err(TileError::EntryTooLong { len: bytes.len() }) } else { Ok(Self(bytes)) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its leaf in the tree.
    pub fn leaf(&self) -> TreeHash {
        leaf_hash(&self.0)
    }
}

impl EntryBundle {
    /// Reads the bundle at `path`, which has so many entries; all 256 are read where fewer were asked for, and the
    /// others dropped. Nobody vouches for the entries until a [`TileTree`](crate::TileTree) grown from them has the root
    /// of a checkpoint.
    pub fn parse(path: TilePath, bytes: &[u8]) -> Result<Self, TileError> {
        let malformed = TileError::BundleMalformed { path };
        if path.kind() != TileKind::Entries {
            return Err(malformed);
        }
        let mut entries = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() && entries.len() < 256 {
            let (entry, after) = split_entry(rest).ok_or(malformed.clone())?;
            entries.push(Entry(entry.to_vec()));
            rest = after;
        }
        let width = usize::from(path.width());
        if !rest.is_empty() || (entries.len() != width && entries.len() != 256) {
            return Err(malformed);
        }
        entries.truncate(width);
        Ok(Self { entries })
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries, to be judged one by one.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

/// Appends an entry as bundles hold it.
pub(crate) fn write_entry(entry: &Entry, bundle: &mut Vec<u8>) {
    // An entry is never longer than its length can say.
    let len = u16::try_from(entry.0.len()).unwrap_or(u16::MAX);
    bundle.extend_from_slice(&len.to_be_bytes());
    bundle.extend_from_slice(&entry.0);
}
