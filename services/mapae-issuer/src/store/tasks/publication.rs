//! What lists and the journal are made of.

use core::ops::Range;

use mapae_sql::Swap;
use mapae_types::Timestamp;

use crate::{
    ids::{BatchId, DocumentId},
    store::{
        Journal, Lease, Revocation, StoreError, StoredBatch,
        rows::{BATCH, journal_leaf, stored},
        sql::{Arg, Backend, Kind, Query, Reader, Row, Transaction, number},
    },
};

const RESERVE: &str = "UPDATE counters SET value = value + $1 WHERE name = 'numbers' RETURNING value";
const ONE: &str = "SELECT {columns} FROM batches WHERE id = $1";
const OF_DOCUMENT: &str = "SELECT {columns} FROM batches WHERE document = $1 ORDER BY id";
const REVOKED: &str = "SELECT nth, first_number, copies, valid_until, revoked_at FROM revocations
    WHERE nth > $1 ORDER BY nth LIMIT $2";
const COVER: &str = "SELECT entries FROM covers WHERE list = $1";
const COVER_FIRST: &str = "INSERT INTO covers (list, entries) VALUES ($1, $2)
    ON CONFLICT (list) DO UPDATE SET entries = excluded.entries WHERE covers.entries = 0";
const COVER_MORE: &str = "UPDATE covers SET entries = $2 WHERE list = $1 AND entries = $3";
const JOURNAL: &str = "SELECT {columns} FROM batches WHERE made_at >= $1 AND made_at < $2
    AND (made_at, id) > ($3, $4) ORDER BY made_at, id LIMIT 1000";
const LEASE: &str = "INSERT INTO leases (task, holder, until) VALUES ($1, $2, $3)
    ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leases.holder = excluded.holder OR leases.until < $4";

pub(in crate::store) async fn reserve(backend: &impl Backend, count: u32) -> Result<Range<u64>, StoreError> {
    let mut transaction = backend.begin().await?;
    let query = Query::giving(&[Kind::Int], RESERVE, vec![Arg::Int(count.into())]);
    let end = transaction.select(query).await?.into_iter().next().unwrap_or_default();
    transaction.commit().await?;
    let mut reader = Reader::new("counters", end);
    let end: u64 = reader.count()?;
    let start = end.checked_sub(count.into()).ok_or_else(|| reader.damaged())?;
    Ok(start..end)
}

/// One that is sure to last: its copies will be signed once more.
pub(in crate::store) async fn batch(backend: &impl Backend, id: BatchId) -> Result<Option<StoredBatch>, StoreError> {
    let query = Query::of(&BATCH, ONE, vec![Arg::Blob(id.as_bytes().to_vec())]);
    backend.select_durable(query).await?.into_iter().next().map(stored).transpose()
}

pub(in crate::store) async fn batches_of(
    backend: &impl Backend,
    document: DocumentId,
) -> Result<Vec<StoredBatch>, StoreError> {
    let document = Arg::Blob(document.as_bytes().to_vec());
    let rows = backend.select(Query::of(&BATCH, OF_DOCUMENT, vec![document])).await?;
    rows.into_iter().map(stored).collect()
}

pub(in crate::store) async fn revoked(
    backend: &impl Backend,
    after: u64,
    limit: u32,
) -> Result<Vec<Revocation>, StoreError> {
    let args = vec![Arg::Int(number(after)?), Arg::Int(limit.into())];
    let rows = backend.select(Query::giving(&[Kind::Int; 5], REVOKED, args)).await?;
    rows.into_iter().map(revocation).collect()
}

fn revocation(row: Row) -> Result<Revocation, StoreError> {
    let mut reader = Reader::new("revocations", row);
    let (nth, first, copies): (u64, u64, u64) = (reader.count()?, reader.count()?, reader.count()?);
    let numbers = first..first.saturating_add(copies);
    Ok(Revocation { nth, numbers, valid_until: reader.time()?, at: reader.time()? })
}

pub(in crate::store) async fn cover(backend: &impl Backend, list: u64) -> Result<u32, StoreError> {
    let rows = backend.select(Query::giving(&[Kind::Int], COVER, vec![Arg::Int(number(list)?)])).await?;
    rows.into_iter().next().map_or(Ok(0), |row| Reader::new("covers", row).count())
}

pub(in crate::store) async fn set_cover(
    backend: &impl Backend,
    list: u64,
    before: u32,
    after: u32,
) -> Result<Swap, StoreError> {
    let (list, after) = (Arg::Int(number(list)?), Arg::Int(after.into()));
    let query = match before {
        0 => Query::new(COVER_FIRST, vec![list, after]),
        before => Query::new(COVER_MORE, vec![list, after, Arg::Int(before.into())]),
    };
    swap(backend, query).await
}

pub(in crate::store) async fn lease(backend: &impl Backend, lease: &Lease) -> Result<Swap, StoreError> {
    let args = vec![
        Arg::Text(lease.task.to_owned()),
        Arg::Text(lease.holder.clone()),
        Arg::Int(lease.until.unix()),
        Arg::Int(lease.now.unix()),
    ];
    swap(backend, Query::new(LEASE, args)).await
}

/// One statement that changes one row, or finds that it is not as expected.
pub(in crate::store) async fn swap(backend: &impl Backend, query: Query) -> Result<Swap, StoreError> {
    let mut transaction = backend.begin().await?;
    let swapped = Swap::of(transaction.execute(query).await?)?;
    transaction.commit().await?;
    Ok(swapped)
}

/// Page by page, of which only the leaves stay.
pub(in crate::store) async fn journal(backend: &impl Backend, span: Range<Timestamp>) -> Result<Journal, StoreError> {
    let mut journal = Journal::default();
    let mut last = (span.start, Vec::new());
    loop {
        let (at, id) = last.clone();
        let (start, end) = (Arg::Int(span.start.unix()), Arg::Int(span.end.unix()));
        let args = vec![start, end, Arg::Int(at.unix()), Arg::Blob(id)];
        let page = backend.select(Query::of(&BATCH, JOURNAL, args)).await?;
        let page = page.into_iter().map(stored).collect::<Result<Vec<_>, _>>()?;
        let Some(end) = page.last() else { return Ok(journal) };
        last = (end.at, end.id.as_bytes().to_vec());
        journal.copies += page.iter().map(|batch| batch.numbers.end - batch.numbers.start).sum::<u64>();
        journal.leaves.extend(page.iter().map(journal_leaf));
    }
}
