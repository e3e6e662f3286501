//! The instances of the wallet: since when each is known, and which are blocked. In SQLite, in one file.
//!
//! Left out: when an instance asked last, and for what. The provider would learn when its people see their issuers, which
//! is nobody's business.

use core::{fmt, str::FromStr};

use mapae_jose::Jwk;
use mapae_sql::{Component, SqlError, SqliteDatabase, Swap};
use mapae_types::{Timestamp, hex};

/// The tables.
pub const INSTANCES: Component = Component {
    name: "wallet-provider",
    sqlite: &["CREATE TABLE instances (
            id BLOB PRIMARY KEY CHECK (length(id) = 32),
            since INTEGER NOT NULL,
            blocked_at INTEGER,
            reason TEXT,
            CHECK ((blocked_at IS NULL) = (reason IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), bytes BLOB NOT NULL) STRICT"],
    postgres: &[],
};

/// Names an instance: the thumbprint of its key (RFC 7638). Written in hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InstanceId([u8; 32]);

/// The text is no id of an instance. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of an instance has 64 hexadecimal digits")]
pub struct InstanceIdError;

/// What is known of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// When it asked for the first time.
    pub since: Timestamp,
    /// When it was blocked, and why.
    pub blocked: Option<(Timestamp, String)>,
}

/// What came of blocking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// It is blocked from now on.
    Done,
    /// It was blocked before, for a reason that stays.
    Before,
    /// No such instance ever asked.
    Unknown,
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Instances(SqliteDatabase);

type Row = (i64, Option<i64>, Option<String>);

impl InstanceId {
    /// The id of the instance that has that key.
    pub fn of(key: &Jwk) -> Self {
        Self(key.thumbprint())
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for InstanceId {
    type Err = InstanceIdError;

    fn from_str(text: &str) -> Result<Self, InstanceIdError> {
        hex::decode(text).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(InstanceIdError)
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for InstanceId {
    /// It stands for somebody's phone: no log shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstanceId([redacted])")
    }
}

impl Instances {
    /// In a database that has the tables of [`INSTANCES`].
    pub const fn new(database: SqliteDatabase) -> Self {
        Self(database)
    }

    /// What is known of an instance.
    pub async fn get(&self, id: &InstanceId) -> Result<Option<Instance>, SqlError> {
        let row = sqlx::query_as("SELECT since, blocked_at, reason FROM instances WHERE id = ?1");
        let row: Option<Row> = row.bind(id.0.as_slice()).fetch_optional(self.0.readers()).await?;
        row.map(instance).transpose()
    }

    /// The instance, which is known from now on if it was not.
    pub async fn meet(&self, id: &InstanceId, at: Timestamp) -> Result<Instance, SqlError> {
        if let Some(known) = self.get(id).await? {
            return Ok(known);
        }
        let insert = "INSERT INTO instances (id, since) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
        let mut transaction = self.0.begin().await?;
        sqlx::query(insert).bind(id.0.as_slice()).bind(at.unix()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        // Another request of the same instance may have been faster, and somebody may have blocked it since.
        self.get(id).await?.ok_or(SqlError::Lost)
    }

    /// Blocks an instance, for good: a phone that was found again begins anew.
    pub async fn block(&self, id: &InstanceId, reason: &str, at: Timestamp) -> Result<Blocking, SqlError> {
        let block = "UPDATE instances SET blocked_at = ?2, reason = ?3 WHERE id = ?1 AND blocked_at IS NULL";
        let block = sqlx::query(block).bind(id.0.as_slice()).bind(at.unix()).bind(reason);
        let mut transaction = self.0.begin().await?;
        let blocked = Swap::of(block.execute(&mut *transaction).await?.rows_affected())?;
        transaction.commit().await?;
        Ok(match (blocked, self.get(id).await?) {
            (Swap::Done, _) => Blocking::Done,
            (Swap::Lost, Some(_)) => Blocking::Before,
            (Swap::Lost, None) => Blocking::Unknown,
        })
    }

    /// Writes so many bytes and reads them back.
    pub(crate) async fn probe(&self, bytes: &[u8]) -> Result<(), SqlError> {
        let write = "INSERT INTO probe (one, bytes) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET bytes = ?1";
        let mut transaction = self.0.begin().await?;
        sqlx::query(write).bind(bytes).execute(&mut *transaction).await?;
        transaction.commit().await?;
        let read: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM probe").fetch_one(self.0.readers()).await?;
        if read == bytes { Ok(()) } else { Err(SqlError::Damaged { what: "the probe" }) }
    }
}

fn instance((since, blocked_at, reason): Row) -> Result<Instance, SqlError> {
    let time = |unix| Timestamp::from_unix(unix).map_err(|_| SqlError::Damaged { what: "a time" });
    Ok(Instance { since: time(since)?, blocked: blocked_at.map(time).transpose()?.zip(reason) })
}
