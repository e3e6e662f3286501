//! PostgreSQL. Many rows go into one statement as arrays, one for each column.

use mapae_sql::{PostgresDatabase, PostgresTransaction};
use sqlx::{
    AssertSqlSafe, Row as _,
    postgres::{PgArguments, PgRow},
    query::Query as Statement,
};

use super::{Arg, Backend, Cell, Kind, Query, Row, Table, Transaction};
use crate::store::StoreError;

/// A database of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Postgres(PostgresDatabase);

impl Postgres {
    pub(in crate::store) const fn new(database: PostgresDatabase) -> Self {
        Self(database)
    }
}

impl Backend for Postgres {
    type Transaction = PostgresTransaction;

    /// While one group waits for its commit, others are on their way; rows that two of them want are locked.
    const GROUPS: usize = 3;

    async fn begin(&self) -> Result<PostgresTransaction, StoreError> {
        Ok(self.0.begin().await?)
    }

    async fn select(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        let (statement, kinds) = prepare(query);
        rows(&statement.fetch_all(self.0.readers()).await?, &kinds)
    }

    async fn select_durable(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        let mut transaction = self.begin().await?;
        let rows = transaction.select(query).await?;
        transaction.confirm().await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

impl Transaction for PostgresTransaction {
    async fn select(&mut self, query: Query) -> Result<Vec<Row>, StoreError> {
        let (statement, kinds) = prepare(query);
        rows(&statement.fetch_all(&mut **self).await?, &kinds)
    }

    async fn execute(&mut self, query: Query) -> Result<u64, StoreError> {
        Ok(prepare(query).0.execute(&mut **self).await?.rows_affected())
    }

    async fn insert(&mut self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        write(self, table, rows, false).await
    }

    async fn update(&mut self, table: &'static Table, rows: Vec<Row>) -> Result<(), StoreError> {
        write(self, table, rows, true).await
    }

    async fn confirm(&mut self) -> Result<(), StoreError> {
        let write = "SELECT pg_logical_emit_message(true, 'mapae', '')";
        sqlx::raw_sql(write).execute(&mut **self).await?;
        Ok(())
    }

    async fn commit(self) -> Result<(), StoreError> {
        Ok(Self::commit(self).await?)
    }

    async fn rollback(self) -> Result<(), StoreError> {
        Ok(Self::rollback(self).await?)
    }
}

async fn write(
    transaction: &mut PostgresTransaction,
    table: &Table,
    rows: Vec<Row>,
    update: bool,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(AssertSqlSafe(written(table, update)));
    let statement = columns(table, rows).into_iter().fold(statement, Column::bind);
    statement.execute(&mut **transaction).await?;
    Ok(())
}

fn written(table: &Table, update: bool) -> String {
    let (name, list) = (table.name, table.list());
    let array = |(place, (_, kind)): (usize, &(&str, Kind))| match kind {
        Kind::Int => format!("${place}::BIGINT[]"),
        Kind::Text => format!("${place}::TEXT[]"),
        Kind::Blob => format!("${place}::BYTEA[]"),
    };
    let arrays: Vec<String> = (1..).zip(table.columns).map(array).collect();
    let arrays = arrays.join(", ");
    if !update {
        return format!("INSERT INTO {name} ({list}) SELECT * FROM UNNEST({arrays})");
    }
    let key = table.columns.first().map_or("", |(name, _)| name);
    let set: Vec<String> = table.columns.iter().skip(1).map(|(name, _)| format!("{name} = v.{name}")).collect();
    let set = set.join(", ");
    format!("UPDATE {name} SET {set} FROM UNNEST({arrays}) AS v ({list}) WHERE {name}.{key} = v.{key}")
}

/// A column's values in all rows.
enum Column {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Blob(Vec<Option<Vec<u8>>>),
}

type Bound = Statement<'static, sqlx::Postgres, PgArguments>;

impl Column {
    fn bind(statement: Bound, column: Self) -> Bound {
        match column {
            Self::Int(values) => statement.bind(values),
            Self::Text(values) => statement.bind(values),
            Self::Blob(values) => statement.bind(values),
        }
    }

    /// A cell of another kind is none; nobody makes one.
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Int(values), Cell::Int(value)) => values.push(Some(value)),
            (Self::Text(values), Cell::Text(value)) => values.push(Some(value)),
            (Self::Blob(values), Cell::Blob(value)) => values.push(Some(value)),
            (Self::Int(values), _) => values.push(None),
            (Self::Text(values), _) => values.push(None),
            (Self::Blob(values), _) => values.push(None),
        }
    }
}

fn columns(table: &Table, rows: Vec<Row>) -> Vec<Column> {
    let empty = |(_, kind): &(&str, Kind)| match kind {
        Kind::Int => Column::Int(Vec::with_capacity(rows.len())),
        Kind::Text => Column::Text(Vec::with_capacity(rows.len())),
        Kind::Blob => Column::Blob(Vec::with_capacity(rows.len())),
    };
    let mut columns: Vec<Column> = table.columns.iter().map(empty).collect();
    for row in rows {
        columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
    }
    columns
}

fn prepare(query: Query) -> (Bound, Vec<Kind>) {
    let text = query.text("FOR UPDATE", |place, arg| match arg {
        Arg::Blobs(_) => format!("SELECT UNNEST(${place}::BYTEA[])"),
        _ => format!("SELECT UNNEST(${place}::TEXT[])"),
    });
    let kinds = query.kinds();
    let mut statement = sqlx::query(AssertSqlSafe(text));
    for arg in query.args {
        statement = match arg {
            Arg::Int(value) => statement.bind(value),
            Arg::Text(value) => statement.bind(value),
            Arg::Blob(value) => statement.bind(value),
            Arg::Texts(values) => statement.bind(values),
            Arg::Blobs(values) => statement.bind(values),
        };
    }
    (statement, kinds)
}

fn rows(rows: &[PgRow], kinds: &[Kind]) -> Result<Vec<Row>, StoreError> {
    let cell = |row: &PgRow, (place, kind): (usize, &Kind)| -> Result<Cell, sqlx::Error> {
        Ok(match kind {
            Kind::Int => row.try_get::<Option<i64>, _>(place)?.map_or(Cell::Null, Cell::Int),
            Kind::Text => row.try_get::<Option<String>, _>(place)?.map_or(Cell::Null, Cell::Text),
            Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(place)?.map_or(Cell::Null, Cell::Blob),
        })
    };
    let row = |row| kinds.iter().enumerate().map(|place| cell(row, place)).collect::<Result<Row, _>>();
    Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
}
