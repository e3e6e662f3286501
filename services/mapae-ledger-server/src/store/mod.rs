//! What a log and a witness must not lose: a trait for each, kept by SQLite and by PostgreSQL (design D12).
//!
//! Every change is one transaction, durable when the call returns `Ok`. State that others decide upon is moved by
//! compare-and-swap: of two processes on one store, one gets [`Swap::Lost`].
//!
//! After [`StoreError::Sql`] from a change nobody knows whether it stands: read again before going on. What is read may
//! be a commit that no standby has yet (PostgreSQL shows it after a crash while waiting), so whoever takes up a log
//! first *confirms* its head: [`LogStore::append`] of no entries, from the head to itself, waits for all that came before.
//!
//! Left out: tiles and the served `checkpoint`, which are files derived from here.

mod error;
mod postgres;
mod row;
mod sqlite;

use core::{future::Future, ops::Range};

use mapae_ledger::{Entry, KeyId, Origin, TreeHash, TreeHead, WitnessRecord};

pub use error::StoreError;
pub use mapae_sql::{Address, Party, SqlError, Swap};
pub use postgres::{PostgresLogStore, PostgresWitnessStore};
pub use sqlite::{SqliteLogStore, SqliteWitnessStore};

use mapae_sql::Component;

/// The tables of a log.
pub const LOG: Component = Component {
    name: "ledger-log",
    sqlite: &[include_str!("schema/log.sqlite.sql")],
    postgres: &[include_str!("schema/log.postgres.sql")],
};

/// The tables of a witness.
pub const WITNESS: Component = Component {
    name: "ledger-witness",
    sqlite: &[include_str!("schema/witness.sqlite.sql")],
    postgres: &[include_str!("schema/witness.postgres.sql")],
};

/// What a log keeps.
pub trait LogStore: Send + Sync + 'static {
    /// Begins a log without entries. [`Swap::Lost`]: it has begun already.
    fn begin(&self, origin: &Origin) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// The size and root that were committed last; nothing if the log has not begun.
    fn head(&self, origin: &Origin) -> impl Future<Output = Result<Option<TreeHead>, StoreError>> + Send;

    /// Adds entries at the end and moves the head, if it still is `before`. All or nothing.
    ///
    /// [`StoreError::EntryTwice`] if one of them is in the log already. Without entries, from a head to itself: confirms
    /// that the head and all before it are durable.
    fn append(
        &self,
        origin: &Origin,
        before: TreeHead,
        after: TreeHead,
        entries: &[Entry],
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// The entries of a range, as far as there are any.
    fn entries(
        &self,
        origin: &Origin,
        range: Range<u64>,
    ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// Where the entry with that leaf stands.
    fn index_of(&self, origin: &Origin, leaf: TreeHash)
    -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Keeps the checkpoint that a quorum has seen. [`Swap::Lost`]: a larger one is kept already, or the log has fewer
    /// entries; what is kept stays.
    fn publish(
        &self,
        origin: &Origin,
        size: u64,
        checkpoint: &str,
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// The text of the checkpoint that was published last.
    fn published(&self, origin: &Origin) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Keeps the proof of the `nth` policy after the founding one; the first that came stays.
    fn put_rotation(
        &self,
        origin: &Origin,
        nth: u64,
        proof: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// These proofs, in their order.
    fn rotations(&self, origin: &Origin) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Keeps the draft of a bundle under its manifest's hash; the first that came stays.
    fn put_draft(&self, manifest: [u8; 32], draft: &[u8]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The draft with that manifest.
    fn draft(&self, manifest: [u8; 32]) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;
}

/// The random bytes that a witness's key and its store were born with. A key beside a store of another birth must not
/// sign: it may have signed a history that this store does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthMark(pub [u8; 32]);

/// What a witness keeps, for as long as its key.
pub trait WitnessStore: Send + Sync + 'static {
    /// Marks an empty store as that of a key. [`Swap::Lost`]: it has a mark already, which stays.
    fn mark(&self, key: KeyId, mark: BirthMark) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// The mark that the store was given with that key; nothing if it was given none, or with another key.
    fn birth(&self, key: KeyId) -> impl Future<Output = Result<Option<BirthMark>, StoreError>> + Send;

    /// What was cosigned last; nothing if nothing was.
    fn record(&self, origin: &Origin) -> impl Future<Output = Result<Option<WitnessRecord>, StoreError>> + Send;

    /// Moves the record of `after`'s log, if it still is `before` (or is absent and `before` has no entries). To be called
    /// even where both are equal: that confirms the record.
    ///
    /// `checkpoint` is the log's signed checkpoint of `after`. `judged` are the entries between the two that an auditing
    /// cosigner judged, kept in the same transaction: as many as the sizes differ by, or none from a plain witness.
    fn swap(
        &self,
        before: &WitnessRecord,
        after: &WitnessRecord,
        checkpoint: &str,
        judged: &[Entry],
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// The text of the checkpoint that was given with the latest [`WitnessStore::swap`].
    fn latest(&self, origin: &Origin) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// The judged entries of a range, as far as there are any.
    fn judged(&self, origin: &Origin, range: Range<u64>)
    -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;
}
