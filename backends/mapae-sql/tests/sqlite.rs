//! SQLite: its settings, its one writer, and what happens to its file.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mapae_sql::{Address, Database, SqlError, SqliteDatabase, Swap};
use tempfile::TempDir;

use crate::places::{COUNTER, advance, begin, run, value};

async fn made(folder: &TempDir) -> (Address, Database) {
    let address = Address::sqlite(folder.path().join("store.db"));
    let database = Database::create(&address, &COUNTER).await.unwrap();
    (address, database)
}

fn sqlite(database: &Database) -> &SqliteDatabase {
    match database {
        Database::Sqlite(database) => database,
        Database::Postgres(_) => unreachable!("a file was opened"),
    }
}

#[tokio::test]
async fn every_commit_is_forced_to_the_disk() {
    let folder = TempDir::new().unwrap();
    let (_, database) = made(&folder).await;
    let mut transaction = sqlite(&database).begin().await.unwrap();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *transaction).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *transaction).await.unwrap();
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}

#[tokio::test]
async fn readers_do_not_write() {
    let folder = TempDir::new().unwrap();
    let (_, database) = made(&folder).await;
    let written = sqlx::raw_sql("UPDATE counter SET value = 9").execute(sqlite(&database).readers()).await;
    assert!(written.unwrap_err().to_string().contains("readonly"));
    assert_eq!(value(&database).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_waits_for_another_one() {
    let folder = TempDir::new().unwrap();
    let (address, database) = made(&folder).await;
    let other = Database::open(&address, &COUNTER).await.unwrap();
    let held = begin(&database).await.unwrap();
    // Longer than SQLite itself waits: whoever gave up then would not see the end.
    let began = Instant::now();
    let waiting = tokio::spawn(async move { advance(&other, 0).await.map(|_| Instant::now()) });
    tokio::time::sleep(Duration::from_millis(6500)).await;
    drop(held);
    let done = waiting.await.unwrap().unwrap();
    assert!(done - began > Duration::from_secs(6));
    assert_eq!(value(&database).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_do_not_wait() {
    let folder = TempDir::new().unwrap();
    let (_, database) = made(&folder).await;
    let mut held = begin(&database).await.unwrap();
    held.run("UPDATE counter SET value = 5").await.unwrap();
    assert_eq!(value(&database).await, 0);
    held.commit().await.unwrap();
    assert_eq!(value(&database).await, 5);
}

/// This test again, as a process of its own that can be killed.
fn child(name: &str, file: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env("MAPAE_TEST_CHILD", file);
    command
}

/// The file that a child is told to use.
fn told() -> Option<Address> {
    std::env::var_os("MAPAE_TEST_CHILD").map(Address::sqlite)
}

fn until_it_says(child: &mut Child, word: &str) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.ends_with(word)));
}

#[tokio::test]
async fn a_process_killed_in_mid_transaction_leaves_nothing() {
    if let Some(address) = told() {
        let database = Database::open(&address, &COUNTER).await.unwrap();
        let mut transaction = begin(&database).await.unwrap();
        transaction.run("UPDATE counter SET value = 500").await.unwrap();
        // More than SQLite keeps in memory: some of it is in the file's log already.
        let many = "WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
            INSERT INTO counter SELECT i, 0 FROM n";
        transaction.run(many).await.unwrap();
        println!("written");
        std::future::pending::<()>().await;
    }
    let folder = TempDir::new().unwrap();
    let (address, database) = made(&folder).await;
    assert_eq!(advance(&database, 0).await.unwrap(), Swap::Done);
    let name = "sqlite::a_process_killed_in_mid_transaction_leaves_nothing";
    let mut child = child(name, address.file().unwrap()).stdout(Stdio::piped()).spawn().unwrap();
    until_it_says(&mut child, "written");
    child.kill().unwrap();
    child.wait().unwrap();
    // Neither its data nor its place as the writer outlive it.
    assert_eq!(advance(&database, 1).await.unwrap(), Swap::Done);
    drop(database);
    assert_eq!(value(&Database::open(&address, &COUNTER).await.unwrap()).await, 2);
}

#[tokio::test]
async fn a_file_that_vanished_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let (address, database) = made(&folder).await;
    drop(database);
    fs::remove_file(address.file().unwrap()).unwrap();
    let error = Database::open(&address, &COUNTER).await.unwrap_err();
    assert!(matches!(error, SqlError::Absent { .. }), "{error}");
    assert!(!address.file().unwrap().exists());
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_made() {
    let folder = TempDir::new().unwrap();
    let address = Address::sqlite(folder.path().join("missing/store.db"));
    let error = Database::create(&address, &COUNTER).await.unwrap_err();
    assert!(matches!(error, SqlError::Failed(_)), "{error}");
}

#[tokio::test]
async fn a_file_of_something_else_is_refused() {
    let folder = TempDir::new().unwrap();
    let address = Address::sqlite(folder.path().join("store.db"));
    fs::write(address.file().unwrap(), "this is a letter, and long enough to be taken for the header of a database")
        .unwrap();
    let error = Database::create(&address, &COUNTER).await.unwrap_err();
    assert!(matches!(error, SqlError::Failed(_)), "{error}");
}

/// Root may write where nothing is writable, so the test's child is somebody else.
#[tokio::test]
async fn a_disk_that_is_read_only_is_an_error_and_no_empty_store() {
    if let Some(address) = told() {
        let opened = Database::open(&address, &COUNTER).await;
        assert!(matches!(opened, Err(SqlError::Failed(_))), "{opened:?}");
        println!("refused");
        return;
    }
    let folder = TempDir::new().unwrap();
    let (address, database) = made(&folder).await;
    run(&database, "UPDATE counter SET value = 3").await.unwrap();
    drop(database);
    fs::set_permissions(address.file().unwrap(), Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let name = "sqlite::a_disk_that_is_read_only_is_an_error_and_no_empty_store";
    let mut child = as_nobody(&child(name, address.file().unwrap())).stdout(Stdio::piped()).spawn().unwrap();
    until_it_says(&mut child, "refused");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(address.file().unwrap(), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(value(&Database::open(&address, &COUNTER).await.unwrap()).await, 3);
}

fn as_nobody(command: &Command) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let program = command.get_program().to_owned();
    let mut wrapped = if root {
        let mut setpriv = Command::new("setpriv");
        setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
        setpriv
    } else {
        Command::new(program)
    };
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        wrapped.env(name, value.unwrap_or_default());
    }
    wrapped
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_what_was_stays() {
    let folder = TempDir::new().unwrap();
    let (_, database) = made(&folder).await;
    let mut transaction = begin(&database).await.unwrap();
    transaction.run("PRAGMA max_page_count = 1").await.unwrap();
    let many = "WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO counter SELECT i, 0 FROM n";
    assert!(matches!(transaction.run(many).await, Err(SqlError::Failed(_))));
    drop(transaction);
    assert_eq!(value(&database).await, 0);
}
