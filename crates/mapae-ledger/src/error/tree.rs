//! Merkle proofs and tiles that are wrong.

use crate::TilePath;

/// A proof that does not hold; whoever made it is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// Not 32 bytes in base64.
    #[error("not a hash in base64")]
    HashMalformed,
    /// The leaf is not in a tree of that size.
    #[error("index {index} in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// More hashes than any proof has.
    #[error("a proof of more than {limit} hashes")]
    ProofTooLong {
        /// The hashes allowed.
        limit: usize,
    },
    /// The leaf is not in the tree, or the proof is another's.
    #[error("the inclusion proof does not hold")]
    InclusionInvalid,
    /// The larger tree does not extend the smaller one, or the proof is another's.
    #[error("the consistency proof does not hold")]
    ConsistencyInvalid,
    /// A tree of no leaves has another root than that of the empty tree.
    #[error("the root hash of an empty tree is not that of the empty tree")]
    EmptyRootWrong,
    /// The newer tree has fewer leaves.
    #[error("the tree shrank from {from} to {to} leaves")]
    Shrunk {
        /// The older tree's size.
        from: u64,
        /// The newer tree's size.
        to: u64,
    },
    /// More than 2⁶³ − 1 leaves.
    #[error("a tree of more than {size} leaves")]
    SizeTooLarge {
        /// The size at which it ended.
        size: u64,
    },
}

/// Files of a log that are wrong; whoever serves or stores them is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Not a path of a tile in its one spelling.
    #[error("not the path of a tile")]
    PathMalformed,
    /// A tile that was asked for is not there.
    #[error("{path} is missing")]
    Missing {
        /// Which.
        path: TilePath,
    },
    /// A tile of hashes has another length than its path says.
    #[error("{path} has {len} bytes")]
    WrongLength {
        /// Which.
        path: TilePath,
        /// Its length.
        len: usize,
    },
    /// A bundle has not as many entries as its path says, or none that can be read.
    #[error("{path} is malformed")]
    BundleMalformed {
        /// Which.
        path: TilePath,
    },
    /// A bundle's entries are not the leaves of the tree.
    #[error("the entries of {path} are not those of the tree")]
    BundleDiffers {
        /// Which.
        path: TilePath,
    },
    /// A tree of that size has no such tiles.
    #[error("the tiles are not of a tree of this size")]
    SizesDiffer,
    /// The tiles are those of another tree than the checkpoint's.
    #[error("the tiles do not have the root of the tree of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
    /// An entry is longer than a bundle can say.
    #[error("an entry of {len} bytes")]
    EntryTooLong {
        /// Its length.
        len: usize,
    },
}
