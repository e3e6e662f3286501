//! Which list and which index a copy of a credential gets (design D6).
//!
//! Copies are counted; the counter alone decides, so an allocation needs no lock on a list (hole 14 of the
//! peers), and none is given twice as long as no count is.
//!
//! The last entries of each list's order are given to no copy. They are revoked as *cover*: among as many indices that
//! nobody has, the difference between two publications of a list does not show which ones are one person's batch. An
//! outsider cannot tell one from the other, since the order is secret.

use core::{fmt, ops::Range};
use std::collections::{BTreeMap, btree_map::Entry};

use crate::{IndexPermutation, LIST_LEN};

/// Lists that are open at the same time. Copies go round them, so that a person's batch of 10 is spread.
pub const OPEN_LISTS: u64 = 8;

/// Entries of each list that are kept back as cover: 1 in 64, more than the 1 in 100 that are revoked of the others.
/// At 30 a day they last 546 days, and no copy lasts more than 365 (design D8).
pub const COVER_RESERVE: u32 = 1 << 14;

/// Entries of each list that copies get.
pub const CAPACITY: u32 = LIST_LEN - COVER_RESERVE;

/// The lists that were open together with one: those among which a person's batches were spread.
pub const fn open_together(list: u64) -> Range<u64> {
    let first = list / OPEN_LISTS * OPEN_LISTS;
    first..first + OPEN_LISTS
}

/// How much cover a list gets when some of its copies, or of those open together with it, are revoked: 1 to 4 entries, by
/// a random byte. An outsider sees each of these lists change, by a number that says nothing.
pub const fn cover_for(random: u8) -> u32 {
    (random % 4) as u32 + 1
}

/// The copies that fill all open lists.
const GENERATION: u64 = OPEN_LISTS * CAPACITY as u64;

/// The status entry of one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allocation {
    /// The number of the list, from 0.
    pub list: u64,
    /// The index in it, below [`LIST_LEN`].
    pub index: u32,
}

/// The place of one copy in the order of allocation, before the permutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The number of the list, from 0.
    pub list: u64,
    /// How many entries of that list were given away before, below [`CAPACITY`].
    pub position: u32,
}

/// Allocates entries under one key, and remembers the permutations of the lists in use.
pub struct IndexAllocator {
    key: [u8; 32],
    permutations: BTreeMap<u64, IndexPermutation>,
}

impl Slot {
    /// The place of the `counter`-th copy ever issued.
    pub fn of(counter: u64) -> Self {
        let (generation, within) = (counter / GENERATION, counter % GENERATION);
        // Below CAPACITY, as `within` is below eight times that.
        let position = u32::try_from(within / OPEN_LISTS).unwrap_or_default();
        Self { list: OPEN_LISTS * generation + within % OPEN_LISTS, position }
    }
}

impl IndexAllocator {
    /// An allocator under `key`, which is for this purpose alone: whoever has it can tell from an index when
    /// the copy was issued, and which indices are its neighbours'.
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key, permutations: BTreeMap::new() }
    }

    /// The entry of the `counter`-th copy ever issued. Different counters have different entries, and
    /// [`OPEN_LISTS`] consecutive ones are in as many lists.
    pub fn allocate(&mut self, counter: u64) -> Allocation {
        let Slot { list, position } = Slot::of(counter);
        // A position is below CAPACITY, so it has an index.
        let index = self.permutation(list).index(position).unwrap_or_default();
        Allocation { list, index }
    }

    /// The `nth` entry of a list that no copy has, to be revoked as cover; `None` once there is no other. Who publishes
    /// counts them, as copies are counted.
    pub fn cover(&mut self, list: u64, nth: u32) -> Option<u32> {
        let position = CAPACITY.checked_add(nth)?;
        self.permutation(list).index(position)
    }

    fn permutation(&mut self, list: u64) -> &IndexPermutation {
        // Lists that are full are looked up no more; their tables would only fill the memory.
        if self.permutations.len() as u64 >= 2 * OPEN_LISTS && !self.permutations.contains_key(&list) {
            self.permutations.pop_first();
        }
        match self.permutations.entry(list) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(IndexPermutation::new(&self.key, list)),
        }
    }
}

impl fmt::Debug for IndexAllocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexAllocator([redacted])")
    }
}
