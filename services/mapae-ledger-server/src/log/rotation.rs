//! Rotations: the entries that changed the ledger's policy, each proven under the policy before it, so that whoever holds
//! an old policy comes to the new one with no help from anybody.
//!
//! They do not follow from the entries alone: the old quorum's cosignatures are in them, and that quorum may be gone. So
//! they are kept in the store; the files that are served come from there.

use std::io;

use mapae_ledger::{LogProofError, SignedCheckpoint, TlogProof};

use super::{core::Core, tiles::ProofFault};
use crate::{
    rules::PolicyAt,
    store::{LogStore, StoreError},
};

/// An entry that changed the policy, with its proof.
#[derive(Debug, Clone)]
pub(super) struct Rotation {
    pub(super) entry: Vec<u8>,
    pub(super) proof: TlogProof,
}

/// A rotation cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RotationFault {
    #[error("the rotation's file: {0}")]
    Disk(#[from] io::Error),
    #[error("the rotation's proof: {0}")]
    Form(#[from] LogProofError),
    #[error("the rotation's proof: {0}")]
    Proof(#[from] ProofFault),
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error("the policy's entry is not in the store")]
    EntryMissing,
}

impl Rotation {
    /// The file in which anybody finds the `nth` rotation, from 1: a tlog-proof whose extra data is the entry.
    pub(super) fn file(nth: u64) -> String {
        format!("rotations/{nth}")
    }

    /// Makes the rotation to `next` from a checkpoint that the policy before it accepts.
    pub(super) async fn make<S: LogStore>(
        core: &Core<S>,
        next: &PolicyAt,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Self, RotationFault> {
        let entries = core.store.entries(&core.origin, next.index..next.index + 1).await?;
        let entry = entries.first().ok_or(RotationFault::EntryMissing)?.as_bytes().to_vec();
        Ok(Self { entry, proof: core.proof(next.index, checkpoint).await? })
    }

    /// Keeps it as the `nth`: in the store first, and then where it is served.
    pub(super) async fn keep<S: LogStore>(&self, core: &Core<S>, nth: u64) -> Result<(), RotationFault> {
        let file = self.proof.clone().with_extra(self.entry.clone())?.to_string();
        core.store.put_rotation(&core.origin, nth, &file).await?;
        core.write(&Self::file(nth), file.into_bytes()).await?;
        Ok(())
    }

    /// Those that were kept, in their order; files that are absent are written again.
    pub(super) async fn kept<S: LogStore>(core: &Core<S>) -> Result<Vec<Self>, RotationFault> {
        let mut kept = Vec::new();
        for (nth, file) in (1..).zip(core.store.rotations(&core.origin).await?) {
            kept.push(Self::read(file.as_bytes())?);
            if core.read(&Self::file(nth)).await?.is_none() {
                core.write(&Self::file(nth), file.into_bytes()).await?;
            }
        }
        Ok(kept)
    }

    /// Takes the entry out of a file, and leaves the proof by itself.
    pub(super) fn read(file: &[u8]) -> Result<Self, LogProofError> {
        let with_entry = TlogProof::parse(file)?;
        let entry = with_entry.unauthenticated_extra().ok_or(LogProofError::ExtraMalformed)?.to_vec();
        let lines = String::from_utf8_lossy(file);
        let without: String = lines.split_inclusive('\n').filter(|line| !line.starts_with("extra ")).collect();
        Ok(Self { entry, proof: TlogProof::parse(without.as_bytes())? })
    }
}
