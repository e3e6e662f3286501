//! What is wrong with a register. Lines and columns are told, never what stands there.

use std::io;

use mapae_document::CellFault;
use mapae_http::ClockError;

use crate::store::StoreError;

/// A register cannot be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The register's file cannot be read.
    #[error("the register's file: {0}")]
    File(#[from] io::Error),
    /// The register's file has no header, or one that is no text.
    #[error("the register's file has no header")]
    NoHeader,
    /// The register lacks columns of the document.
    #[error("the register lacks the columns {}", columns.join(", "))]
    ColumnsMissing {
        /// Which.
        columns: Vec<String>,
    },
    /// The register has a column twice: nobody knows which one counts.
    #[error("the register has the column {column} twice")]
    ColumnTwice {
        /// Which.
        column: String,
    },
    /// The operator: not `postgres://…`, or not the name of a view.
    #[error("not an address of a PostgreSQL view")]
    AddressMalformed,
    /// The register's database.
    #[error("the register's database: {0}")]
    Database(#[source] sqlx::Error),
    /// So many people are gone at once that the register is not believed; nobody's document was revoked for it.
    #[error("{vanished} of {known} people are gone from the register at once: it is not believed")]
    Vanished {
        /// How many.
        vanished: u64,
        /// Of how many.
        known: u64,
    },
    /// Ours: the store.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// Ours: the machine's clock.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// Ours: a task died.
    #[error("a task died")]
    TaskDied,
}

impl RegisterError {
    /// Stable, for metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::NoHeader | Self::ColumnsMissing { .. } | Self::ColumnTwice { .. } => "columns",
            Self::AddressMalformed => "address",
            Self::Database(_) => "database",
            Self::Vanished { .. } => "vanished",
            Self::Store(_) => "store",
            Self::Clock(_) | Self::TaskDied => "internal",
        }
    }
}

/// A row that cannot be read; what the store has of the person stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RowFault {
    /// The line of the file, or the how-manieth row of the view, from 1.
    pub line: u64,
    /// What is wrong.
    pub problem: RowProblem,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// More or fewer cells than the header has.
    #[error("{found} cells in place of {expected}")]
    Cells {
        /// How many there are.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotText,
    /// A cell.
    #[error("column {column}: {fault}")]
    Cell {
        /// The column, by the catalogue's name.
        column: String,
        /// What is wrong with it.
        fault: CellFault,
    },
    /// A person who stands in the register before.
    #[error("a person who stands in the register before")]
    Twice,
}
