//! Everything that a database holds, as SQL writes it: a line for each row.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

/// Rows by table; cells separated by `|`, each as SQLite's `quote` writes it.
pub(crate) type Tables = BTreeMap<String, BTreeSet<String>>;

/// Of a database of PostgreSQL.
pub(crate) fn tables_on(database: &str) -> Tables {
    Runtime::new().unwrap().block_on(async {
        let mut connection = PgConnection::connect(database).await.unwrap();
        let mut tables = Tables::new();
        let names = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
        for table in texts_on(&mut connection, names.to_owned()).await {
            let columns = format!(
                "SELECT column_name || '|' || data_type FROM information_schema.columns WHERE table_schema = 'public' \
                 AND table_name = '{table}' ORDER BY ordinal_position"
            );
            let cells: Vec<String> =
                texts_on(&mut connection, columns).await.iter().map(|column| cell(column)).collect();
            let rows = format!("SELECT {} FROM \"{table}\"", cells.join(" || '|' || "));
            tables.insert(table, texts_on(&mut connection, rows).await.into_iter().collect());
        }
        connection.close().await.unwrap();
        tables
    })
}

/// What quotes a column, of its name and type.
fn cell(column: &str) -> String {
    let quoted = match column.split_once('|').unwrap() {
        (name, "bytea") => format!("'X''' || upper(encode(\"{name}\", 'hex')) || ''''"),
        (name, "text") => format!("quote_literal(\"{name}\")"),
        (name, _) => format!("\"{name}\"::text"),
    };
    format!("coalesce({quoted}, 'NULL')")
}

/// Of a database of SQLite. Reads a copy of the files, so that nothing of the original is touched.
pub(crate) fn tables_in(database: &Path) -> Tables {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.db");
    while !copied_whole(database, &copy) {
        sleep(Duration::from_millis(20));
    }
    Runtime::new().unwrap().block_on(read(&copy))
}

/// Changes the original: for who does what must not be done.
pub(crate) fn execute(database: &Path, sql: &str) {
    Runtime::new().unwrap().block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Whether nothing was written while it was copied.
fn copied_whole(database: &Path, copy: &Path) -> bool {
    let files = || [wal(database), database.to_owned()].map(|file| fs::read(file).unwrap_or_default());
    let before = files();
    for (content, file) in before.iter().zip([wal(copy), copy.to_owned()]) {
        fs::write(file, content).unwrap();
    }
    before == files()
}

fn wal(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

async fn read(database: &Path) -> Tables {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let mut tables = Tables::new();
    for table in texts(&mut connection, "SELECT name FROM sqlite_schema WHERE type = 'table'".to_owned()).await {
        let columns = texts(&mut connection, format!("SELECT name FROM pragma_table_info('{table}')")).await;
        let cells: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let rows = format!("SELECT {} FROM \"{table}\"", cells.join(" || '|' || "));
        tables.insert(table, texts(&mut connection, rows).await.into_iter().collect());
    }
    connection.close().await.unwrap();
    tables
}

async fn texts(connection: &mut SqliteConnection, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap()
}

async fn texts_on(connection: &mut PgConnection, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap()
}
