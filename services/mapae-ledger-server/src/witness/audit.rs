//! Reading along (design D13): every entry between the last cosigned tree and the next is fetched from the log, judged by
//! the rules, and every bundle among them computed anew from the entries. Only then may the tree be cosigned.

use mapae_http::Clock;
use mapae_ledger::{Audit, Entry, Origin, TileTree, ToPersist, WitnessRecord};

use super::refusal::NotCosigned;
use crate::{
    client::{AHEAD, LedgerClient},
    rules::{Draft, Ledger, Readable},
    store::WitnessStore,
};

/// Entries that are judged for one cosignature; a log that claims more is not read at all.
const MOST_ENTRIES: u64 = 1 << 20;

/// Entries that are read from the store at once.
const PAGE: u64 = 1024;

/// What an auditing witness knows of its log: everything up to the last cosigned tree.
#[derive(Debug, Clone)]
pub(super) struct Auditor {
    log: LedgerClient,
    ledger: Ledger,
    tree: TileTree,
}

/// The entries were judged; what the auditor will know once the cosigned tree is persisted.
#[derive(Debug)]
pub(super) struct AuditedTree {
    pub(super) to_persist: ToPersist,
    pub(super) judged: Vec<Entry>,
    pub(super) after: Auditor,
}

impl Auditor {
    /// Replays the entries that were judged before.
    pub(super) async fn take_up<S: WitnessStore>(
        log: LedgerClient,
        founding: Option<Entry>,
        store: &S,
        record: &WitnessRecord,
    ) -> Result<Self, NotCosigned> {
        let mut auditor = Self { log, ledger: Ledger::new(founding), tree: TileTree::new() };
        while auditor.tree.size() < record.head().size() {
            let first = auditor.tree.size();
            let end = (first + PAGE).min(record.head().size());
            let entries = store.judged(record.origin(), first..end).await?;
            if entries.is_empty() {
                return Err(NotCosigned::OwnEntriesLost { index: first });
            }
            for entry in &entries {
                auditor
                    .ledger
                    .replay(entry)
                    .map_err(|_| NotCosigned::OwnEntriesLost { index: auditor.ledger.size() })?;
            }
            auditor
                .tree
                .append(entries.iter().map(Entry::leaf))
                .map_err(|_| NotCosigned::OwnEntriesLost { index: first })?;
        }
        Ok(auditor)
    }

    /// Whether it stands where the record does.
    pub(super) fn stands_at(&self, record: &WitnessRecord) -> bool {
        self.tree.head() == record.head()
    }

    /// Judges all entries up to the checkpoint.
    pub(super) async fn audit(mut self, to_persist: ToPersist, clock: &Clock) -> Result<AuditedTree, NotCosigned> {
        let (first, size) = (self.tree.size(), to_persist.after().head().size());
        if size - first.min(size) > MOST_ENTRIES {
            return Err(NotCosigned::TooManyEntries { entries: size - first });
        }
        let mut audit = Audit::begin(to_persist, std::mem::take(&mut self.tree))?;
        let mut judged = Vec::new();
        while let Some(next) = audit.next() {
            for entry in self.log.page(next, size).await.map_err(NotCosigned::Entries)? {
                self.judge(&entry, clock).await?;
                audit.judged(&entry)?;
                judged.push(entry);
            }
        }
        let (to_persist, tree) = audit.finish()?;
        Ok(AuditedTree { to_persist, judged, after: Self { tree, ..self } })
    }

    async fn judge(&mut self, entry: &Entry, clock: &Clock) -> Result<(), NotCosigned> {
        let index = self.ledger.size();
        let broken = |broken| NotCosigned::RuleBroken { index, broken };
        let readable = Readable::parse(entry).map_err(broken)?;
        let draft = match readable.manifest() {
            Some(manifest) => Draft::Asked(self.log.draft(manifest).await.map_err(NotCosigned::Entries)?),
            None => Draft::Unseen,
        };
        let admitted = self.ledger.judge(&readable, clock.now()? + AHEAD, draft).map_err(broken)?;
        self.ledger.enter(&readable, admitted).map_err(broken)
    }
}

/// The one log that an auditing witness watches.
pub(super) fn only_log(origins: &[Origin]) -> Option<&Origin> {
    let (first, others) = origins.split_first()?;
    others.iter().all(|other| other == first).then_some(first)
}
