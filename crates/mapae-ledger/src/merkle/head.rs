//! The head of a tree, and what can be proved of it.

use crate::{
    MerkleError,
    merkle::{MAX_PROOF, TreeHash, node_hash},
};

/// How many leaves a tree has, and its root hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    size: u64,
    root: TreeHash,
}

impl TreeHead {
    /// The tree without leaves.
    pub const EMPTY: Self = Self { size: 0, root: TreeHash::EMPTY };

    /// A head as somebody claims it.
    pub const fn new(size: u64, root: TreeHash) -> Self {
        Self { size, root }
    }

    /// The number of leaves.
    pub const fn size(self) -> u64 {
        self.size
    }

    /// The root hash.
    pub const fn root(self) -> TreeHash {
        self.root
    }

    /// Checks that `leaf` is the leaf with that index (RFC 9162 §2.1.3.2), by its step numbers.
    pub fn includes(self, index: u64, leaf: TreeHash, proof: &[TreeHash]) -> Result<(), MerkleError> {
        // 1. The index lies in the tree.
        if index >= self.size {
            return Err(MerkleError::IndexOutOfRange { index, size: self.size });
        }
        // 2 and 3.
        let mut walk = Walk { index, last: self.size - 1 };
        let mut hash = leaf;
        for sibling in short_enough(proof)? {
            // 4a to 4c.
            hash = match walk.step().ok_or(MerkleError::InclusionInvalid)? {
                Side::Left => node_hash(sibling, &hash),
                Side::Right => node_hash(&hash, sibling),
            };
        }
        // 5. The path is used up, and ends at the root.
        if walk.last == 0 && hash == self.root { Ok(()) } else { Err(MerkleError::InclusionInvalid) }
    }

    /// Checks that this tree is `older` with leaves added (RFC 9162 §2.1.4.2), by its step numbers.
    ///
    /// Every tree extends the empty one, and itself; then the proof is empty (RFC 6962 §2.1.2).
    pub fn extends(self, older: Self, proof: &[TreeHash]) -> Result<(), MerkleError> {
        if self.size < older.size {
            return Err(MerkleError::Shrunk { from: older.size, to: self.size });
        }
        self.is_possible()?;
        older.is_possible()?;
        if older.size == 0 || older.size == self.size {
            let same = older.size == 0 || older.root == self.root;
            return if proof.is_empty() && same { Ok(()) } else { Err(MerkleError::ConsistencyInvalid) };
        }
        self.extends_smaller(older, short_enough(proof)?)
    }

    fn extends_smaller(self, older: Self, proof: &[TreeHash]) -> Result<(), MerkleError> {
        // 2. The root of a complete tree is the proof's first hash, and is not sent.
        let complete = older.size.is_power_of_two().then_some(older.root);
        let mut hashes = complete.iter().chain(proof);
        // 1 and 5.
        let first = *hashes.next().ok_or(MerkleError::ConsistencyInvalid)?;
        // 3 and 4.
        let mut walk = Walk { index: older.size - 1, last: self.size - 1 };
        walk.shift(walk.index.trailing_ones());
        let (mut old, mut new) = (first, first);
        for hash in hashes {
            // 6a to 6c.
            match walk.step().ok_or(MerkleError::ConsistencyInvalid)? {
                Side::Left => (old, new) = (node_hash(hash, &old), node_hash(hash, &new)),
                Side::Right => new = node_hash(&new, hash),
            }
        }
        // 7.
        let holds = walk.last == 0 && old == older.root && new == self.root;
        if holds { Ok(()) } else { Err(MerkleError::ConsistencyInvalid) }
    }

    /// tlog-witness, "add-checkpoint": size zero has the root hash of the empty tree.
    fn is_possible(self) -> Result<(), MerkleError> {
        if self.size == 0 && self.root != TreeHash::EMPTY { Err(MerkleError::EmptyRootWrong) } else { Ok(()) }
    }
}

/// A longer proof is none of any tree; it is not hashed at all.
fn short_enough(proof: &[TreeHash]) -> Result<&[TreeHash], MerkleError> {
    if proof.len() > MAX_PROOF { Err(MerkleError::ProofTooLong { limit: MAX_PROOF }) } else { Ok(proof) }
}

/// `fn` and `sn` of RFC 9162: a node's index in its level, and the index of the last one there.
struct Walk {
    index: u64,
    last: u64,
}

/// On which side the next hash of the proof stands.
enum Side {
    Left,
    Right,
}

impl Walk {
    /// Steps 4a to 4c of §2.1.3.2, and 6a to 6c of §2.1.4.2, which are the same; nothing at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let left = self.index & 1 == 1 || self.index == self.last;
        if left && self.index & 1 == 0 {
            // The last node of a level without a sibling goes up unchanged until it has one.
            self.shift(self.index.trailing_zeros());
        }
        self.shift(1);
        Some(if left { Side::Left } else { Side::Right })
    }

    fn shift(&mut self, levels: u32) {
        // Never by 64 or more: `index` is neither zero nor all ones here.
        self.index = self.index.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }
}
