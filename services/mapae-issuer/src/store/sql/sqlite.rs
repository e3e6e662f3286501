//! SQLite. Each statement wakes a thread, so that many rows go into one; its text depends on how many only up to the next
//! power of two, so that it is prepared once.

use core::fmt::Write as _;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mapae_sql::{SqliteDatabase, SqliteTransaction};
use mapae_types::hex;
use sqlx::{
    AssertSqlSafe, Row as _,
    query::Query as Statement,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Arg, Backend, Cell, Kind, Query, Row, Table, Transaction};
use crate::store::StoreError;

/// Rows of one statement.
const ROWS: usize = 128;

/// A file of SQLite, with the texts of statements that were made.
#[derive(Debug, Clone)]
pub struct Sqlite {
    database: SqliteDatabase,
    texts: Texts,
}

type Texts = Arc<Mutex<HashMap<(&'static str, usize, bool, usize), Arc<str>>>>;

/// A transaction of SQLite.
#[derive(Debug)]
pub struct Writing {
    transaction: SqliteTransaction,
    texts: Texts,
}

impl Sqlite {
    pub(in crate::store) fn new(database: SqliteDatabase) -> Self {
        Self { database, texts: Texts::default() }
    }
}

impl Backend for Sqlite {
    type Transaction = Writing;

    /// There is one writer.
    const GROUPS: usize = 1;

    async fn begin(&self) -> Result<Writing, StoreError> {
        Ok(Writing { transaction: self.database.begin().await?, texts: Arc::clone(&self.texts) })
    }

    async fn select(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        let (statement, kinds) = prepare(query);
        rows(&statement.fetch_all(self.database.readers()).await?, &kinds)
    }

    async fn select_durable(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        self.select(query).await
    }
}

impl Transaction for Writing {
    async fn select(&mut self, query: Query) -> Result<Vec<Row>, StoreError> {
        let (statement, kinds) = prepare(query);
        rows(&statement.fetch_all(&mut *self.transaction).await?, &kinds)
    }

    async fn execute(&mut self, query: Query) -> Result<u64, StoreError> {
        Ok(prepare(query).0.execute(&mut *self.transaction).await?.rows_affected())
    }

    async fn insert(&mut self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        self.write(table, rows, false).await
    }

    async fn update(&mut self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        self.write(table, rows, true).await
    }

    /// The write-ahead log is forced to the disk before anybody reads a commit from it.
    async fn confirm(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.transaction.rollback().await?)
    }
}

impl Writing {
    async fn write(&mut self, table: &'static Table, rows: Vec<Row>, update: bool) -> Result<(), StoreError> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<Row> = rows.by_ref().take(ROWS).collect();
            let places = chunk.len().next_power_of_two();
            let empty = (chunk.len()..places).flat_map(|_| table.columns.iter().map(|_| Cell::Null));
            let cells = chunk.into_iter().flatten().chain(empty);
            let statement = sqlx::query(AssertSqlSafe(self.text(table, places, update)));
            cells.fold(statement, bind).execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    fn text(&self, table: &'static Table, places: usize, update: bool) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (table.name, table.columns.len(), update, places);
        Arc::clone(texts.entry(key).or_insert_with(|| written(table, places, update).into()))
    }
}

/// Rows that only fill the places up to a power of two have no key, and are not written.
fn written(table: &Table, places: usize, update: bool) -> String {
    let (name, list) = (table.name, table.list());
    let key = table.columns.first().map_or("", |(name, _)| name);
    let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let mut text = format!("WITH v ({list}) AS (VALUES {})", vec![&*row; places].join(", "));
    if update {
        let set: Vec<String> = table.columns.iter().skip(1).map(|(name, _)| format!("{name} = v.{name}")).collect();
        let _infallible = write!(text, " UPDATE {name} SET {} FROM v WHERE {name}.{key} = v.{key}", set.join(", "));
    } else {
        let _infallible = write!(text, " INSERT INTO {name} ({list}) SELECT * FROM v WHERE {key} IS NOT NULL");
    }
    text
}

type Bound = Statement<'static, sqlx::Sqlite, SqliteArguments>;

fn bind(statement: Bound, cell: Cell) -> Bound {
    match cell {
        Cell::Null => statement.bind(None::<i64>),
        Cell::Int(value) => statement.bind(value),
        Cell::Text(value) => statement.bind(value),
        Cell::Blob(value) => statement.bind(value),
    }
}

/// Lists go in as JSON, which SQLite unfolds.
fn prepare(query: Query) -> (Bound, Vec<Kind>) {
    let text = query.text("", |place, arg| match arg {
        Arg::Blobs(_) => format!("SELECT unhex(value) FROM json_each(${place})"),
        _ => format!("SELECT value FROM json_each(${place})"),
    });
    let kinds = query.kinds();
    let mut statement = sqlx::query(AssertSqlSafe(text));
    for arg in query.args {
        statement = match arg {
            Arg::Int(value) => statement.bind(value),
            Arg::Text(value) => statement.bind(value),
            Arg::Blob(value) => statement.bind(value),
            Arg::Texts(values) => statement.bind(json(values.iter().map(|text| text.as_str().into()))),
            Arg::Blobs(values) => statement.bind(json(values.iter().map(|bytes| hex::encode(bytes).into()))),
        };
    }
    (statement, kinds)
}

fn json(values: impl Iterator<Item = serde_json::Value>) -> String {
    serde_json::Value::Array(values.collect()).to_string()
}

fn rows(rows: &[SqliteRow], kinds: &[Kind]) -> Result<Vec<Row>, StoreError> {
    let cell = |row: &SqliteRow, (place, kind): (usize, &Kind)| -> Result<Cell, sqlx::Error> {
        Ok(match kind {
            Kind::Int => row.try_get::<Option<i64>, _>(place)?.map_or(Cell::Null, Cell::Int),
            Kind::Text => row.try_get::<Option<String>, _>(place)?.map_or(Cell::Null, Cell::Text),
            Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(place)?.map_or(Cell::Null, Cell::Blob),
        })
    };
    let row = |row| kinds.iter().enumerate().map(|place| cell(row, place)).collect::<Result<Row, _>>();
    Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
}
