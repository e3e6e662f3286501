//! Between our values and columns: sizes and indices are signed in SQL.

use core::ops::Range;

use mapae_ledger::{Entry, Origin, TreeHash, TreeHead, WitnessRecord};
use mapae_sql::SqlError;

use super::StoreError;

/// A size or an index as it is stored. Logs end at 2⁶³ − 1 entries.
pub(super) fn number(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge { number })
}

/// A range as far as it can have entries.
pub(super) fn bounds(range: &Range<u64>) -> (i64, i64) {
    let bound = |end: u64| i64::try_from(end).unwrap_or(i64::MAX);
    (bound(range.start), bound(range.end))
}

pub(super) fn index((index,): (i64,)) -> Result<u64, SqlError> {
    index.try_into().map_err(|_| SqlError::Damaged { what: "an index" })
}

pub(super) fn head((size, root): (i64, Vec<u8>)) -> Result<TreeHead, SqlError> {
    let size = size.try_into().map_err(|_| SqlError::Damaged { what: "a size" })?;
    Ok(TreeHead::new(size, TreeHash::from_bytes(hash(root)?)))
}

pub(super) fn record(origin: &Origin, row: (i64, Vec<u8>)) -> Result<WitnessRecord, SqlError> {
    WitnessRecord::stored(origin.clone(), head(row)?).map_err(|_| SqlError::Damaged { what: "a witness's record" })
}

pub(super) fn hash(bytes: Vec<u8>) -> Result<[u8; 32], SqlError> {
    bytes.try_into().map_err(|_| SqlError::Damaged { what: "a hash" })
}

pub(super) fn entries(rows: Vec<(Vec<u8>,)>) -> Result<Vec<Entry>, SqlError> {
    let entry = |(bytes,)| Entry::new(bytes).map_err(|_| SqlError::Damaged { what: "an entry" });
    rows.into_iter().map(entry).collect()
}

/// So many entries lead from the one head to the other; none lead from a head to itself only.
pub(super) fn leads(before: TreeHead, after: TreeHead, entries: usize) -> Result<(), StoreError> {
    let grown = after.size().checked_sub(before.size());
    let fits = grown.is_some_and(|grown| usize::try_from(grown) == Ok(entries)) && (entries > 0 || before == after);
    let differ = StoreError::SizesDiffer { before: before.size(), after: after.size(), entries };
    if fits { Ok(()) } else { Err(differ) }
}

/// A record only grows; an auditor judged all that it grew by, a plain witness nothing.
pub(super) fn grows(before: &WitnessRecord, after: &WitnessRecord, judged: usize) -> Result<(), StoreError> {
    if before.origin() != after.origin() {
        return Err(StoreError::OriginsDiffer);
    }
    let (before, after) = (before.head(), after.head());
    if judged > 0 || after.size() <= before.size() { leads(before, after, judged) } else { Ok(()) }
}
