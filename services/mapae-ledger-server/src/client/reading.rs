//! Reading the log so that nobody need be believed but the policy: its rotations, its checkpoint, its entries, its rules.

use mapae_ledger::{Entry, LogFile, MajorityPolicy, SignedCheckpoint, TileKind, TilePath, TileTree, TreeHead};
use mapae_trust::{Policies, ledger::LedgerState};
use mapae_types::{Duration, Timestamp};

use super::{LedgerClient, LedgerError};
use crate::rules::{Draft, Ledger};

/// How far an entry's date may be ahead of a reader's clock: more than the log allows, so that clocks two hours apart
/// never split them.
pub(crate) const AHEAD: Duration = Duration::hours(4);

/// A log that was read whole, under a policy that accepts it.
#[derive(Debug)]
pub struct ReadLedger {
    /// The checkpoint.
    pub checkpoint: SignedCheckpoint,
    /// The policy that accepted it, after all rotations.
    pub policy: MajorityPolicy,
    /// All its entries.
    pub entries: Vec<Entry>,
    /// What is true after them. Bundles among them are believed as far as the cosigners have judged them.
    pub state: LedgerState,
}

impl LedgerClient {
    /// The log's policies from one that the caller holds to the newest, each proven under the one before it.
    pub async fn policies(&self, held: &MajorityPolicy) -> Result<Policies, LedgerError> {
        let mut steps = Vec::new();
        while steps.len() <= Policies::LIMIT
            && let Some(step) = self.rotation(steps.len() + 1).await?
        {
            steps.push(step);
        }
        let steps: Vec<_> = steps.iter().map(|(entry, proof)| (entry.as_bytes(), proof.clone())).collect();
        Policies::follow(held, &steps).map_err(LedgerError::Policies)
    }

    /// All entries of a checkpoint's tree; refused if they do not have its root.
    pub async fn entries(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Entry>, LedgerError> {
        Ok(self.grow(&mut TileTree::new(), checkpoint.unverified().head()).await?.0)
    }

    /// The entries that make a tree grow up to a head, and the tiles that came of it; refused if they do not have its
    /// root.
    pub(crate) async fn grow(
        &self,
        tree: &mut TileTree,
        head: TreeHead,
    ) -> Result<(Vec<Entry>, Vec<LogFile>), LedgerError> {
        let (mut entries, mut files) = (Vec::new(), Vec::new());
        while tree.size() < head.size() {
            let page = self.page(tree.size(), head.size()).await?;
            files.extend(tree.append(page.iter().map(Entry::leaf)).map_err(|_| LedgerError::Malformed)?);
            entries.extend(page);
        }
        if tree.head() == head { Ok((entries, files)) } else { Err(LedgerError::RootDiffers { size: head.size() }) }
    }

    /// The entries from `next` to the end of their bundle, in a tree of that size; nobody has checked them yet.
    pub(crate) async fn page(&self, next: u64, size: u64) -> Result<Vec<Entry>, LedgerError> {
        let path = TilePath::in_tree(TileKind::Entries, next / 256, size).ok_or(LedgerError::Malformed)?;
        let bundle = self.entry_bundle(path).await?;
        let page: Vec<Entry> = bundle.into_iter().skip(usize::try_from(next % 256).unwrap_or(usize::MAX)).collect();
        if page.is_empty() { Err(LedgerError::Malformed) } else { Ok(page) }
    }

    /// Reads the whole log under a policy that the caller holds, and judges every entry by the rules.
    pub async fn read(&self, held: &MajorityPolicy, now: Timestamp) -> Result<ReadLedger, LedgerError> {
        let policy = self.policies(held).await?.newest().clone();
        let checkpoint = self.checkpoint().await?.ok_or(LedgerError::Empty)?;
        policy.accept(&checkpoint)?;
        let entries = self.entries(&checkpoint).await?;
        let mut ledger = Ledger::new(None);
        for (index, entry) in (0..).zip(&entries) {
            let judged = ledger.take(entry, now + AHEAD, Draft::Unseen);
            judged.map_err(|broken| LedgerError::RuleBroken { index, broken })?;
        }
        Ok(ReadLedger { checkpoint, policy, entries, state: ledger.state().clone() })
    }
}
