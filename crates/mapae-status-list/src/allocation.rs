//! Which list and which index a copy of a credential gets (design D6).
//!
//! Copies are counted; the counter alone decides, so an allocation needs no lock on a list (hole 14 of the
//! peers), and none is given twice as long as no count is.

use core::fmt;
use std::collections::{BTreeMap, btree_map::Entry};

use crate::{IndexPermutation, LIST_LEN};

/// Lists that are open at the same time. Copies go round them, so that a person's batch of 10 is spread.
pub const OPEN_LISTS: u64 = 8;

/// The copies that fill all open lists.
const GENERATION: u64 = OPEN_LISTS * LIST_LEN as u64;

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
    /// How many entries of that list were given away before, below [`LIST_LEN`].
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
        // Below LIST_LEN, as `within` is below eight times that.
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
        // A position is below LIST_LEN, so it has an index.
        let index = self.permutation(list).index(position).unwrap_or_default();
        Allocation { list, index }
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
