//! Both stores in PostgreSQL. Entries go in by one statement that unfolds arrays.
//!
//! Locks are taken in one order, the head's row first, so that of two appends one waits and then finds another head.

use core::ops::Range;

use mapae_ledger::{Entry, KeyId, Origin, TreeHash, TreeHead, WitnessRecord};
use mapae_sql::{PostgresDatabase, Swap};
use sqlx::PgConnection;

use super::{BirthMark, LogStore, StoreError, WitnessStore, row};

/// A log's store in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresLogStore(PostgresDatabase);

/// A witness's store in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresWitnessStore(PostgresDatabase);

impl PostgresLogStore {
    /// A store in a database that has the tables of [`LOG`](super::LOG).
    pub const fn new(database: PostgresDatabase) -> Self {
        Self(database)
    }
}

impl PostgresWitnessStore {
    /// A store in a database that has the tables of [`WITNESS`](super::WITNESS).
    pub const fn new(database: PostgresDatabase) -> Self {
        Self(database)
    }
}

impl LogStore for PostgresLogStore {
    async fn begin(&self, origin: &Origin) -> Result<Swap, StoreError> {
        let insert = "INSERT INTO logs (origin, size, root) VALUES ($1, 0, $2) ON CONFLICT (origin) DO NOTHING";
        let insert = sqlx::query(insert).bind(origin.as_str()).bind(TreeHash::EMPTY.as_bytes().as_slice());
        let mut transaction = self.0.begin().await?;
        let begun = Swap::of(insert.execute(&mut *transaction).await?.rows_affected())?;
        transaction.commit().await?;
        Ok(begun)
    }

    async fn head(&self, origin: &Origin) -> Result<Option<TreeHead>, StoreError> {
        let head = sqlx::query_as("SELECT size, root FROM logs WHERE origin = $1").bind(origin.as_str());
        Ok(head.fetch_optional(self.0.readers()).await?.map(row::head).transpose()?)
    }

    async fn append(
        &self,
        origin: &Origin,
        before: TreeHead,
        after: TreeHead,
        entries: &[Entry],
    ) -> Result<Swap, StoreError> {
        row::leads(before, after, entries.len())?;
        let first = row::number(before.size())?;
        let mut transaction = self.0.begin().await?;
        let move_head =
            "UPDATE logs SET size = $1, root = $2 WHERE origin = $3 AND size = $4 AND root = $5 RETURNING log";
        let move_head = sqlx::query_as(move_head).bind(row::number(after.size())?);
        let move_head = move_head.bind(after.root().as_bytes().to_vec()).bind(origin.as_str());
        let move_head = move_head.bind(first).bind(before.root().as_bytes().to_vec());
        let Some((log,)) = move_head.fetch_optional(&mut *transaction).await? else {
            transaction.rollback().await?;
            return Ok(Swap::Lost);
        };
        insert_entries(&mut transaction, log, first, entries).await?;
        transaction.commit().await?;
        Ok(Swap::Done)
    }

    async fn entries(&self, origin: &Origin, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        let (start, end) = row::bounds(&range);
        let entries = "SELECT bytes FROM entries JOIN logs USING (log)
            WHERE origin = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
        let entries = sqlx::query_as(entries).bind(origin.as_str()).bind(start).bind(end);
        Ok(row::entries(entries.fetch_all(self.0.readers()).await?)?)
    }

    async fn index_of(&self, origin: &Origin, leaf: TreeHash) -> Result<Option<u64>, StoreError> {
        let index = "SELECT idx FROM entries JOIN logs USING (log) WHERE origin = $1 AND leaf = $2";
        let index = sqlx::query_as(index).bind(origin.as_str()).bind(leaf.as_bytes().as_slice());
        Ok(index.fetch_optional(self.0.readers()).await?.map(row::index).transpose()?)
    }

