//! Why the store did not do what it was asked.

use std::sync::Arc;

use mapae_sql::{Party, SqlError};

/// Why the store did not do what it was asked. [`StoreError::party`] says who has to act.
///
/// What several callers may want at once, of which one gets it, is no error but an outcome.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Caller: there is something under that id already.
    #[error("the id is taken")]
    IdTaken,
    /// Caller: the copies' numbers were given to others.
    #[error("the numbers are not the caller's")]
    NumbersTaken,
    /// Caller: thumbprints, hashes and numbers of a batch differ in how many they are, or there are none.
    #[error("a batch of {numbers} numbers, {thumbprints} keys and {hashes} hashes")]
    BatchUneven {
        /// How many numbers.
        numbers: u64,
        /// How many keys.
        thumbprints: usize,
        /// How many hashes.
        hashes: usize,
    },
    /// Caller: no such number is kept.
    #[error("{number} is too large to be kept")]
    TooLarge {
        /// The number.
        number: u64,
    },
    /// The store itself, or a race.
    #[error(transparent)]
    Sql(Arc<SqlError>),
    /// The store is being closed.
    #[error("the store is being closed")]
    Closed,
}

impl StoreError {
    /// Who has to act.
    pub fn party(&self) -> Party {
        match self {
            Self::Sql(error) => error.party(),
            Self::Closed => Party::Store,
            _ => Party::Caller,
        }
    }
}

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match error.rule() {
            Some("documents_id_key" | "offers_id_key" | "grants_id_key" | "batches_id_key") => Self::IdTaken,
            Some("batches_first_number_key") => Self::NumbersTaken,
            _ => Self::Sql(Arc::new(error)),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        SqlError::from(error).into()
    }
}
