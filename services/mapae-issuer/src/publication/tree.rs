//! The Merkle tree of the issuance journal (RFC 6962 §2.1), as far as it must be kept to let it grow: the roots of its
//! complete subtrees.

use mapae_ledger::{TreeHash, leaf_hash, node_hash};
use serde::{Deserialize, Serialize};

use crate::store::JournalLeaf;

/// A tree whose leaves, in order, are the batches of each day in the order of their ids. A leaf's entry is the batch's id
/// followed by its hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalTree {
    size: u64,
    /// The larger ones first: as many as `size` has ones.
    subtrees: Vec<TreeHash>,
}

/// As the folder keeps it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptTree {
    size: u64,
    subtrees: Vec<String>,
}

impl JournalTree {
    /// Adds a batch.
    pub fn push(&mut self, leaf: &JournalLeaf) {
        let entry = [&leaf.batch.as_bytes()[..], &leaf.hash].concat();
        let mut hash = leaf_hash(&entry);
        // As in counting: each one at the end of `size` is a subtree as large as the new one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its root.
    pub fn root(&self) -> TreeHash {
        let joined = self.subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or(TreeHash::EMPTY)
    }

    pub(super) fn to_kept(&self) -> KeptTree {
        KeptTree { size: self.size, subtrees: self.subtrees.iter().map(TreeHash::to_string).collect() }
    }
}

impl KeptTree {
    /// Nothing if it is no tree.
    pub(super) fn to_tree(&self) -> Option<JournalTree> {
        let subtrees = self.subtrees.iter().map(|hash| hash.parse()).collect::<Result<Vec<_>, _>>().ok()?;
        let fits = u32::try_from(subtrees.len()) == Ok(self.size.count_ones());
        fits.then_some(JournalTree { size: self.size, subtrees })
    }
}
