//! Stores of either kind, and SQL that means the same in both.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_sql::{Address, Component, Database, PostgresTransaction, SqlError, SqliteTransaction, Swap};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;

/// A row that several move, and rows with rules.
pub(crate) const COUNTER: Component = Component {
    name: "counter",
    sqlite: &["CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL,
            CONSTRAINT counter_stays_small CHECK (value < 1000), UNIQUE (id, value)) STRICT;
        INSERT INTO counter VALUES (1, 0)"],
    postgres: &["CREATE TABLE counter (id BIGINT CONSTRAINT counter_id_key PRIMARY KEY, value BIGINT NOT NULL,
            CONSTRAINT counter_stays_small CHECK (value < 1000), UNIQUE (id, value));
        INSERT INTO counter VALUES (1, 0)"],
};

/// Where a store may be made; gone with the test.
pub(crate) struct Place {
    pub(crate) address: Address,
    _folder: Option<TempDir>,
}

/// A place of each kind that this machine has.
pub(crate) fn places() -> Vec<Place> {
    let folder = TempDir::new().unwrap();
    let sqlite = Place { address: Address::sqlite(folder.path().join("store.db")), _folder: Some(folder) };
    let postgres =
        scratch_postgres::shared().map(|server| Place { address: server.database().parse().unwrap(), _folder: None });
    [sqlite].into_iter().chain(postgres).collect()
}

pub(crate) enum Transaction {
    Sqlite(SqliteTransaction),
    Postgres(PostgresTransaction),
}

pub(crate) async fn begin(database: &Database) -> Result<Transaction, SqlError> {
    match database {
        Database::Sqlite(database) => database.begin().await.map(Transaction::Sqlite),
        Database::Postgres(database) => database.begin().await.map(Transaction::Postgres),
    }
}

impl Transaction {
    /// Runs SQL; the rows that it changed.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<u64, SqlError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Self::Sqlite(transaction) => Ok(sql.execute(&mut **transaction).await?.rows_affected()),
            Self::Postgres(transaction) => Ok(sql.execute(&mut **transaction).await?.rows_affected()),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), SqlError> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => transaction.rollback().await,
        }
    }
}

/// One transaction of one statement.
pub(crate) async fn run(database: &Database, sql: &str) -> Result<u64, SqlError> {
    let mut transaction = begin(database).await?;
    let rows = transaction.run(sql).await?;
    transaction.commit().await?;
    Ok(rows)
}

/// Moves the counter by one, if it still has that value.
pub(crate) async fn advance(database: &Database, from: i64) -> Result<Swap, SqlError> {
    let mut transaction = begin(database).await?;
    let sql = format!("UPDATE counter SET value = value + 1 WHERE id = 1 AND value = {from}");
    let swap = Swap::of(transaction.run(&sql).await?)?;
    match swap {
        Swap::Done => transaction.commit().await?,
        Swap::Lost => transaction.rollback().await?,
    }
    Ok(swap)
}

pub(crate) async fn number(database: &Database, sql: &'static str) -> i64 {
    match database {
        Database::Sqlite(database) => sqlx::query_scalar(sql).fetch_one(database.readers()).await.unwrap(),
        Database::Postgres(database) => sqlx::query_scalar(sql).fetch_one(database.readers()).await.unwrap(),
    }
}

pub(crate) async fn value(database: &Database) -> i64 {
    number(database, "SELECT value FROM counter WHERE id = 1").await
}
