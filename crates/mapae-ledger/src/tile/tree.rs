//! A tree that grows, kept as the tiles of its right edge: some 64 kB for any number of leaves.

use crate::{
    MerkleError, TileError, TileKind, TilePath, TreeHash, TreeHead,
    merkle::{Span, complete_root, join},
    text::MAX_NUMBER,
    tile::{FULL, read_hashes},
};

/// A file of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where it is served.
    pub path: TilePath,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// A tree that leaves can be added to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileTree {
    size: u64,
    /// At each level the hashes of its last tile, while that is partial: floor(size / 256^level) mod 256.
    edge: Vec<Vec<TreeHash>>,
}

impl TileTree {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, edge: Vec::new() }
    }

    /// The tiles from which [`TileTree::open`] takes up a tree of `size` leaves.
    pub fn edge_of(size: u64) -> Vec<TilePath> {
        let partial = |level| {
            let width = (size >> (8 * u32::from(level))) % FULL;
            let tile = TilePath::in_tree(TileKind::Hashes { level }, size >> (8 * u32::from(level) + 8).min(63), size);
            tile.filter(|_| width > 0)
        };
        (0..8).filter_map(partial).collect()
    }

    /// Takes up a tree where it was left. Refused if the tiles do not have its root.
    pub fn open<'t>(head: TreeHead, tile: impl Fn(TilePath) -> Option<&'t [u8]>) -> Result<Self, TileError> {
        if head.size() > MAX_NUMBER {
            return Err(TileError::SizesDiffer);
        }
        let mut tree = Self { size: head.size(), edge: Vec::new() };
        for path in Self::edge_of(head.size()) {
            let TileKind::Hashes { level } = path.kind() else { continue };
            let bytes = tile(path).ok_or(TileError::Missing { path })?;
            *tree.level(usize::from(level)) = read_hashes(path, bytes)?;
        }
        if tree.root() == head.root() { Ok(tree) } else { Err(TileError::RootDiffers { size: head.size() }) }
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The number of leaves and the root hash.
    pub fn head(&self) -> TreeHead {
        TreeHead::new(self.size, self.root())
    }

    /// Adds leaves; hands out every tile that is new or has become wider, full ones first.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = TreeHash>) -> Result<Vec<LogFile>, MerkleError> {
        let before = self.size;
        let mut files = Vec::new();
        for leaf in leaves {
            self.push(leaf, &mut files)?;
        }
        let edge = self.edge.iter().zip(0_u8..);
        let wider = edge.filter(|(hashes, level)| {
            let count = |size: u64| size >> (8 * u32::from(*level));
            !hashes.is_empty() && count(before) != count(self.size)
        });
        files.extend(wider.filter_map(|(hashes, level)| self.file(level, hashes)));
        Ok(files)
    }

    fn push(&mut self, leaf: TreeHash, files: &mut Vec<LogFile>) -> Result<(), MerkleError> {
        if self.size == MAX_NUMBER {
            return Err(MerkleError::SizeTooLarge { size: self.size });
        }
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8..8 {
            let hashes = self.level(usize::from(level));
            hashes.push(hash);
            if hashes.len() < 256 {
                break;
            }
            let full = core::mem::take(hashes);
            files.extend(self.file(level, &full));
            // "Each hash in a tile is the Merkle Tree Hash of a *full* tile at the level below."
            let Some(root) = complete_root(&full) else { break };
            hash = root;
        }
        Ok(())
    }

    /// The last tile of a level.
    fn file(&self, level: u8, hashes: &[TreeHash]) -> Option<LogFile> {
        let last = (self.size >> (8 * u32::from(level))).checked_sub(1)?;
        let path = TilePath::in_tree(TileKind::Hashes { level }, last / FULL, self.size)?;
        Some(LogFile { path, bytes: hashes.iter().flat_map(|hash| *hash.as_bytes()).collect() })
    }

    fn level(&mut self, level: usize) -> &mut Vec<TreeHash> {
        if self.edge.len() <= level {
            self.edge.resize(level + 1, Vec::new());
        }
        &mut self.edge[level]
    }

    /// The hashes of the last level-0 tile, if it is partial.
    pub(crate) fn last_leaves(&self) -> &[TreeHash] {
        self.edge.first().map_or(&[], Vec::as_slice)
    }

    /// Each level's partial tile stands to the left of all that the levels below it have.
    fn root(&self) -> TreeHash {
        let root = self.edge.iter().fold(None, |right, hashes| join_edge(hashes, right));
        root.unwrap_or(TreeHash::EMPTY)
    }
}

/// The hash over a partial tile and what stands to the right of it.
fn join_edge(hashes: &[TreeHash], right: Option<TreeHash>) -> Option<TreeHash> {
    let nodes = Span { start: 0, end: hashes.len().try_into().ok()? }.nodes();
    let subtree = |(level, index): (u32, u64)| {
        let start = usize::try_from(index << level).ok()?;
        complete_root(hashes.get(start..start + (1 << level))?)
    };
    join(nodes.into_iter().filter_map(|node| subtree((node.level, node.index))).chain(right))
}
