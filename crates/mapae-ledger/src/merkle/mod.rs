//! Merkle trees (RFC 6962 §2.1, with the algorithms of RFC 9162 §2.1.3 and §2.1.4): hashes, and checking proofs.

mod head;
mod plan;

use core::{fmt, str::FromStr};

use mapae_crypto::{sha256, sha256_of};

use crate::{MerkleError, text};

pub use head::TreeHead;
pub(crate) use plan::{Node, Span, consistency, inclusion};

/// Hashes of the longest proof: a path through a tree of 2⁶³ leaves.
pub const MAX_PROOF: usize = 63;

/// The hash of a leaf, of a node, or of a whole tree: SHA-256. As text standard base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeHash([u8; 32]);

/// RFC 6962 §2.1: `SHA-256(0x00 ‖ d)`.
pub fn leaf_hash(entry: &[u8]) -> TreeHash {
    TreeHash(sha256_of(&[&[0], entry]))
}

/// RFC 6962 §2.1: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    let mut input = [1; 65];
    input[1..33].copy_from_slice(&left.0);
    input[33..].copy_from_slice(&right.0);
    TreeHash(sha256(&input))
}

/// The root of a complete tree over 2ʰ hashes.
pub(crate) fn complete_root(hashes: &[TreeHash]) -> Option<TreeHash> {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    level.first().copied()
}

/// The hash over complete subtrees that stand side by side, each larger than the next.
pub(crate) fn join(subtrees: impl DoubleEndedIterator<Item = TreeHash>) -> Option<TreeHash> {
    subtrees.rev().reduce(|right, left| node_hash(&left, &right))
}

impl TreeHash {
    /// The root of the tree without leaves (RFC 6962 §2.1): the hash of nothing.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// A hash from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for TreeHash {
    type Err = MerkleError;

    fn from_str(text: &str) -> Result<Self, MerkleError> {
        let bytes = text::base64(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(MerkleError::HashMalformed)
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::to_base64(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TreeHash({self})")
    }
}
