//! SQLite: one file, one writer, every commit forced to the disk.
//!
//! With a write-ahead log readers do not wait for the writer. Writers of several processes take turns: `BEGIN IMMEDIATE`
//! waits for its own, so that a transaction which has begun cannot fail because another one writes.

use core::ops::{Deref, DerefMut};
use core::time::Duration;
use std::fs::File;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqliteConnection, SqlitePool, Transaction};
use tokio::time::Instant;

use crate::component::{Component, Mode};
use crate::{SqlError, translate};

/// How long SQLite itself waits for a lock, again and again up to [`PATIENCE`].
const TURN: Duration = Duration::from_secs(5);
/// How long a writer waits for others. A batch takes milliseconds, so whoever holds on longer is stuck.
const PATIENCE: Duration = Duration::from_mins(1);
const READERS: u32 = 4;

/// A file of SQLite with a component's tables.
#[derive(Debug, Clone)]
pub struct SqliteDatabase {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A transaction that holds the writer's place. Dropped, it never happened.
#[derive(Debug)]
#[must_use]
pub struct SqliteTransaction(Transaction<'static, sqlx::Sqlite>);

impl SqliteDatabase {
    pub(crate) async fn open(file: &Path, component: &Component, mode: Mode) -> Result<Self, SqlError> {
        // A missing file must not be made by the way: who lost state must not go on as if there had been none.
        if mode == Mode::Open && !file.exists() {
            return Err(SqlError::Absent { component: component.name });
        }
        let options = options(file).create_if_missing(mode == Mode::Create);
        let pool = SqlitePoolOptions::new().max_lifetime(None).idle_timeout(None).acquire_timeout(PATIENCE);
        let writer = pool.clone().max_connections(1);
        let writer = patiently(|| writer.clone().connect_with(options.clone())).await?;
        let readers = pool
            .max_connections(READERS)
            .connect_lazy_with(options.pragma("query_only", "ON").pragma("cache_size", READ_CACHE));
        let database = Self { writer, readers };
        database.assert_durable().await?;
        database.migrate(component, mode).await?;
        if mode == Mode::Create {
            sync_folder(file)?;
        }
        Ok(database)
    }

    /// Connections for reading; SQLite refuses to write on them.
    pub const fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Closes every connection, and waits until they are closed: whoever closes the last one moves what stands beside the
    /// file into it, and removes that.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Takes the writer's place, waiting for whoever holds it.
    pub async fn begin(&self) -> Result<SqliteTransaction, SqlError> {
        patiently(|| self.writer.begin_with("BEGIN IMMEDIATE")).await.map(SqliteTransaction)
    }

    /// What the file was set to: some file systems cannot have a write-ahead log, and SQLite then goes on without.
    async fn assert_durable(&self) -> Result<(), SqlError> {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&self.writer).await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&self.writer).await?;
        if journal != "wal" {
            return Err(SqlError::Unsafe { setting: "journal_mode", value: journal });
        }
        if synchronous < FULL {
            return Err(SqlError::Unsafe { setting: "synchronous", value: synchronous.to_string() });
        }
        Ok(())
    }

    async fn migrate(&self, component: &Component, mode: Mode) -> Result<(), SqlError> {
        let mut transaction = self.begin().await?;
        let version = version(&mut transaction, component).await?;
        for (version, step) in component.missing(component.sqlite, version, mode)? {
            sqlx::raw_sql(step).execute(&mut *transaction).await?;
            sqlx::query(STAMP).bind(component.name).bind(version).execute(&mut *transaction).await?;
        }
        // SQLite opens what it cannot write, and says so at the first write only.
        sqlx::raw_sql("UPDATE mapae_schema SET version = version").execute(&mut *transaction).await?;
        transaction.commit().await
    }
}

/// `PRAGMA synchronous`: 2 is FULL, 3 is EXTRA.
const FULL: i64 = 2;

const STAMP: &str = "INSERT INTO mapae_schema (component, version) VALUES (?1, ?2)
    ON CONFLICT (component) DO UPDATE SET version = excluded.version";

/// The version of a component's tables, if there are any.
async fn version(connection: &mut SqliteConnection, component: &Component) -> Result<Option<i64>, SqlError> {
    let table = "CREATE TABLE IF NOT EXISTS mapae_schema (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT";
    sqlx::raw_sql(table).execute(&mut *connection).await?;
    let version = sqlx::query_scalar("SELECT version FROM mapae_schema WHERE component = ?1");
    Ok(version.bind(component.name).fetch_optional(connection).await?)
}

/// 64 MiB in memory (negative: KiB): a batch fits, and with it the pages of an index into which hashes fall at random.
const CACHE: &str = "-65536";
/// 2 MiB for who reads: SQLite drops a reader's whole cache whenever the writer has committed.
const READ_CACHE: &str = "-2048";
/// Pages of the write-ahead log, 40 MB, before they are moved into the file. At SQLite's 4 MB a batch would wait three
/// times for the disk and write every page twice.
const CHECKPOINT: &str = "10000";

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(TURN)
        .pragma("cache_size", CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT)
}

/// The file's name is in its folder, which has to reach the disk too.
fn sync_folder(file: &Path) -> Result<(), SqlError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| SqlError::Failed(error.into()))
}

/// Tries until others have made room. Switching to a write-ahead log, for one, does not wait by itself.
async fn patiently<T, F>(attempt: impl Fn() -> F) -> Result<T, SqlError>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        match attempt().await.map_err(SqlError::from) {
            Err(SqlError::Busy) if Instant::now() < end => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(SqlError::Failed(sqlx::Error::PoolTimedOut)) => return Err(SqlError::Busy),
            done => return done,
        }
    }
}

impl SqliteTransaction {
    /// Commits; done when the write-ahead log is on the disk.
    pub async fn commit(self) -> Result<(), SqlError> {
        self.0.commit().await.map_err(translate::of_commit)
    }

    /// Gives up, and waits until that is done.
    pub async fn rollback(self) -> Result<(), SqlError> {
        Ok(self.0.rollback().await?)
    }
}

impl Deref for SqliteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0
    }
}

impl DerefMut for SqliteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}
