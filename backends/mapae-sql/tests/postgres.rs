//! PostgreSQL: settings that would lose commits, and commits that are not what they say.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use mapae_sql::{Address, Database, Party, SqlError, Swap};
use scratch_postgres::{Server, shared};
use tokio::time::sleep;

use crate::places::{COUNTER, advance, begin, number, run, value};

fn address(url: &str) -> Address {
    url.parse().unwrap()
}

/// A database, and its address for a role with a setting of its own.
fn as_role_with(server: &Server, role: &str, setting: &str) -> Address {
    let url = server.database();
    server.sql(&format!("CREATE ROLE {role} SUPERUSER LOGIN; ALTER ROLE {role} SET {setting}"));
    let name = url.rsplit('/').next().and_then(|name| name.split('?').next()).unwrap().to_owned();
    address(&server.url(&name, role))
}

async fn refused_as(server: &Server, role: &str, setting: &str) -> (&'static str, String) {
    match Database::create(&as_role_with(server, role, setting), &COUNTER).await {
        Err(SqlError::Unsafe { setting, value }) => (setting, value),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_role_that_commits_without_waiting_is_refused() {
    let Some(server) = shared() else { return };
    for value in ["off", "local", "remote_write"] {
        let refused = refused_as(server, &format!("hasty_{value}"), &format!("synchronous_commit = {value}")).await;
        assert_eq!(refused, ("synchronous_commit", value.to_owned()));
    }
    let patient = as_role_with(server, "patient", "synchronous_commit = remote_apply");
    Database::create(&patient, &COUNTER).await.unwrap();
}

#[tokio::test]
async fn a_role_that_hears_no_warning_is_refused() {
    let Some(server) = shared() else { return };
    let refused = refused_as(server, "deaf", "client_min_messages = error").await;
    assert_eq!(refused, ("notices", "not heard".to_owned()));
}

#[tokio::test]
async fn a_server_that_does_not_write_through_is_refused() {
    for (setting, name) in [("fsync=off", "fsync"), ("full_page_writes=off", "full_page_writes")] {
        let Some(server) = Server::start(&[setting]) else { return };
        let error = Database::create(&address(&server.database()), &COUNTER).await.unwrap_err();
        assert!(matches!(&error, SqlError::Unsafe { setting, .. } if *setting == name), "{error}");
        assert_eq!(error.party(), Party::Store);
    }
}

#[tokio::test]
async fn a_setting_that_becomes_unsafe_is_noticed_by_the_next_transaction() {
    let Some(server) = Server::start(&[]) else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    run(&database, "UPDATE counter SET value = 1").await.unwrap();
    server.sql("ALTER SYSTEM SET synchronous_commit = local");
    server.sql("SELECT pg_reload_conf()");
    sleep(Duration::from_millis(300)).await;
    let error = run(&database, "UPDATE counter SET value = 2").await.unwrap_err();
    assert!(matches!(error, SqlError::Unsafe { setting: "synchronous_commit", .. }), "{error}");
    assert_eq!(value(&database).await, 1);
}

/// A server whose standby will never come, with somebody who waits for it in COMMIT; what `then` does with his process.
async fn waiting_for_a_standby(then: &str) -> Option<(Result<u64, SqlError>, i64)> {
    let server = Server::start(&[])?;
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    server.sql("ALTER SYSTEM SET synchronous_standby_names = 'never'");
    server.sql("SELECT pg_reload_conf()");
    sleep(Duration::from_millis(300)).await;
    let writing = database.clone();
    let commit = tokio::spawn(async move { run(&writing, "UPDATE counter SET value = 42").await });
    while server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "1" {
        sleep(Duration::from_millis(20)).await;
    }
    server.sql(&format!("SELECT {then}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"));
    Some((commit.await.unwrap(), value(&database).await))
}

/// The server answers COMMIT with success and a warning.
#[tokio::test]
async fn a_commit_that_stopped_waiting_for_its_standby_has_failed() {
    let Some((committed, value)) = waiting_for_a_standby("pg_cancel_backend").await else { return };
    let error = committed.unwrap_err();
    assert!(
        matches!(&error, SqlError::NotDurable { notice } if notice.contains("canceling wait for synchronous")),
        "{error:?}"
    );
    assert_eq!(error.party(), Party::Store);
    // It stands here, and would vanish with this machine.
    assert_eq!(value, 42);
}

#[tokio::test]
async fn a_connection_ended_while_waiting_for_its_standby_confirms_nothing() {
    let Some((committed, _)) = waiting_for_a_standby("pg_terminate_backend").await else { return };
    let error = committed.unwrap_err();
    assert!(matches!(error, SqlError::NotDurable { .. } | SqlError::Unconfirmed(_)), "{error:?}");
}

/// PostgreSQL answers such a COMMIT with success, and rolls back.
#[tokio::test]
async fn a_transaction_that_failed_cannot_be_committed() {
    let Some(server) = shared() else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    let mut transaction = begin(&database).await.unwrap();
    transaction.run("UPDATE counter SET value = 1").await.unwrap();
    transaction.run("INSERT INTO nowhere VALUES (1)").await.unwrap_err();
    assert!(matches!(transaction.commit().await, Err(SqlError::Failed(_))));
    assert_eq!(value(&database).await, 0);
}

#[tokio::test]
async fn what_another_says_is_no_notice_of_this_commit() {
    let Some(server) = shared() else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    let mut transaction = begin(&database).await.unwrap();
    transaction.run("DO $$ BEGIN RAISE WARNING 'before the commit'; END $$").await.unwrap();
    transaction.run("UPDATE counter SET value = 1").await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(value(&database).await, 1);
}

#[tokio::test]
async fn a_rule_checked_at_commit_keeps_its_name() {
    let Some(server) = shared() else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    let deferred =
        "CREATE TABLE child (id BIGINT CONSTRAINT child_has_parent REFERENCES counter DEFERRABLE INITIALLY DEFERRED)";
    run(&database, deferred).await.unwrap();
    let error = run(&database, "INSERT INTO child VALUES (99)").await.unwrap_err();
    assert_eq!(error.rule(), Some("child_has_parent"));
}

#[tokio::test]
async fn a_deadlock_is_a_lost_race() {
    let Some(server) = shared() else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    run(&database, "INSERT INTO counter VALUES (2, 0)").await.unwrap();
    let (mut one, mut two) = (begin(&database).await.unwrap(), begin(&database).await.unwrap());
    one.run("UPDATE counter SET value = 1 WHERE id = 1").await.unwrap();
    two.run("UPDATE counter SET value = 2 WHERE id = 2").await.unwrap();
    let (first, second) = tokio::join!(
        one.run("UPDATE counter SET value = 1 WHERE id = 2"),
        two.run("UPDATE counter SET value = 2 WHERE id = 1"),
    );
    let lost = first.err().or(second.err()).unwrap();
    assert!(matches!(lost, SqlError::Lost), "{lost:?}");
    assert_eq!(lost.party(), Party::Race);
}

#[tokio::test]
async fn a_crash_keeps_what_was_committed_and_nothing_else() {
    let Some(mut server) = Server::start(&[]) else { return };
    let database = Database::create(&address(&server.database()), &COUNTER).await.unwrap();
    assert_eq!(advance(&database, 0).await.unwrap(), Swap::Done);
    let mut transaction = begin(&database).await.unwrap();
    transaction.run("UPDATE counter SET value = 500").await.unwrap();
    server.kill();
    assert!(matches!(transaction.commit().await, Err(SqlError::Unconfirmed(_))));
    server.restart();
    assert_eq!(value(&database).await, 1);
    assert_eq!(number(&database, "SELECT count(*) FROM counter").await, 1);
}
