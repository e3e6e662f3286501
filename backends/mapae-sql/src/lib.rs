//! SQLite and PostgreSQL behind one face: opened by [`Address`], with tables by [`Component`], and a commit that is
//! either durable or an error (design D12).
//!
//! [`Database`] says which of the two it is; the SQL is the services' own, since each store has its own best way. Errors
//! name the party that has to act ([`SqlError::party`]). State that several may move is moved by compare-and-swap
//! ([`Swap`]).
//!
//! Left out: pools of machines (`postgres://` names what routes to the primary), and retrying: a transaction whose commit
//! was not confirmed is the caller's to look up.
//!
//! ```no_run
//! use mapae_sql::{Component, Database, SqlError, Swap};
//!
//! const COUNTER: Component = Component {
//!     name: "counter",
//!     sqlite: &["CREATE TABLE counter (value INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES (0)"],
//!     postgres: &["CREATE TABLE counter (value BIGINT NOT NULL); INSERT INTO counter VALUES (0)"],
//! };
//!
//! async fn advance(from: i64) -> Result<Swap, SqlError> {
//!     let Database::Sqlite(database) = Database::create(&"sqlite:counter.db".parse()?, &COUNTER).await? else {
//!         return Ok(Swap::Lost);
//!     };
//!     let mut transaction = database.begin().await?;
//!     let advanced = sqlx::query("UPDATE counter SET value = value + 1 WHERE value = ?1").bind(from);
//!     let swap = Swap::of(advanced.execute(&mut *transaction).await?.rows_affected())?;
//!     if swap == Swap::Done {
//!         transaction.commit().await?;
//!     }
//!     Ok(swap)
//! }
//! ```

mod address;
mod component;
mod error;
mod notice;
mod postgres;
mod sqlite;
mod swap;
mod translate;

pub use address::Address;
pub use component::Component;
pub use error::{Party, SqlError};
pub use postgres::{PostgresDatabase, PostgresTransaction};
pub use sqlite::{SqliteDatabase, SqliteTransaction};
pub use swap::Swap;

use address::Place;
use component::Mode;

/// A store with a component's tables, at the newest version.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file.
    Sqlite(SqliteDatabase),
    /// A server.
    Postgres(PostgresDatabase),
}

impl Database {
    /// Opens a store that has been made, and brings older tables up to date. [`SqlError::Absent`] if it is not there.
    pub async fn open(address: &Address, component: &Component) -> Result<Self, SqlError> {
        Self::connect(address, component, Mode::Open).await
    }

    /// Opens a store, and makes it if it is not there. A database of PostgreSQL must be there, though it may be empty.
    pub async fn create(address: &Address, component: &Component) -> Result<Self, SqlError> {
        Self::connect(address, component, Mode::Create).await
    }

    async fn connect(address: &Address, component: &Component, mode: Mode) -> Result<Self, SqlError> {
        match &address.0 {
            Place::Sqlite(file) => SqliteDatabase::open(file, component, mode).await.map(Self::Sqlite),
            Place::Postgres(options) => PostgresDatabase::open(options, component, mode).await.map(Self::Postgres),
        }
    }
}
