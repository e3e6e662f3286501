//! What is revoked, list by list, in memory: one bit an entry, 128 KiB a list, 125 MB for a nation.

use std::collections::{BTreeMap, BTreeSet};

use mapae_status_list::{
    COVER_RESERVE, IndexAllocator, IndexOutOfRange, LIST_LEN, RevocationList, Slot, cover_for, open_together,
};
use mapae_types::Entropy;

use super::{PublicationError, PublicationStore};
use crate::store::Revocation;

/// Revocations read at once.
const PAGE: u32 = 4096;

/// Copies that may be issued between two publications at least: their lists are published before they are.
const AHEAD: u64 = 1 << 22;

/// All lists.
pub(super) struct Lists {
    allocator: IndexAllocator,
    by_number: BTreeMap<u64, RevocationList>,
    /// How much of each list's cover is in it.
    covered: BTreeMap<u64, u32>,
    /// Up to which revocation they are.
    read: u64,
    /// Copies that there were at the last publication.
    copies: Option<u64>,
}

impl Lists {
    pub(super) const fn new(status_index_key: [u8; 32]) -> Self {
        let allocator = IndexAllocator::new(status_index_key);
        Self { allocator, by_number: BTreeMap::new(), covered: BTreeMap::new(), read: 0, copies: None }
    }

    /// The lists by their numbers.
    pub(super) const fn all(&self) -> &BTreeMap<u64, RevocationList> {
        &self.by_number
    }

    /// Up to which revocation they are.
    pub(super) const fn read(&self) -> u64 {
        self.read
    }

    /// Brings them to what the store has now: revocations, and cover for those after `shown`, up to which outsiders
    /// have seen them. How many entries of cover could not be had, the reserves being used up.
    pub(super) async fn follow(
        &mut self,
        store: &impl PublicationStore,
        shown: u64,
        entropy: &mut impl Entropy,
    ) -> Result<u32, PublicationError> {
        let touched = self.read_revocations(store, shown).await?;
        self.open(store).await?;
        let mut lacking = 0;
        for list in touched {
            lacking += self.add_cover(store, list, entropy).await?;
        }
        Ok(lacking)
    }

    /// The lists that were open together with those of the new revocations.
    async fn read_revocations(
        &mut self,
        store: &impl PublicationStore,
        shown: u64,
    ) -> Result<BTreeSet<u64>, PublicationError> {
        let mut touched = BTreeSet::new();
        loop {
            let page = store.revoked(self.read, PAGE).await?;
            let Some(last) = page.last().map(|revocation| revocation.nth) else { return Ok(touched) };
            for revocation in &page {
                let lists = self.revoke(revocation)?;
                if revocation.nth > shown {
                    touched.extend(lists.into_iter().flat_map(open_together));
                }
            }
            self.read = last;
        }
    }

    fn revoke(&mut self, revocation: &Revocation) -> Result<BTreeSet<u64>, IndexOutOfRange> {
        let mut lists = BTreeSet::new();
        for number in revocation.numbers.clone() {
            let entry = self.allocator.allocate(number);
            self.list(entry.list).revoke(entry.index)?;
            lists.insert(entry.list);
        }
        Ok(lists)
    }

    fn list(&mut self, number: u64) -> &mut RevocationList {
        self.by_number.entry(number).or_insert_with(|| RevocationList::new(LIST_LEN))
    }

    /// Lists of all copies that there are, and of those that there may be before the next publication: twice as many as
    /// since the last one. One number is taken to learn how many there are; nobody has it.
    async fn open(&mut self, store: &impl PublicationStore) -> Result<(), PublicationError> {
        let copies = store.reserve_numbers(1).await?.end;
        let pace = copies.saturating_sub(self.copies.unwrap_or(copies));
        self.copies = Some(copies);
        let last = Slot::of(copies.saturating_add(AHEAD.max(pace.saturating_mul(2)))).list;
        for number in 0..open_together(last).end {
            self.list(number);
            if !self.covered.contains_key(&number) {
                self.show_cover(number, store.cover(number).await?)?;
            }
        }
        Ok(())
    }

    /// How many entries were not to be had.
    async fn add_cover(
        &mut self,
        store: &impl PublicationStore,
        list: u64,
        entropy: &mut impl Entropy,
    ) -> Result<u32, PublicationError> {
        let [random] = entropy.array()?;
        // Another replica may have added some when it held the lease.
        let before = store.cover(list).await?;
        let wanted = before.saturating_add(cover_for(random));
        let after = wanted.min(COVER_RESERVE);
        if after > before {
            // Whoever was faster has added as much.
            let _ = store.set_cover(list, before, after).await?;
        }
        self.show_cover(list, store.cover(list).await?)?;
        Ok(wanted - after)
    }

    fn show_cover(&mut self, list: u64, count: u32) -> Result<(), IndexOutOfRange> {
        let shown = self.covered.get(&list).copied().unwrap_or(0);
        for nth in shown..count {
            if let Some(index) = self.allocator.cover(list, nth) {
                self.list(list).revoke(index)?;
            }
        }
        self.covered.insert(list, count.max(shown));
        Ok(())
    }
}
