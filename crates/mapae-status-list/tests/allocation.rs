//! Indices are unique, unpredictable without the key, and spread over the open lists.

use std::collections::BTreeSet;

use mapae_status_list::{
    Allocation, CAPACITY, COVER_RESERVE, IndexAllocator, IndexPermutation, LIST_LEN, OPEN_LISTS, Slot, cover_for,
    open_together,
};
use proptest::prelude::*;

const KEY: [u8; 32] = [7; 32];

fn indices(key: &[u8; 32], list: u64, count: u32) -> Vec<u32> {
    let permutation = IndexPermutation::new(key, list);
    (0..count).map(|counter| permutation.index(counter).unwrap()).collect()
}

/// Whether a sequence has every index of a list exactly once.
fn is_complete(indices: &[u32]) -> bool {
    let mut seen = vec![false; LIST_LEN as usize];
    indices.iter().all(|index| !std::mem::replace(&mut seen[*index as usize], true))
        && indices.len() == LIST_LEN as usize
}

#[test]
fn every_index_of_a_list_is_given_away_exactly_once() {
    assert!(is_complete(&indices(&KEY, 0, LIST_LEN)));
    assert!(is_complete(&indices(&[0xff; 32], u64::MAX, LIST_LEN)));
}

#[test]
fn a_full_list_has_no_further_index() {
    let permutation = IndexPermutation::new(&KEY, 0);
    assert!(permutation.index(LIST_LEN - 1).is_some());
    assert_eq!(permutation.index(LIST_LEN), None);
    assert_eq!(permutation.index(u32::MAX), None);
}

#[test]
fn two_lists_and_two_keys_have_different_orders() {
    let common = |a: &[u32], b: &[u32]| a.iter().zip(b).filter(|(a, b)| a == b).count();
    let first = indices(&KEY, 0, 10_000);
    // Of 10,000 places two random orders share one in a hundred cases.
    assert!(common(&first, &indices(&KEY, 1, 10_000)) <= 3);
    assert!(common(&first, &indices(&[8; 32], 0, 10_000)) <= 3);
}

#[test]
fn neighbours_in_time_are_no_neighbours_in_the_list() {
    let order = indices(&KEY, 3, 100_000);
    let close = order.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 1024).count();
    // 100,000 random pairs: 2,048 in 2^20 are this close, which is 195 ± 14.
    assert!((125..265).contains(&close), "{close}");
    let low_half = order.iter().filter(|index| **index < LIST_LEN / 2).count();
    assert!((49_000..51_000).contains(&low_half), "{low_half}");
}

#[test]
fn the_order_never_changes_since_issued_credentials_depend_on_it() {
    assert_eq!(indices(&KEY, 0, 4), [153_594, 667_225, 712_333, 570_129]);
    let mut allocator = IndexAllocator::new(KEY);
    assert_eq!(allocator.allocate(123_456_789), Allocation { list: 117, index: 634_140 });
}

#[test]
fn consecutive_copies_are_in_different_lists() {
    let mut allocator = IndexAllocator::new(KEY);
    let lists: BTreeSet<u64> = (100..100 + OPEN_LISTS).map(|counter| allocator.allocate(counter).list).collect();
    assert_eq!(lists, (0..OPEN_LISTS).collect());
}

#[test]
fn lists_open_eight_at_a_time_and_when_full_the_next_eight_follow() {
    let last = OPEN_LISTS * u64::from(CAPACITY) - 1;
    assert_eq!(Slot::of(0), Slot { list: 0, position: 0 });
    assert_eq!(Slot::of(9), Slot { list: 1, position: 1 });
    assert_eq!(Slot::of(last), Slot { list: 7, position: CAPACITY - 1 });
    assert_eq!(Slot::of(last + 1), Slot { list: 8, position: 0 });
    assert_eq!(Slot::of(last + 10), Slot { list: 9, position: 1 });
    assert!(Slot::of(u64::MAX).position < CAPACITY);
}

#[test]
fn the_allocator_gives_what_its_parts_say_in_any_order_of_counters() {
    let mut allocator = IndexAllocator::new(KEY);
    let generation = OPEN_LISTS * u64::from(CAPACITY);
    for counter in [5, generation + 2, 3 * generation, 5, 7 * generation + 7, 4 * generation + 1, 6] {
        let slot = Slot::of(counter);
        let index = IndexPermutation::new(&KEY, slot.list).index(slot.position).unwrap();
        assert_eq!(allocator.allocate(counter), Allocation { list: slot.list, index });
    }
}

#[test]
fn no_two_copies_share_an_entry() {
    let mut allocator = IndexAllocator::new(KEY);
    let distinct: BTreeSet<(u64, u32)> = (0..50_000)
        .map(|counter| allocator.allocate(counter))
        .map(|Allocation { list, index }| (list, index))
        .collect();
    assert_eq!(distinct.len(), 50_000);
}

#[test]
fn copies_and_cover_are_together_each_index_of_a_list_once() {
    let mut allocator = IndexAllocator::new(KEY);
    let copies = (0..u64::from(CAPACITY)).map(|position| 3 + OPEN_LISTS * position);
    let copies: Vec<Allocation> = copies.map(|counter| allocator.allocate(counter)).collect();
    assert!(copies.iter().all(|copy| copy.list == 3));
    let cover = (0..COVER_RESERVE).map(|nth| allocator.cover(3, nth).unwrap());
    let all: Vec<u32> = cover.chain(copies.into_iter().map(|copy| copy.index)).collect();
    assert!(is_complete(&all));
}

#[test]
fn cover_ends_when_the_reserve_is_used_up() {
    let mut allocator = IndexAllocator::new(KEY);
    assert!(allocator.cover(0, COVER_RESERVE - 1).is_some());
    assert_eq!(allocator.cover(0, COVER_RESERVE), None);
    assert_eq!(allocator.cover(0, u32::MAX), None);
}

#[test]
fn lists_of_a_generation_were_open_together() {
    for (list, together) in [(0, 0..8), (7, 0..8), (8, 8..16), (968, 968..976)] {
        assert_eq!(open_together(list), together);
    }
    let generation = 8 * u64::from(CAPACITY);
    for counter in [0, generation - 1, generation, 5 * generation + 3] {
        let first = counter / generation * generation;
        let lists: BTreeSet<u64> = (first..first + 8).map(|counter| Slot::of(counter).list).collect();
        assert!(open_together(Slot::of(counter).list).eq(lists));
    }
}

#[test]
fn cover_is_one_to_four_each_as_often() {
    let counts: Vec<u32> = (0..=u8::MAX).map(cover_for).collect();
    for count in 1..=4 {
        assert_eq!(counts.iter().filter(|c| **c == count).count(), 64);
    }
}

#[test]
fn a_nation_has_969_lists() {
    assert_eq!(1_000_000_000_u32.div_ceil(CAPACITY), 969);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_cover_is_any_copys_entry(key: [u8; 32], counter in 0..2_000_000_000_u64, nths in proptest::collection::vec(0..COVER_RESERVE, 64)) {
        let mut allocator = IndexAllocator::new(key);
        let copy = allocator.allocate(counter);
        for nth in nths {
            prop_assert_ne!(allocator.cover(copy.list, nth), Some(copy.index));
        }
    }
}

#[test]
fn keys_are_not_printed() {
    let shown = format!("{:?} {:?}", IndexAllocator::new(KEY), IndexPermutation::new(&KEY, 0));
    assert_eq!(shown, "IndexAllocator([redacted]) IndexPermutation([redacted])");
}
