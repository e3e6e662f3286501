//! Why a store of ours did not do what it was asked.

use mapae_sql::{Party, SqlError};

/// Why a store did not do what it was asked. [`StoreError::party`] says who has to act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Caller: an entry is in the log already, or twice among those to be added.
    #[error("an entry is in the log already")]
    EntryTwice,
    /// Caller: so many entries do not lead from the one size to the other.
    #[error("{entries} entries do not lead from size {before} to size {after}")]
    SizesDiffer {
        /// The size before.
        before: u64,
        /// The size after.
        after: u64,
        /// Entries between.
        entries: usize,
    },
    /// Caller: no log is so large.
    #[error("{number} is more entries than a log has")]
    TooLarge {
        /// The size or index.
        number: u64,
    },
    /// Caller: records of two logs.
    #[error("records of two logs")]
    OriginsDiffer,
    /// The store itself, or a race.
    #[error(transparent)]
    Sql(SqlError),
}

impl StoreError {
    /// Who has to act.
    pub const fn party(&self) -> Party {
        match self {
            Self::Sql(error) => error.party(),
            _ => Party::Caller,
        }
    }
}

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match error.rule() {
            Some("entries_log_leaf_key") => Self::EntryTwice,
            _ => Self::Sql(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        SqlError::from(error).into()
    }
}
