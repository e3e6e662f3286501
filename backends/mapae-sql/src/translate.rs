//! From the databases' errors to ours. Rules of the schema keep their names: each service makes its own errors of them.

use sqlx::Error;
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use crate::SqlError;

impl From<Error> for SqlError {
    fn from(error: Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self::Failed(error) };
        let known = if database.try_downcast_ref::<SqliteError>().is_some() {
            from_sqlite(database)
        } else {
            from_postgres(database)
        };
        known.unwrap_or(Self::Failed(error))
    }
}

/// An error of COMMIT: only where the store says so did nothing happen.
pub(crate) fn of_commit(error: Error) -> SqlError {
    let code = error.as_database_error().and_then(|error| Some(error.code()?.into_owned()));
    match SqlError::from(error) {
        SqlError::Failed(error) if code.as_deref() != Some(IN_FAILED_TRANSACTION) => SqlError::Unconfirmed(error),
        definite => definite,
    }
}

// PostgreSQL, Appendix A: error codes.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK: &str = "40P01";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const IN_FAILED_TRANSACTION: &str = "25P02";

fn from_postgres(error: &dyn DatabaseError) -> Option<SqlError> {
    if let Some(rule) = error.constraint() {
        return Some(SqlError::RuleBroken { rule: rule.to_owned() });
    }
    match error.code()?.as_ref() {
        SERIALIZATION_FAILURE | DEADLOCK => Some(SqlError::Lost),
        LOCK_NOT_AVAILABLE => Some(SqlError::Busy),
        _ => None,
    }
}

// SQLite, "Result and Error Codes": the low byte is the primary code.
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const CONSTRAINT: u32 = 19;

fn from_sqlite(error: &dyn DatabaseError) -> Option<SqlError> {
    match error.code()?.parse::<u32>().ok()? & 0xff {
        BUSY | LOCKED => Some(SqlError::Busy),
        CONSTRAINT => Some(SqlError::RuleBroken { rule: rule_of(error.message()) }),
        _ => None,
    }
}

/// SQLite names a CHECK, and of a UNIQUE lists the columns: `entries.log, entries.leaf` is what PostgreSQL would name
/// `entries_log_leaf_key`.
fn rule_of(message: &str) -> String {
    let Some((kind, named)) = message.split_once(" constraint failed: ") else { return message.to_owned() };
    let Some((table, _)) = named.split_once('.').filter(|_| kind == "UNIQUE") else { return named.to_owned() };
    let columns = named.split(", ").filter_map(|column| Some(column.split_once('.')?.1));
    let words: Vec<&str> = core::iter::once(table).chain(columns).chain(["key"]).collect();
    words.join("_")
}
