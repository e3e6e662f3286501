//! Stores of either kind; opened twice, they are what two processes have.

use mapae_sql::Database;
use mapae_verifier::store::{Address, OpenIdStore, PostgresSessionStore, SessionStore, SqliteSessionStore, VERIFIER};
use tempfile::TempDir;

/// Where a store is made.
pub(crate) trait Place: Sized + Send + Sync + 'static {
    type Store: SessionStore + OpenIdStore;

    /// A new one; nothing if this machine has no such store.
    fn new() -> Option<Self>;

    fn address(&self) -> String;

    fn open(address: &str) -> impl Future<Output = Self::Store> + Send;

    async fn store(&self) -> Self::Store {
        Self::open(&self.address()).await
    }

    /// Everything that is in it, in whatever form.
    fn bytes(&self) -> Vec<u8>;
}

/// A file.
pub(crate) struct Sqlite(TempDir);

/// A database of a server.
pub(crate) struct Postgres(String);

async fn database(address: &str) -> Database {
    Database::create(&address.parse::<Address>().unwrap(), &VERIFIER).await.unwrap()
}

impl Place for Sqlite {
    type Store = SqliteSessionStore;

    fn new() -> Option<Self> {
        Some(Self(TempDir::new().unwrap()))
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.0.path().join("verifier.db").display())
    }

    async fn open(address: &str) -> SqliteSessionStore {
        match database(address).await {
            Database::Sqlite(database) => SqliteSessionStore::new(database),
            Database::Postgres(_) => unreachable!(),
        }
    }

    /// The file with its log, free pages included.
    fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.0.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Place for Postgres {
    type Store = PostgresSessionStore;

    fn new() -> Option<Self> {
        Some(Self(scratch_postgres::shared()?.database()))
    }

    fn address(&self) -> String {
        self.0.clone()
    }

    async fn open(address: &str) -> PostgresSessionStore {
        match database(address).await {
            Database::Postgres(database) => PostgresSessionStore::new(database),
            Database::Sqlite(_) => unreachable!(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let name = self.0.rsplit_once('/').unwrap().1.split('?').next().unwrap();
        let server = scratch_postgres::shared().unwrap();
        ["sessions", "messages", "openid"]
            .map(|table| server.sql_in(name, &format!("SELECT row_to_json({table}) FROM {table}")))
            .concat()
            .into_bytes()
    }
}

/// Runs a scenario on both.
macro_rules! on_both {
    ($($scenario:ident)+) => {
        mod sqlite { $(#[tokio::test] async fn $scenario() { super::$scenario::<crate::places::Sqlite>().await; })+ }
        mod postgres { $(#[tokio::test] async fn $scenario() { super::$scenario::<crate::places::Postgres>().await; })+ }
    };
}
pub(crate) use on_both;
