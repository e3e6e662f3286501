//! Rows of a register.

use core::fmt;
use std::{collections::BTreeMap, sync::Arc};

use mapae_types::PersonId;

/// A row's cells by the names of their columns.
pub type Cells = BTreeMap<String, String>;

/// A row as it comes in.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// Whose.
    pub person: PersonId,
    /// What it says.
    pub cells: Cells,
}

/// A row as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// How often it has changed, from 1.
    pub revision: u64,
    /// What it says.
    pub cells: Arc<Cells>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that were not there, or had been removed.
    pub added: u64,
    /// Rows that say something else now.
    pub changed: Vec<RowChange>,
    /// Rows that say what they said.
    pub unchanged: u64,
}

/// A row that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Whose.
    pub person: PersonId,
    /// The columns whose cells differ.
    pub columns: Vec<String>,
}

impl fmt::Debug for RegisterRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegisterRow([redacted])")
    }
}

impl fmt::Debug for StoredRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredRow(revision {}, [redacted])", self.revision)
    }
}
