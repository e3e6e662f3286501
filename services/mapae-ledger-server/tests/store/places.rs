//! Stores of either kind; opened twice, they are what two processes have.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_ledger::{Entry, Origin, TileTree, TreeHead};
use mapae_ledger_server::store::{
    Address, LOG, LogStore, PostgresLogStore, PostgresWitnessStore, SqliteLogStore, SqliteWitnessStore, WITNESS,
    WitnessStore,
};
use mapae_sql::Database;
use tempfile::TempDir;

/// Where a store is made.
pub(crate) trait Place: Sized + Send + Sync + 'static {
    type Log: LogStore;
    type Witness: WitnessStore;

    /// A new one; nothing if this machine has no such store.
    fn new() -> Option<Self>;

    fn address(&self) -> String;

    fn open_log(address: &str) -> impl Future<Output = Self::Log> + Send;

    fn open_witness(address: &str) -> impl Future<Output = Self::Witness> + Send;

    async fn log(&self) -> Self::Log {
        Self::open_log(&self.address()).await
    }

    async fn witness(&self) -> Self::Witness {
        Self::open_witness(&self.address()).await
    }
}

/// A file.
pub(crate) struct Sqlite(TempDir);

/// A database of a server.
pub(crate) struct Postgres(String);

async fn database(address: &str, component: &mapae_sql::Component) -> Database {
    Database::create(&address.parse::<Address>().unwrap(), component).await.unwrap()
}

impl Place for Sqlite {
    type Log = SqliteLogStore;
    type Witness = SqliteWitnessStore;

    fn new() -> Option<Self> {
        Some(Self(TempDir::new().unwrap()))
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.0.path().join("store.db").display())
    }

    async fn open_log(address: &str) -> SqliteLogStore {
        match database(address, &LOG).await {
            Database::Sqlite(database) => SqliteLogStore::new(database),
            Database::Postgres(_) => unreachable!(),
        }
    }

    async fn open_witness(address: &str) -> SqliteWitnessStore {
        match database(address, &WITNESS).await {
            Database::Sqlite(database) => SqliteWitnessStore::new(database),
            Database::Postgres(_) => unreachable!(),
        }
    }
}

impl Place for Postgres {
    type Log = PostgresLogStore;
    type Witness = PostgresWitnessStore;

    fn new() -> Option<Self> {
        Some(Self(scratch_postgres::shared()?.database()))
    }

    fn address(&self) -> String {
        self.0.clone()
    }

    async fn open_log(address: &str) -> PostgresLogStore {
        match database(address, &LOG).await {
            Database::Postgres(database) => PostgresLogStore::new(database),
            Database::Sqlite(_) => unreachable!(),
        }
    }

    async fn open_witness(address: &str) -> PostgresWitnessStore {
        match database(address, &WITNESS).await {
            Database::Postgres(database) => PostgresWitnessStore::new(database),
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

pub(crate) fn origin() -> Origin {
    "ledger.example/main".parse().unwrap()
}

/// Entries that only their numbers tell apart, as long as ours are.
pub(crate) fn entries(numbers: core::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(|number| Entry::new(format!("entry {number} {}", "·".repeat(290)).into_bytes()).unwrap()).collect()
}

/// The head of a tree of these entries.
pub(crate) fn head(entries: &[Entry]) -> TreeHead {
    let mut tree = TileTree::new();
    tree.append(entries.iter().map(Entry::leaf)).unwrap();
    tree.head()
}
