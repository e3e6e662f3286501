//! Writing what a group of calls changed.

use mapae_types::Timestamp;

use super::{Fate, Rows, World, mark};
use crate::{
    ids::DocumentId,
    store::{
        StoreError,
        rows::{BATCH, BatchRow, Document, NOTIFIED, Stored, notified},
        sql::{Arg, Kind, Query, Reader, Row, Table, Transaction, blob, int},
    },
};

static NONCES: Table = Table { name: "used_nonces", columns: &[("mark", Kind::Blob)] };

static RETIRED: Table = Table { name: "grants", columns: &[("id", Kind::Blob), ("keep_until", Kind::Int)] };

static REVOCATIONS: Table = Table {
    name: "revocations",
    columns: &[
        ("nth", Kind::Int),
        ("first_number", Kind::Int),
        ("copies", Kind::Int),
        ("valid_until", Kind::Int),
        ("revoked_at", Kind::Int),
    ],
};

const REVOKE: &str = "UPDATE batches SET revoked = 1 WHERE document = $1 AND revoked = 0
    RETURNING first_number, copies, valid_until";

/// Holds the counter's row until the commit, so that revocations are numbered in the order of commits.
const COUNT: &str = "UPDATE counters SET value = value + $1 WHERE name = 'revocations' RETURNING value";

impl World {
    /// Writes.
    pub(in crate::store) async fn flush(&self, transaction: &mut impl Transaction) -> Result<(), StoreError> {
        self.flush_documents(transaction).await?;
        flush(transaction, &self.offers).await?;
        flush(transaction, &self.grants).await?;
        flush(transaction, &self.sign_ins).await?;
        flush(transaction, &self.deferred).await?;
        let nonces = self.using.iter().map(|nonce| vec![blob(&mark(nonce))]);
        insert(transaction, &NONCES, nonces.collect()).await?;
        let revoked = self.revoke_old(transaction).await?;
        let batches = self.batches.iter().map(BatchRow::to_row).collect::<Result<Vec<Row>, _>>()?;
        insert(transaction, &BATCH, batches).await?;
        let retired = self.retiring.iter().map(|(root, at)| vec![blob(root.as_bytes()), int(at.unix())]);
        update(transaction, &RETIRED, retired.collect()).await?;
        let events = self.notified.iter().map(|(batch, event)| notified(*batch, *event));
        update(transaction, &NOTIFIED, events.collect()).await?;
        self.flush_revocations(transaction, revoked).await
    }

    /// Slots are left before others take them.
    async fn flush_documents(&self, transaction: &mut impl Transaction) -> Result<(), StoreError> {
        let changed = |over: bool| {
            let changed = self.documents.with(Fate::Changed);
            changed.filter(move |document| document.slot().is_none() == over).map(Document::to_row)
        };
        update(transaction, Document::TABLE, changed(true).collect::<Result<_, _>>()?).await?;
        update(transaction, Document::TABLE, changed(false).collect::<Result<_, _>>()?).await?;
        let new = self.documents.with(Fate::New).map(Document::to_row);
        insert(transaction, Document::TABLE, new.collect::<Result<_, _>>()?).await
    }

    /// Batches of before this group, which must not be mixed up with what was made after a document was resumed.
    async fn revoke_old(&self, transaction: &mut impl Transaction) -> Result<Vec<Row>, StoreError> {
        let mut revoked = Vec::new();
        for (document, at) in &self.revoking {
            revoked.extend(revoke(transaction, *document, *at).await?);
        }
        Ok(revoked)
    }

    async fn flush_revocations(
        &self,
        transaction: &mut impl Transaction,
        mut revoked: Vec<Row>,
    ) -> Result<(), StoreError> {
        for batch in &self.batches {
            revoked.extend(batch.revocation()?);
        }
        if revoked.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(revoked.len()).unwrap_or(i64::MAX);
        let last = transaction.select(Query::giving(&[Kind::Int], COUNT, vec![Arg::Int(count)])).await?;
        let last = last.into_iter().next().unwrap_or_default();
        let first = Reader::new("counters", last).int()? - count + 1;
        let numbered = (first..).zip(revoked).map(|(nth, mut row)| {
            row.insert(0, int(nth));
            row
        });
        insert(transaction, &REVOCATIONS, numbered.collect()).await
    }
}

/// The document's batches that were not revoked before, as rows of [`REVOCATIONS`] without their number.
async fn revoke(
    transaction: &mut impl Transaction,
    document: DocumentId,
    at: Timestamp,
) -> Result<Vec<Row>, StoreError> {
    let query = Query::giving(&[Kind::Int; 3], REVOKE, vec![Arg::Blob(document.as_bytes().to_vec())]);
    let mut rows = transaction.select(query).await?;
    for row in &mut rows {
        row.push(int(at.unix()));
    }
    Ok(rows)
}

async fn flush<K: Ord, V: Stored>(transaction: &mut impl Transaction, rows: &Rows<K, V>) -> Result<(), StoreError> {
    let changed = rows.with(Fate::Changed).map(V::to_row).collect::<Result<_, _>>()?;
    update(transaction, V::TABLE, changed).await?;
    insert(transaction, V::TABLE, rows.with(Fate::New).map(V::to_row).collect::<Result<_, _>>()?).await
}

async fn insert(transaction: &mut impl Transaction, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
    if rows.is_empty() { Ok(()) } else { transaction.insert(table, rows).await }
}

async fn update(transaction: &mut impl Transaction, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
    if rows.is_empty() { Ok(()) } else { transaction.update(table, rows).await }
}
