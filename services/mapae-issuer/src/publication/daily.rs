//! Each day's count in the ledger (design D13): how many batches were committed until the day's end, and the root of
//! their Merkle tree. An insider who issues unseen has to change the journal, and then it no longer has that root.
//!
//! Days are those of UTC. A day is entered a quarter of an hour after its end, when nothing of it can still be under way.

use core::{fmt, ops::Range};

use mapae_hsm::Signer;
use mapae_ledger::{Entry, MajorityPolicy};
use mapae_ledger_server::client::LedgerClient;
use mapae_trust::ledger::{Fingerprint, Journal, SignedEntry, Statement};
use mapae_types::{AgencyId, Duration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{JournalTree, ListFolder, PublicationError, PublicationStore, render::blocking, tree::KeptTree};

/// Where [`Kept`] is kept.
const JOURNAL: &str = "journal.json";

/// After the day's end.
const GRACE: Duration = Duration::seconds(15 * 60);

/// 2026-01-01: no batch is older.
const FIRST_DAY: u64 = 20_454;

/// What a [`DailyJournal`] is made of.
pub struct JournalParts {
    /// The ledger.
    pub client: LedgerClient,
    /// Its policy, by which it is believed.
    pub policy: MajorityPolicy,
    /// The SHA-256 of the issuer's root.
    pub issuer: Fingerprint,
    /// The agency whose issuer it is, with the right `journal`.
    pub agency: AgencyId,
    /// Its key for entries.
    pub key: Signer,
}

/// Enters days into the ledger.
pub struct DailyJournal {
    parts: JournalParts,
    /// Nothing until the ledger was read.
    entered: Option<Entered>,
}

/// What the ledger has.
#[derive(Debug, Clone)]
struct Entered {
    /// The last day; nothing was entered up to and with it if the tree is empty.
    day: u64,
    /// As it was at that day's end.
    tree: JournalTree,
}

/// So that a restart need not read every batch ever committed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    day: u64,
    tree: KeptTree,
}

impl DailyJournal {
    /// Reads the ledger when it is first needed, and again after trouble.
    pub const fn new(parts: JournalParts) -> Self {
        Self { parts, entered: None }
    }

    /// Enters each day that is over; how many were, and what stopped it if not all.
    pub(super) async fn enter_days(
        &mut self,
        store: &impl PublicationStore,
        folder: &ListFolder,
        now: Timestamp,
    ) -> (u64, Result<(), PublicationError>) {
        let mut days = 0;
        let ended = self.enter_until(store, folder, now, &mut days).await;
        if ended.is_err() {
            // Nobody knows what the ledger has: an answer may have been lost.
            self.entered = None;
        }
        (days, ended)
    }

    async fn enter_until(
        &mut self,
        store: &impl PublicationStore,
        folder: &ListFolder,
        now: Timestamp,
        days: &mut u64,
    ) -> Result<(), PublicationError> {
        // Most rounds are on a day whose yesterday is entered.
        let last = day_of(now - GRACE).saturating_sub(1);
        let mut entered = match self.entered.take() {
            Some(entered) => entered,
            None => self.read_ledger(store, folder, now).await?,
        };
        while entered.day < last {
            let day = entered.day + 1;
            grow(&mut entered.tree, store, day).await?;
            entered.day = day;
            // Before the first batch there is nothing to say.
            if entered.tree.size() > 0 {
                self.submit(&entered, now).await?;
                *days += 1;
                keep(folder, &entered).await?;
            }
        }
        self.entered = Some(entered);
        Ok(())
    }

    /// What the ledger has of us, held against the store.
    async fn read_ledger(
        &self,
        store: &impl PublicationStore,
        folder: &ListFolder,
        now: Timestamp,
    ) -> Result<Entered, PublicationError> {
        let state = self.parts.client.read(&self.parts.policy, now).await?.state;
        let Some(stated) = state.journals().get(&self.parts.issuer).copied() else {
            return Ok(Entered { day: FIRST_DAY - 1, tree: JournalTree::default() });
        };
        let entered = replay(store, folder, stated.day).await?;
        if (entered.tree.size(), entered.tree.root()) == (stated.count, stated.root) {
            return Ok(entered);
        }
        Err(PublicationError::JournalDiffers { day: stated.day, count: entered.tree.size(), entered: stated.count })
    }

    async fn submit(&self, entered: &Entered, now: Timestamp) -> Result<(), PublicationError> {
        let Entered { day, tree } = entered;
        let journal = Journal { issuer: self.parts.issuer, day: *day, count: tree.size(), root: tree.root() };
        let unsigned = Statement::Journal(journal).prepare(now);
        let agency = &self.parts.agency;
        let mut signatures = self.parts.key.sign(vec![unsigned.to_be_signed(agency)]).await?;
        let signature = signatures.pop().ok_or(PublicationError::EntryUnfit)?;
        let entry = SignedEntry::parse(&unsigned.attach(vec![(agency.clone(), signature)]))?;
        let entry = Entry::new(entry.bytes().to_vec()).map_err(|_| PublicationError::EntryUnfit)?;
        // Its place is promised; the witnesses need not be waited for.
        self.parts.client.submit(&entry, std::time::Duration::ZERO).await?;
        Ok(())
    }
}

/// The tree at a day's end: from the folder, if that has an earlier one, else from all batches. What the folder has may be
/// wrong; the ledger's root tells.
async fn replay(store: &impl PublicationStore, folder: &ListFolder, day: u64) -> Result<Entered, PublicationError> {
    let kept = folder.kept::<Kept>(JOURNAL)?.filter(|kept| kept.day <= day);
    let kept = kept.and_then(|kept| Some(Entered { day: kept.day, tree: kept.tree.to_tree()? }));
    let mut entered = kept.unwrap_or(Entered { day: FIRST_DAY - 1, tree: JournalTree::default() });
    while entered.day < day {
        entered.day += 1;
        grow(&mut entered.tree, store, entered.day).await?;
    }
    Ok(entered)
}

async fn grow(tree: &mut JournalTree, store: &impl PublicationStore, day: u64) -> Result<(), PublicationError> {
    if let Some(span) = span(day) {
        store.journal(span).await?.leaves.iter().for_each(|leaf| tree.push(leaf));
    }
    Ok(())
}

async fn keep(folder: &ListFolder, entered: &Entered) -> Result<(), PublicationError> {
    let (folder, kept) = (folder.clone(), Kept { day: entered.day, tree: entered.tree.to_kept() });
    blocking(move || folder.keep(JOURNAL, &kept)).await
}

const DAY: i64 = Duration::days(1).as_seconds();

fn day_of(at: Timestamp) -> u64 {
    u64::try_from(at.unix() / DAY).unwrap_or(0)
}

/// Nothing beyond the years that a time can have.
fn span(day: u64) -> Option<Range<Timestamp>> {
    let beginning = |day: u64| Timestamp::from_unix(i64::try_from(day).ok()?.checked_mul(DAY)?).ok();
    Some(beginning(day)?..beginning(day + 1)?)
}

impl fmt::Debug for DailyJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DailyJournal").field("agency", &self.parts.agency).finish_non_exhaustive()
    }
}
