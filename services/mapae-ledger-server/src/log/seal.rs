//! The newest bundle as a file that proves itself: the draft, its entry, the entry's proof, and all rotations.

use std::{io, sync::PoisonError};

use mapae_ledger::SignedCheckpoint;
use mapae_trust::{BundleError, DraftBundle};

use super::{
    core::{Core, Head},
    rotation::Rotation,
    tiles::ProofFault,
};
use crate::store::{LogStore, StoreError};

/// The file.
pub(super) const BUNDLE: &str = "bundle";

/// The bundle cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub(super) enum SealFault {
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    #[error("the proof: {0}")]
    Proof(#[from] ProofFault),
    #[error("the file: {0}")]
    Disk(#[from] io::Error),
    #[error("the draft: {0}")]
    Draft(#[from] BundleError),
    #[error("the entry or the draft is not in the store")]
    Missing,
}

/// Writes the newest bundle whose entry the checkpoint has, if there is one.
pub(super) async fn seal<S: LogStore>(
    core: &Core<S>,
    head: &Head,
    checkpoint: &SignedCheckpoint,
    rotations: &[Rotation],
) -> Result<(), SealFault> {
    let Some(bundle) = head.bundle.filter(|bundle| bundle.index < checkpoint.unverified().size()) else {
        return Ok(());
    };
    let entries = core.store.entries(&core.origin, bundle.index..bundle.index + 1).await?;
    let entry = entries.first().ok_or(SealFault::Missing)?;
    let draft = core.store.draft(bundle.manifest).await?.ok_or(SealFault::Missing)?;
    let proof = core.proof(bundle.index, checkpoint).await?;
    let rotations: Vec<_> = rotations.iter().map(|rotation| (rotation.entry.clone(), rotation.proof.clone())).collect();
    let file = DraftBundle::parse(draft)?.seal(entry.as_bytes(), &proof, &rotations);
    core.write(BUNDLE, file.clone()).await?;
    *core.bundle.write().unwrap_or_else(PoisonError::into_inner) = Some(file.into());
    Ok(())
}
