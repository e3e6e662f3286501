//! Ascending indices as the gaps between them, in Rice's code.
//!
//! Indices of a list are scattered evenly, so gaps are geometrically distributed, for which this code is all but the
//! best: 60 new ones of 2^20 take 118 bytes, against 143 as LEB128. A gap is its upper bits as that many ones and a
//! zero, then its lower bits, the highest first. The first byte says how many lower bits there are; ones fill the last.

/// More lower bits than an index has are never worth it.
const MAX_LOWER: u8 = 31;

/// Writes indices in ascending order.
pub(super) fn write(indices: &[u32]) -> Vec<u8> {
    let gaps: Vec<u32> = gaps(indices).collect();
    let lower = best_lower(&gaps);
    let mut bits = Vec::new();
    for gap in gaps {
        (0..gap >> lower).for_each(|_| bits.push(true));
        bits.push(false);
        bits.extend((0..lower).rev().map(|bit| gap >> bit & 1 == 1));
    }
    bits.resize(bits.len().next_multiple_of(8), true);
    let bytes = bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    [lower].into_iter().chain(bytes).collect()
}

/// Reads what [`write`] writes, and nothing else; the indices ascend and lie below `end`.
pub(super) fn read(bytes: &[u8], end: u32) -> Option<Vec<u32>> {
    let (lower, codes) = bytes.split_first().filter(|(lower, _)| **lower <= MAX_LOWER)?;
    let mut bits = codes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    let (mut indices, mut next) = (Vec::new(), 0_u64);
    // A code that the end cuts off is what fills the last byte, or is refused below.
    while let Some(gap) = read_gap(&mut bits, *lower) {
        let index = u32::try_from(next + gap).ok().filter(|index| *index < end)?;
        indices.push(index);
        next = u64::from(index) + 1;
    }
    // There is one way to write indices, so that a delta has one form.
    (write(&indices) == bytes).then_some(indices)
}

fn gaps(indices: &[u32]) -> impl Iterator<Item = u32> {
    let mut next = 0;
    indices.iter().map(move |index| {
        let gap = index.saturating_sub(next);
        next = index.saturating_add(1);
        gap
    })
}

/// How many lower bits make the shortest code; the least of several.
fn best_lower(gaps: &[u32]) -> u8 {
    let bits = |lower: &u8| gaps.iter().map(|gap| u64::from(gap >> lower) + u64::from(*lower)).sum::<u64>();
    (0..=MAX_LOWER).min_by_key(bits).unwrap_or_default()
}

fn read_gap(bits: &mut impl Iterator<Item = bool>, lower: u8) -> Option<u64> {
    let mut upper = 0_u64;
    while bits.next()? {
        upper += 1;
    }
    (0..lower).try_fold(upper, |gap, _| Some(gap.checked_mul(2)? | u64::from(bits.next()?)))
}