    async fn publish(&self, origin: &Origin, size: u64, checkpoint: &str) -> Result<Swap, StoreError> {
        let publish = "UPDATE logs SET published_size = $1, published = $2
            WHERE origin = $3 AND size >= $1 AND coalesce(published_size, 0) <= $1";
        let publish = sqlx::query(publish).bind(row::number(size)?).bind(checkpoint).bind(origin.as_str());
        let mut transaction = self.0.begin().await?;
        let published = Swap::of(publish.execute(&mut *transaction).await?.rows_affected())?;
        transaction.commit().await?;
        Ok(published)
    }

    async fn published(&self, origin: &Origin) -> Result<Option<String>, StoreError> {
        let published = sqlx::query_scalar("SELECT published FROM logs WHERE origin = $1").bind(origin.as_str());
        Ok(published.fetch_optional(self.0.readers()).await?.flatten())
    }

    async fn put_rotation(&self, origin: &Origin, nth: u64, proof: &str) -> Result<(), StoreError> {
        let put = "INSERT INTO rotations (log, nth, proof) SELECT log, $2, $3 FROM logs WHERE origin = $1
            ON CONFLICT (log, nth) DO UPDATE SET nth = excluded.nth";
        let put = sqlx::query(put).bind(origin.as_str()).bind(row::number(nth)?).bind(proof);
        let mut transaction = self.0.begin().await?;
        put.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn rotations(&self, origin: &Origin) -> Result<Vec<String>, StoreError> {
        let rotations = "SELECT proof FROM rotations JOIN logs USING (log) WHERE origin = $1 ORDER BY nth";
        Ok(sqlx::query_scalar(rotations).bind(origin.as_str()).fetch_all(self.0.readers()).await?)
    }

    async fn put_draft(&self, manifest: [u8; 32], draft: &[u8]) -> Result<(), StoreError> {
        // Something is written even if the draft is there: the commit waits for the standbys only if it wrote.
        let put = "INSERT INTO drafts (manifest, draft) VALUES ($1, $2)
            ON CONFLICT (manifest) DO UPDATE SET manifest = excluded.manifest";
        let mut transaction = self.0.begin().await?;
        sqlx::query(put).bind(manifest.as_slice()).bind(draft).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn draft(&self, manifest: [u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let draft = sqlx::query_scalar("SELECT draft FROM drafts WHERE manifest = $1").bind(manifest.as_slice());
        Ok(draft.fetch_optional(self.0.readers()).await?)
    }
}

impl WitnessStore for PostgresWitnessStore {
    async fn mark(&self, key: KeyId, mark: BirthMark) -> Result<Swap, StoreError> {
        let give = "INSERT INTO birth (one, key, mark) VALUES (1, $1, $2) ON CONFLICT (one) DO NOTHING";
        let give = sqlx::query(give).bind(key.as_bytes().as_slice()).bind(mark.0.as_slice());
        let mut transaction = self.0.begin().await?;
        let given = Swap::of(give.execute(&mut *transaction).await?.rows_affected())?;
        transaction.commit().await?;
        Ok(given)
    }

    async fn birth(&self, key: KeyId) -> Result<Option<BirthMark>, StoreError> {
        let mark = sqlx::query_scalar("SELECT mark FROM birth WHERE key = $1").bind(key.as_bytes().as_slice());
        let mark = mark.fetch_optional(self.0.readers()).await?.map(row::hash).transpose()?;
        Ok(mark.map(BirthMark))
    }

    async fn record(&self, origin: &Origin) -> Result<Option<WitnessRecord>, StoreError> {
        let record = sqlx::query_as("SELECT size, root FROM records WHERE origin = $1").bind(origin.as_str());
        let record = record.fetch_optional(self.0.readers()).await?;
        Ok(record.map(|record| row::record(origin, record)).transpose()?)
    }

    async fn swap(
        &self,
        before: &WitnessRecord,
        after: &WitnessRecord,
        checkpoint: &str,
        judged: &[Entry],
    ) -> Result<Swap, StoreError> {
        row::grows(before, after, judged.len())?;
        let first = row::number(before.head().size())?;
        let mut transaction = self.0.begin().await?;
        let Some(log) = move_record(&mut transaction, before, after, checkpoint).await? else {
            transaction.rollback().await?;
            return Ok(Swap::Lost);
        };
        insert_judged(&mut transaction, log, first, judged).await?;
        transaction.commit().await?;
        Ok(Swap::Done)
    }

    async fn latest(&self, origin: &Origin) -> Result<Option<String>, StoreError> {
        let latest = sqlx::query_scalar("SELECT checkpoint FROM records WHERE origin = $1").bind(origin.as_str());
        Ok(latest.fetch_optional(self.0.readers()).await?)
    }

    async fn judged(&self, origin: &Origin, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        let (start, end) = row::bounds(&range);
        let judged = "SELECT bytes FROM judged JOIN records USING (log)
            WHERE origin = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
        let judged = sqlx::query_as(judged).bind(origin.as_str()).bind(start).bind(end);
        Ok(row::entries(judged.fetch_all(self.0.readers()).await?)?)
    }
}

/// The record's row, if it was as expected; a record that is not there is one of no entries.
async fn move_record(
    connection: &mut PgConnection,
    before: &WitnessRecord,
    after: &WitnessRecord,
    checkpoint: &str,
) -> Result<Option<i64>, StoreError> {
    let (size, root) = (row::number(after.head().size())?, after.head().root());
    let moved = "UPDATE records SET size = $1, root = $2, checkpoint = $3
        WHERE origin = $4 AND size = $5 AND root = $6 RETURNING log";
    let moved = sqlx::query_scalar(moved).bind(size).bind(root.as_bytes().as_slice()).bind(checkpoint);
    let was = before.head().root();
    let moved = moved.bind(before.origin().as_str()).bind(row::number(before.head().size())?);
    let log = moved.bind(was.as_bytes().as_slice()).fetch_optional(&mut *connection).await?;
    if log.is_some() || before.head() != TreeHead::EMPTY {
        return Ok(log);
    }
    let first = "INSERT INTO records (origin, size, root, checkpoint) VALUES ($1, $2, $3, $4)
        ON CONFLICT (origin) DO NOTHING RETURNING log";
    let first = sqlx::query_scalar(first).bind(after.origin().as_str()).bind(size);
    Ok(first.bind(root.as_bytes().as_slice()).bind(checkpoint).fetch_optional(connection).await?)
}

/// Entries of a statement: at 64 KiB each still below a message's limit of 1 GB.
const ROWS: usize = 8192;

async fn insert_entries(
    connection: &mut PgConnection,
    log: i64,
    first: i64,
    entries: &[Entry],
) -> Result<(), StoreError> {
    let mut place = first;
    for chunk in entries.chunks(ROWS) {
        let leaves: Vec<TreeHash> = chunk.iter().map(Entry::leaf).collect();
        let leaves: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.as_bytes().as_slice()).collect();
        let bytes: Vec<&[u8]> = chunk.iter().map(Entry::as_bytes).collect();
        let insert = "INSERT INTO entries (log, idx, leaf, bytes) SELECT $1, $2 + place - 1, leaf, bytes
            FROM unnest($3::bytea[], $4::bytea[]) WITH ORDINALITY AS added (leaf, bytes, place)";
        let insert = sqlx::query(insert).bind(log).bind(place).bind(leaves).bind(bytes);
        place += insert.execute(&mut *connection).await?.rows_affected().cast_signed();
    }
    Ok(())
}

async fn insert_judged(
    connection: &mut PgConnection,
    log: i64,
    first: i64,
    entries: &[Entry],
) -> Result<(), StoreError> {
    let mut place = first;
    for chunk in entries.chunks(ROWS) {
        let bytes: Vec<&[u8]> = chunk.iter().map(Entry::as_bytes).collect();
        let insert = "INSERT INTO judged (log, idx, bytes) SELECT $1, $2 + place - 1, bytes
            FROM unnest($3::bytea[]) WITH ORDINALITY AS added (bytes, place)";
        let insert = sqlx::query(insert).bind(log).bind(place).bind(bytes);
        place += insert.execute(&mut *connection).await?.rows_affected().cast_signed();
    }
    Ok(())
}
