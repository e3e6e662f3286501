//! PostgreSQL: commits that a quorum of standbys has, if the operator set one up.
//!
//! Every transaction asserts the settings that make it durable, since a role, a session and a reload can all change them;
//! and a commit that comes with a notice has failed (see `notice`).

use core::mem;
use core::ops::{Deref, DerefMut};
use core::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{PgConnection, PgPool, Row};

use crate::component::{Component, Mode};
use crate::notice::listening;
use crate::{SqlError, translate};

/// How long anybody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
const CONNECTIONS: u32 = 8;

/// A database of PostgreSQL with a component's tables.
#[derive(Debug, Clone)]
pub struct PostgresDatabase {
    pool: PgPool,
}

/// A transaction of isolation level READ COMMITTED. Dropped, it never happened, and its connection is closed.
#[derive(Debug)]
#[must_use]
pub struct PostgresTransaction {
    connection: PoolConnection<sqlx::Postgres>,
    over: bool,
}

impl PostgresDatabase {
    pub(crate) async fn open(options: &PgConnectOptions, component: &Component, mode: Mode) -> Result<Self, SqlError> {
        let options = options.clone().application_name(component.name);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        let database = Self { pool: pool.connect_with(options).await? };
        database.assert_notices_are_heard().await?;
        database.migrate(component, mode).await?;
        Ok(database)
    }

    /// Connections for reading.
    pub const fn readers(&self) -> &PgPool {
        &self.pool
    }

    /// Begins a transaction. Refused if it would not be durable.
    pub async fn begin(&self) -> Result<PostgresTransaction, SqlError> {
        let mut transaction = PostgresTransaction { connection: self.pool.acquire().await?, over: false };
        let answer = sqlx::raw_sql(BEGIN).fetch_all(&mut *transaction.connection).await?;
        assert_durable(&answer)?;
        Ok(transaction)
    }

    /// The guard is tried on a notice that is sure to come. Whoever builds without the log's macros, or silences the
    /// server, would otherwise never hear one.
    async fn assert_notices_are_heard(&self) -> Result<(), SqlError> {
        let mut connection = self.pool.acquire().await?;
        let (answer, notices) = listening(sqlx::raw_sql("COMMIT").execute(&mut *connection)).await;
        answer?;
        // "WARNING: there is no transaction in progress"
        if notices.is_empty() {
            return Err(SqlError::Unsafe { setting: "notices", value: "not heard".to_owned() });
        }
        Ok(())
    }

    async fn migrate(&self, component: &Component, mode: Mode) -> Result<(), SqlError> {
        let mut transaction = self.begin().await?;
        // CREATE TABLE IF NOT EXISTS fails when two do it at once.
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATIONS).execute(&mut *transaction).await?;
        let version = version(&mut transaction, component).await?;
        for (version, step) in component.missing(component.postgres, version, mode)? {
            sqlx::raw_sql(step).execute(&mut *transaction).await?;
            sqlx::query(STAMP).bind(component.name).bind(version).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }
}

/// The advisory lock of migrations: "mapae" in ASCII.
const MIGRATIONS: i64 = 0x6d_6170_6165;

const STAMP: &str = "INSERT INTO mapae_schema (component, version) VALUES ($1, $2)
    ON CONFLICT (component) DO UPDATE SET version = excluded.version";

/// The version of a component's tables, if there are any.
async fn version(connection: &mut PgConnection, component: &Component) -> Result<Option<i64>, SqlError> {
    let there: bool =
        sqlx::query_scalar("SELECT to_regclass('mapae_schema') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !there {
        let table = "CREATE TABLE mapae_schema (component TEXT PRIMARY KEY, version BIGINT NOT NULL)";
        sqlx::raw_sql(table).execute(&mut *connection).await?;
    }
    let version = sqlx::query_scalar("SELECT version FROM mapae_schema WHERE component = $1");
    Ok(version.bind(component.name).fetch_optional(connection).await?)
}

/// Begins and asks what decides whether the commit will last, in one round trip.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT current_setting('synchronous_commit'),
    current_setting('fsync'), current_setting('full_page_writes'), current_setting('client_min_messages')";

/// The settings in [`BEGIN`]'s order, with the values that are refused: `local` and `remote_write` survive no loss of a
/// machine, `off` no loss of power, and a client that asks for errors only hears no warning.
const REFUSED: [(&str, &[&str]); 4] = [
    ("synchronous_commit", &["off", "local", "remote_write"]),
    ("fsync", &["off"]),
    ("full_page_writes", &["off"]),
    ("client_min_messages", &["error"]),
];

fn assert_durable(answer: &[PgRow]) -> Result<(), SqlError> {
    let [row] = answer else { return Err(SqlError::Damaged { what: "the answer to BEGIN" }) };
    for (place, (setting, refused)) in REFUSED.into_iter().enumerate() {
        let value: String = row.try_get(place)?;
        if refused.contains(&value.as_str()) {
            return Err(SqlError::Unsafe { setting, value });
        }
    }
    Ok(())
}

impl PostgresTransaction {
    /// Commits; done when the server says so without any notice.
    pub async fn commit(mut self) -> Result<(), SqlError> {
        // COMMIT of a transaction that failed is answered with success and rolls back; SELECT fails in it.
        let commit = sqlx::raw_sql("SELECT 1; COMMIT").execute(&mut *self.connection);
        let (answer, notices) = listening(commit).await;
        if let Some(notice) = notices.into_iter().next() {
            return Err(SqlError::NotDurable { notice });
        }
        answer.map_err(translate::of_commit)?;
        self.over = true;
        Ok(())
    }

    /// Gives up, and keeps the connection for others.
    pub async fn rollback(mut self) -> Result<(), SqlError> {
        sqlx::raw_sql("ROLLBACK").execute(&mut *self.connection).await?;
        self.over = true;
        Ok(())
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        // Nobody knows what the connection is in the middle of; the server rolls back when it is closed.
        if !mem::replace(&mut self.over, true) {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for PostgresTransaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for PostgresTransaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
