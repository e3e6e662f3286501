//! One history of the log as the monitor has read it whole: what it can prove of other checkpoints.

use std::collections::BTreeMap;

use mapae_ledger::{
    Entry, ForkEvidence, LogFile, MerkleError, SignedCheckpoint, TileError, TilePath, TileTree, TreeHash, TreeHead,
    TreeQuery,
};

use crate::client::{LedgerClient, LedgerError};

/// A history that was read up to a checkpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    tree: TileTree,
    tiles: BTreeMap<TilePath, Vec<u8>>,
    checkpoint: Option<SignedCheckpoint>,
}

/// A proof cannot be made of our own tiles.
#[derive(Debug, thiserror::Error)]
pub(super) enum OwnTiles {
    #[error(transparent)]
    Merkle(#[from] MerkleError),
    #[error(transparent)]
    Tiles(#[from] TileError),
}

impl History {
    /// The same, grown from what a place serves up to its checkpoint; with the entries that are new.
    pub(super) async fn grown(
        &self,
        place: &LedgerClient,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(Self, Vec<Entry>), LedgerError> {
        let mut grown = self.clone();
        let (entries, files) = place.grow(&mut grown.tree, checkpoint.unverified().head()).await?;
        grown.tiles.extend(files.into_iter().map(|LogFile { path, bytes }| (path, bytes)));
        let head = grown.tree.head();
        // Partial tiles of smaller sizes prove nothing in this tree.
        grown.tiles.retain(|path, _| TilePath::in_tree(path.kind(), path.index(), head.size()) == Some(*path));
        grown.checkpoint = Some(checkpoint.clone());
        Ok((grown, entries))
    }

    pub(super) fn head(&self) -> TreeHead {
        self.tree.head()
    }

    /// The checkpoint up to which it was read.
    pub(super) const fn checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.checkpoint.as_ref()
    }

    /// The root that this history had at a smaller size.
    pub(super) fn root_at(&self, size: u64) -> Result<TreeHash, OwnTiles> {
        let query = TreeQuery::root(size, self.tree.size())?;
        Ok(self.answer(&query)?.first().copied().unwrap_or(TreeHash::EMPTY))
    }

    /// Evidence that a checkpoint of no larger size is of another history; nothing if it is of this one.
    pub(super) fn contradicts(&self, older: &SignedCheckpoint) -> Result<Option<ForkEvidence>, OwnTiles> {
        let Some(newer) = &self.checkpoint else { return Ok(None) };
        let size = older.unverified().size();
        let root_then = self.root_at(size)?;
        if root_then == older.unverified().root() {
            return Ok(None);
        }
        let proof = self.answer(&TreeQuery::consistency(size, self.tree.size())?)?;
        Ok(Some(ForkEvidence::new(older.clone(), newer.clone(), root_then, proof)))
    }

    fn answer(&self, query: &TreeQuery) -> Result<Vec<TreeHash>, TileError> {
        query.answer(|path| self.tiles.get(&path).map(Vec::as_slice))
    }
}
