//! As much of SQL as the store needs, the same for both databases: what they differ in is how lists go in, how many rows
//! are written by one statement, and that PostgreSQL locks rows where SQLite has one writer.
//!
//! In a statement `$1` is an argument, `@1` a `SELECT` of the list that is the argument, `{columns}` the table's columns,
//! and `{lock}` what locks the rows that were found.

mod cell;
mod postgres;
mod sqlite;

use core::future::Future;

pub(super) use cell::{Cell, Reader, Row, blob, int, number, opt_blob, opt_int, opt_text, text};
pub(super) use postgres::Postgres;
pub(super) use sqlite::Sqlite;

use super::StoreError;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    Text,
    Blob,
}

/// Columns of a table, of which the first is what rows are updated by.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

impl Table {
    fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// An argument of a statement.
#[derive(Debug, Clone)]
pub(in crate::store) enum Arg {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Texts(Vec<String>),
    Blobs(Vec<Vec<u8>>),
}

/// A statement with its arguments.
#[derive(Debug)]
pub struct Query {
    sql: &'static str,
    args: Vec<Arg>,
    table: Option<&'static Table>,
    kinds: &'static [Kind],
}

impl Query {
    /// One that answers with nothing.
    pub(super) const fn new(sql: &'static str, args: Vec<Arg>) -> Self {
        Self { sql, args, table: None, kinds: &[] }
    }

    /// One that answers with rows of a table.
    pub(super) const fn of(table: &'static Table, sql: &'static str, args: Vec<Arg>) -> Self {
        Self { sql, args, table: Some(table), kinds: &[] }
    }

    /// One that answers with such columns.
    pub(super) const fn giving(kinds: &'static [Kind], sql: &'static str, args: Vec<Arg>) -> Self {
        Self { sql, args, table: None, kinds }
    }

    fn kinds(&self) -> Vec<Kind> {
        self.table.map_or_else(|| self.kinds.to_vec(), |table| table.columns.iter().map(|(_, kind)| *kind).collect())
    }

    /// The statement for one of the databases; `list` is a `SELECT` of the n-th argument.
    fn text(&self, lock: &str, list: impl Fn(usize, &Arg) -> String) -> String {
        let mut text = self.sql.replace("{lock}", lock);
        if let Some(table) = self.table {
            text = text.replace("{columns}", &table.list());
        }
        for (place, arg) in (1..).zip(&self.args) {
            if matches!(arg, Arg::Texts(_) | Arg::Blobs(_)) {
                text = text.replace(&format!("@{place}"), &list(place, arg));
            }
        }
        text
    }
}

/// A database.
pub trait Backend: Clone + Send + Sync + 'static {
    /// A transaction of it.
    type Transaction: Transaction;

    /// How many groups of calls it does well to work on at the same time.
    const GROUPS: usize;

    /// Begins a transaction in which one may write.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, StoreError>> + Send;

    /// Reads what is committed.
    fn select(&self, query: Query) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// Reads what is committed and sure to last, as [`Transaction::confirm`] has it.
    fn select_durable(&self, query: Query) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;
}

/// A transaction. Dropped, it never happened.
pub trait Transaction: Send {
    /// Reads.
    fn select(&mut self, query: Query) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// Writes; how many rows.
    fn execute(&mut self, query: Query) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Adds rows.
    fn insert(&mut self, table: &'static Table, rows: Vec<Row>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Sets all columns of rows that are there.
    fn update(&mut self, table: &'static Table, rows: Vec<Row>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Makes sure that the commit of what was only read here is durable too: PostgreSQL shows a commit that no standby has
    /// yet, if its client died while it waited, and waits for the standbys only if it wrote.
    fn confirm(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Commits; done when it is durable.
    fn commit(self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives up.
    fn rollback(self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
