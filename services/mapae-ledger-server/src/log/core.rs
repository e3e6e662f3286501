//! What all parts of a log share.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, RwLock},
    time::Duration,
};

use axum::body::Bytes;
use mapae_crypto::CryptoError;
use mapae_http::{Client, Clock, Notices, Readiness};
use mapae_ledger::{Committed, Entry, NoteError, Origin, SignedCheckpoint, TlogProof, TreeQuery};

use super::{
    drafts::Drafts,
    tiles::{ProofFault, Tiles},
};
use crate::{
    Crash, NamedKey, disk,
    rules::{BundleAt, PolicyAt},
};

/// What all parts of a log share.
#[derive(Debug)]
pub(super) struct Core<S> {
    pub(super) origin: Origin,
    pub(super) key: NamedKey,
    pub(super) store: S,
    pub(super) tiles: Tiles,
    pub(super) dir: PathBuf,
    pub(super) client: Client,
    pub(super) clock: Clock,
    pub(super) notices: Notices,
    pub(super) crash: Crash,
    pub(super) readiness: Readiness,
    pub(super) founding: Option<Entry>,
    pub(super) drafts: Drafts,
    /// The newest sealed bundle, as its file has it.
    pub(super) bundle: RwLock<Option<Bytes>>,
    pub(super) retry: Duration,
}

/// A signed head of the log, with what the entries up to there decided.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) checkpoint: SignedCheckpoint,
    pub(super) policies: Vec<PolicyAt>,
    pub(super) bundle: Option<BundleAt>,
}

/// A checkpoint that readers accept, and the policy under which they do.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) checkpoint: SignedCheckpoint,
    pub(super) policy: String,
}

/// The log's key did not sign.
#[derive(Debug, thiserror::Error)]
pub(super) enum SigningFault {
    #[error("signing: {0}")]
    Key(#[from] CryptoError),
    #[error("signing: {0}")]
    Note(#[from] NoteError),
}

impl Head {
    pub(super) const fn size(&self) -> u64 {
        self.checkpoint.unverified().size()
    }
}

impl Published {
    pub(super) const fn size(&self) -> u64 {
        self.checkpoint.unverified().size()
    }
}

impl<S> Core<S> {
    /// Signs a head whose tiles are all written.
    pub(super) fn sign(&self, written: Committed) -> Result<SignedCheckpoint, SigningFault> {
        let unsigned = written.written()?;
        let signature = self.key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature)?)
    }

    /// The proof that an entry is in a checkpoint's tree.
    pub(super) async fn proof(&self, index: u64, checkpoint: &SignedCheckpoint) -> Result<TlogProof, ProofFault> {
        let query = TreeQuery::inclusion(index, checkpoint.unverified().size());
        let query = query.map_err(|_| mapae_ledger::TileError::SizesDiffer)?;
        Ok(TlogProof::new(index, self.tiles.proof(query).await?, checkpoint.clone()))
    }

    /// Puts a file into the log's directory, durably.
    pub(super) async fn write(&self, name: &str, content: Vec<u8>) -> io::Result<()> {
        let path = self.dir.join(name);
        disk::blocking(move || disk::replace(&path, &content)).await
    }

    /// Reads a file of the log's directory, if it is there.
    pub(super) async fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.dir.join(name);
        disk::blocking(move || disk::read(&path)).await
    }
}

/// Shared by all tasks of a log.
pub(super) type Shared<S> = Arc<Core<S>>;
