//! Stores of either kind; opened twice, they are what two processes have.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_issuer::store::{Address, ISSUER, IssuerStore, PostgresIssuerStore, SqliteIssuerStore};
use mapae_sql::Database;
use tempfile::TempDir;

/// Where a store is made.
pub(crate) trait Place: Sized + Send + Sync + 'static {
    type Store: IssuerStore + Clone;

    /// A new one; nothing if this machine has no such store.
    fn new() -> Option<Self>;

    fn address(&self) -> String;

    fn open(address: &str) -> impl Future<Output = Self::Store> + Send;

    async fn store(&self) -> Self::Store {
        Self::open(&self.address()).await
    }
}

/// A file.
pub(crate) struct Sqlite(TempDir);

/// A database of a server.
pub(crate) struct Postgres(String);

async fn database(address: &str) -> Database {
    Database::create(&address.parse::<Address>().unwrap(), &ISSUER).await.unwrap()
}

impl Place for Sqlite {
    type Store = SqliteIssuerStore;

    fn new() -> Option<Self> {
        Some(Self(TempDir::new().unwrap()))
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.0.path().join("issuer.db").display())
    }

    async fn open(address: &str) -> SqliteIssuerStore {
        match database(address).await {
            Database::Sqlite(database) => SqliteIssuerStore::new(database),
            Database::Postgres(_) => unreachable!(),
        }
    }
}

impl Place for Postgres {
    type Store = PostgresIssuerStore;

    fn new() -> Option<Self> {
        Some(Self(scratch_postgres::shared()?.database()))
    }

    fn address(&self) -> String {
        self.0.clone()
    }

    async fn open(address: &str) -> PostgresIssuerStore {
        match database(address).await {
            Database::Postgres(database) => PostgresIssuerStore::new(database),
            Database::Sqlite(_) => unreachable!(),
        }
    }
}

/// A test of each scenario for each store.
macro_rules! on_both {
    ($($scenario:ident),+ $(,)?) => {
        mod sqlite {
            use crate::store::places::{Place, Sqlite};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    super::$scenario(<Sqlite as Place>::new().unwrap()).await;
                }
            )+
        }

        mod postgres {
            use crate::store::places::{Place, Postgres};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    if let Some(place) = <Postgres as Place>::new() {
                        super::$scenario(place).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both;
