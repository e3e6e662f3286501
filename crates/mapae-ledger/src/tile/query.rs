//! Proofs out of tiles: which tiles a proof needs, and the proof once their bytes are there.
//!
//! Tiles are not believed: a proof made of false ones does not verify against a checkpoint.

use std::collections::BTreeMap;

use crate::{
    MerkleError, TileError, TileKind, TilePath, TreeHash,
    merkle::{Node, Span, complete_root, consistency, inclusion, join},
    text::MAX_NUMBER,
    tile::read_hashes,
};

/// A proof to be made, in a tree of a known size.
#[derive(Debug, Clone)]
pub struct TreeQuery {
    size: u64,
    spans: Vec<Span>,
}

impl TreeQuery {
    /// The proof that the leaf with that index is in the tree of `size` leaves.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, MerkleError> {
        if index >= size {
            return Err(MerkleError::IndexOutOfRange { index, size });
        }
        Self::new(size, || inclusion(index, size))
    }

    /// The proof that the tree of `size` leaves extends that of `old` leaves.
    pub fn consistency(old: u64, size: u64) -> Result<Self, MerkleError> {
        if old > size {
            return Err(MerkleError::Shrunk { from: old, to: size });
        }
        // RFC 6962 §2.1.2 is for 0 < m; the empty tree needs no proof (tlog-witness).
        Self::new(size, || if old == 0 { Vec::new() } else { consistency(old, size) })
    }

    /// The root that the tree of `size` leaves had when it was `old` leaves large; its answer is that one hash, and none
    /// for the empty tree. What a log said then may be another ([`ForkEvidence`](crate::ForkEvidence)).
    pub fn root(old: u64, size: u64) -> Result<Self, MerkleError> {
        if old > size {
            return Err(MerkleError::Shrunk { from: old, to: size });
        }
        let whole = Span { start: 0, end: old };
        Self::new(size, || if old == 0 { Vec::new() } else { vec![whole] })
    }

    fn new(size: u64, spans: impl FnOnce() -> Vec<Span>) -> Result<Self, MerkleError> {
        if size > MAX_NUMBER { Err(MerkleError::SizeTooLarge { size }) } else { Ok(Self { size, spans: spans() }) }
    }

    /// The tiles to fetch, each once.
    pub fn needed(&self) -> Vec<TilePath> {
        let mut paths: Vec<TilePath> = self
            .spans
            .iter()
            .flat_map(|span| span.nodes())
            .filter_map(|node| self.place(node))
            .map(|place| place.0)
            .collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// The proof, from the bytes of the tiles that were asked for.
    pub fn answer<'t>(&self, tile: impl Fn(TilePath) -> Option<&'t [u8]>) -> Result<Vec<TreeHash>, TileError> {
        let read = |path| {
            let bytes = tile(path).ok_or(TileError::Missing { path })?;
            Ok((path, read_hashes(path, bytes)?))
        };
        let tiles: BTreeMap<TilePath, Vec<TreeHash>> = self.needed().into_iter().map(read).collect::<Result<_, _>>()?;
        self.spans.iter().map(|span| self.hash(*span, &tiles).ok_or(TileError::SizesDiffer)).collect()
    }

    fn hash(&self, span: Span, tiles: &BTreeMap<TilePath, Vec<TreeHash>>) -> Option<TreeHash> {
        let node = |node| {
            let (path, offset, len) = self.place(node)?;
            complete_root(tiles.get(&path)?.get(offset..offset + len)?)
        };
        let nodes: Option<Vec<TreeHash>> = span.nodes().into_iter().map(node).collect();
        join(nodes?.into_iter())
    }

    /// The tile over which a complete subtree can be hashed: where in it, and over how many hashes.
    fn place(&self, node: Node) -> Option<(TilePath, usize, usize)> {
        let (level, height) = (node.level / 8, node.level % 8);
        let first = node.index << height;
        let kind = TileKind::Hashes { level: u8::try_from(level).ok()? };
        let path = TilePath::in_tree(kind, first >> 8, self.size)?;
        Some((path, usize::try_from(first & 0xff).ok()?, 1 << height))
    }
}
