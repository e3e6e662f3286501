//! Many rows for one statement: it names them `v`, and each database has its own way to say what `v` is.

use core::future::Future;

use sqlx::{
    AssertSqlSafe, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, postgres::PgRow, sqlite::SqliteRow,
};

use super::row::columns;

/// A statement after its `WITH v(…) AS (…)`.
pub(super) struct Statement {
    /// The names of the columns of `v`.
    pub(super) names: &'static str,
    pub(super) rest: &'static str,
}

/// A column of `v`.
pub(super) enum Column {
    Bytes(Vec<Option<Vec<u8>>>),
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
}

impl Column {
    pub(super) fn bytes(values: impl Iterator<Item = Vec<u8>>) -> Self {
        Self::Bytes(values.map(Some).collect())
    }

    pub(super) fn numbers(values: impl Iterator<Item = i64>) -> Self {
        Self::Number(values.map(Some).collect())
    }

    const fn array(&self) -> &'static str {
        match self {
            Self::Bytes(_) => "bytea[]",
            Self::Text(_) => "text[]",
            Self::Number(_) => "bigint[]",
        }
    }

    const fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
        }
    }
}

/// A connection that takes many rows in one statement, and gives back rows of that kind.
pub(super) trait Many<R> {
    /// Sessions by their ids.
    const BY_ID: Statement;
    /// Sessions by the ends of the addresses of their answers.
    const BY_RESPONSE: Statement;

    /// Runs a statement over rows, of which there is one at least.
    fn many(
        &mut self,
        statement: &Statement,
        columns: Vec<Column>,
    ) -> impl Future<Output = Result<Vec<R>, sqlx::Error>> + Send;
}

/// A transaction in which rows are found by their keys.
pub(super) trait Point {
    /// To be said first.
    fn point(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

impl Point for PgConnection {
    /// How many rows there are PostgreSQL learns from time to time; a table that has just filled is read from end to end.
    async fn point(&mut self) -> Result<(), sqlx::Error> {
        let local = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";
        sqlx::raw_sql(local).execute(self).await.map(drop)
    }
}

impl Point for SqliteConnection {
    async fn point(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

/// Each column is an array.
impl<R> Many<R> for PgConnection
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    const BY_ID: Statement = Statement {
        names: "v_key",
        rest: concat!("SELECT ", columns!(), " FROM sessions WHERE id = ANY(ARRAY(SELECT v_key FROM v))"),
    };
    const BY_RESPONSE: Statement = Statement {
        names: "v_key",
        rest: concat!("SELECT ", columns!(), " FROM sessions WHERE response = ANY(ARRAY(SELECT v_key FROM v))"),
    };

    async fn many(&mut self, statement: &Statement, columns: Vec<Column>) -> Result<Vec<R>, sqlx::Error> {
        let Statement { names, rest } = statement;
        let arrays = columns.iter().enumerate().map(|(place, column)| format!("${}::{}", place + 1, column.array()));
        let arrays = arrays.collect::<Vec<_>>().join(", ");
        // Made of nothing but what stands in the program.
        let sql = AssertSqlSafe(format!("WITH v({names}) AS (SELECT * FROM UNNEST({arrays})) {rest}"));
        let mut query = sqlx::query_as::<Postgres, R>(sql);
        for column in columns {
            query = match column {
                Column::Bytes(values) => query.bind(values),
                Column::Text(values) => query.bind(values),
                Column::Number(values) => query.bind(values),
            };
        }
        query.fetch_all(self).await
    }
}

/// A list of rows, as long as the next power of two, so that there are few statements to prepare; what is left over is NULL,
/// which nothing equals.
impl<R> Many<R> for SqliteConnection
where
    R: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    const BY_ID: Statement = Statement {
        names: "v_key",
        rest: concat!("SELECT ", columns!(), " FROM sessions WHERE id IN (SELECT v_key FROM v)"),
    };
    const BY_RESPONSE: Statement = Statement {
        names: "v_key",
        rest: concat!("SELECT ", columns!(), " FROM sessions WHERE response IN (SELECT v_key FROM v)"),
    };

    async fn many(&mut self, statement: &Statement, mut columns: Vec<Column>) -> Result<Vec<R>, sqlx::Error> {
        let rows = columns.first().map_or(1, Column::len).next_power_of_two();
        let mut query = sqlx::query_as::<Sqlite, R>(AssertSqlSafe(values(statement, columns.len(), rows)));
        for row in 0..rows {
            for column in &mut columns {
                query = match column {
                    Column::Bytes(values) => query.bind(values.get_mut(row).and_then(Option::take)),
                    Column::Text(values) => query.bind(values.get_mut(row).and_then(Option::take)),
                    Column::Number(values) => query.bind(values.get_mut(row).and_then(Option::take)),
                };
            }
        }
        query.fetch_all(self).await
    }
}

fn values(Statement { names, rest }: &Statement, columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    format!("WITH v({names}) AS (VALUES {}) {rest}", vec![row.as_str(); rows].join(","))
}
