//! Taking up the log from its store: its tree, its tiles, and what its entries decided.

use std::collections::{BTreeSet, HashMap};

use mapae_ledger::{Committed, LogFile, Sequencer, SignedCheckpoint, TilePath, TreeHash, TreeHead};

use super::core::Core;
use crate::{
    ServeError,
    rules::Ledger,
    store::{LogStore, Swap},
};

/// Entries that are read from the store at once: four bundles.
const PAGE: u64 = 1024;

/// A log as its store has it.
pub(super) struct Loaded {
    pub(super) sequencer: Sequencer,
    pub(super) ledger: Ledger,
    /// Where each leaf stands.
    pub(super) leaves: HashMap<TreeHash, u64>,
}

/// Reads the whole log, and writes the tiles that are absent. The head may be signed again.
pub(super) async fn load<S: LogStore>(core: &Core<S>) -> Result<(Loaded, Committed), ServeError> {
    let head = confirmed_head(core).await?;
    let published = published(core).await?.map_or(0, |published| published.unverified().size());
    let keep: BTreeSet<TilePath> = [published, head.size()].into_iter().flat_map(Sequencer::edge_of).collect();
    let mut loaded = Loaded {
        sequencer: Sequencer::new(core.key.verifier().clone())?,
        ledger: Ledger::new(core.founding.clone()),
        leaves: HashMap::new(),
    };
    while loaded.sequencer.head().size() < head.size() {
        let files;
        (loaded, files) = page(core, loaded, published, head).await?;
        // Partial tiles of sizes that nobody was ever shown are not made anew.
        let files = files.into_iter().filter(|file| file.path.is_full() || keep.contains(&file.path)).collect();
        core.tiles.restore(files).await.map_err(|error| ServeError::Disk { path: core.dir.clone(), error })?;
    }
    if loaded.sequencer.head() != head {
        return Err(ServeError::StoreAltered);
    }
    let integrated = loaded.sequencer.integrate(&[]).map_err(|_| ServeError::StoreAltered)?;
    let (sequencer, committed) = integrated.committed();
    Ok((Loaded { sequencer, ..loaded }, committed))
}

/// The checkpoint that was published last.
pub(super) async fn published<S: LogStore>(core: &Core<S>) -> Result<Option<SignedCheckpoint>, ServeError> {
    let text = core.store.published(&core.origin).await?;
    Ok(text.map(|text| SignedCheckpoint::parse(text.as_bytes())).transpose()?)
}

/// The head, once everything up to it is known to be durable.
async fn confirmed_head<S: LogStore>(core: &Core<S>) -> Result<TreeHead, ServeError> {
    // One that has begun already goes on.
    let (Swap::Done | Swap::Lost) = core.store.begin(&core.origin).await?;
    loop {
        let head = core.store.head(&core.origin).await?.ok_or(ServeError::StoreAltered)?;
        if core.store.append(&core.origin, head, head, &[]).await? == Swap::Done {
            return Ok(head);
        }
    }
}

/// The next entries, up to a page's end, the published size or the head.
async fn page<S: LogStore>(
    core: &Core<S>,
    mut loaded: Loaded,
    published: u64,
    head: TreeHead,
) -> Result<(Loaded, Vec<LogFile>), ServeError> {
    let first = loaded.sequencer.head().size();
    let mut end = ((first / PAGE + 1) * PAGE).min(head.size());
    if (first + 1..end).contains(&published) {
        end = published;
    }
    let entries = core.store.entries(&core.origin, first..end).await?;
    if u64::try_from(entries.len()).ok() != Some(end - first) {
        return Err(ServeError::StoreAltered);
    }
    for (index, entry) in (first..).zip(&entries) {
        loaded.ledger.replay(entry).map_err(|broken| ServeError::EntryRefused { index, broken })?;
        loaded.leaves.insert(entry.leaf(), index);
    }
    let integrated = loaded.sequencer.integrate(&entries).map_err(|_| ServeError::StoreAltered)?;
    let files = integrated.files().to_vec();
    let (sequencer, _) = integrated.committed();
    Ok((Loaded { sequencer, ..loaded }, files))
}
