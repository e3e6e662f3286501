//! Compare-and-swap: an `UPDATE … WHERE` that names all of the old state.

use crate::SqlError;

/// Whether a row was as expected and has been changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a lost race means that nothing was stored"]
pub enum Swap {
    /// It was, and it has.
    Done,
    /// Another was faster, or the row is not there. Nothing was stored.
    Lost,
}

impl Swap {
    /// Of the number of rows that an `UPDATE` of one row says it changed.
    pub const fn of(rows: u64) -> Result<Self, SqlError> {
        match rows {
            0 => Ok(Self::Lost),
            1 => Ok(Self::Done),
            _ => Err(SqlError::Damaged { what: "more than one row of a kind" }),
        }
    }
}
