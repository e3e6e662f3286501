//! A register as a view of a PostgreSQL database: read only, in one snapshot, page by page through a cursor. Pages by id
//! would sort the view for each and lose rows whose id stands there twice.

use core::fmt;

use mapae_document::DocumentType;
use sqlx::{
    AssertSqlSafe, Connection as _, Row as _,
    postgres::{PgConnectOptions, PgConnection, PgRow},
};

use super::{
    error::RegisterError,
    source::{PAGE, Read, row},
};
use crate::store::Cells;

/// All pages show the register of one moment, so that nobody who moves between two is missed.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Letters of an identifier (PostgreSQL §4.1.1).
const IDENTIFIER: usize = 63;

/// The name of a view, with its schema or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ViewName(Vec<String>);

/// A view that is being read.
pub(super) struct ViewPages {
    connection: PgConnection,
    columns: Vec<String>,
    person: String,
    line: u64,
}

impl ViewName {
    /// Names that need no quoting, so that none can be more than a name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        (parts.len() <= 2 && parts.iter().all(|part| is_identifier(part))).then_some(Self(parts))
    }
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

fn is_identifier(text: &str) -> bool {
    let starts = text.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_');
    let goes_on = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    starts && goes_on && text.len() <= IDENTIFIER
}

impl ViewPages {
    pub(super) async fn open(
        options: &PgConnectOptions,
        view: &ViewName,
        document: &DocumentType,
    ) -> Result<Self, RegisterError> {
        let columns: Vec<String> = document.columns().map(str::to_owned).collect();
        // Columns of the catalogue become part of the query.
        if !columns.iter().all(|column| is_identifier(column)) {
            return Err(RegisterError::AddressMalformed);
        }
        let mut connection = PgConnection::connect_with(options).await.map_err(RegisterError::Database)?;
        sqlx::raw_sql(SNAPSHOT).execute(&mut connection).await.map_err(RegisterError::Database)?;
        check(&mut connection, view, &columns).await?;
        let cursor = format!("DECLARE register NO SCROLL CURSOR FOR {}", query(view, &columns));
        let declared = sqlx::query(AssertSqlSafe(cursor)).execute(&mut connection).await;
        declared.map_err(RegisterError::Database)?;
        Ok(Self { connection, columns, person: document.person_column().to_owned(), line: 0 })
    }

    pub(super) async fn next(&mut self) -> Result<Vec<Read>, RegisterError> {
        let page = sqlx::query(AssertSqlSafe(format!("FETCH {PAGE} FROM register")));
        let rows = page.fetch_all(&mut self.connection).await.map_err(RegisterError::Database)?;
        let mut page = Vec::with_capacity(rows.len());
        for found in &rows {
            self.line += 1;
            page.push(row(self.line, &self.person, self.cells(found)?));
        }
        Ok(page)
    }

    fn cells(&self, found: &PgRow) -> Result<Cells, RegisterError> {
        let mut cells = Cells::new();
        for (place, column) in self.columns.iter().enumerate() {
            let cell: Option<String> = found.try_get(place).map_err(RegisterError::Database)?;
            // An empty cell and none are the same, as in a file.
            if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
                cells.insert(column.clone(), cell);
            }
        }
        Ok(cells)
    }
}

/// All columns as text. What stands in quotes was checked to be identifiers.
fn query(view: &ViewName, columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"::text")).collect();
    let view: Vec<String> = view.0.iter().map(|part| format!("\"{part}\"")).collect();
    format!("SELECT {} FROM {}", columns.join(", "), view.join("."))
}

/// Which columns there are is asked beforehand: the server's own sentence about a missing one names one at a time.
async fn check(connection: &mut PgConnection, view: &ViewName, columns: &[String]) -> Result<(), RegisterError> {
    const COLUMNS: &str = "SELECT attname::text FROM pg_attribute \
                           WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";
    let found: Vec<String> = sqlx::query_scalar(COLUMNS)
        .bind(view.to_string())
        .fetch_all(connection)
        .await
        .map_err(RegisterError::Database)?;
    let missing: Vec<String> = columns.iter().filter(|column| !found.contains(column)).cloned().collect();
    if missing.is_empty() { Ok(()) } else { Err(RegisterError::ColumnsMissing { columns: missing }) }
}
