//! Each day's count in a ledger that is at work.

use std::{fs, sync::atomic::Ordering};

use mapae_http::Bounds;
use mapae_issuer::publication::JournalTree;
use mapae_ledger::{TreeHash, leaf_hash, node_hash};
use mapae_ledger_server::client::LedgerClient;
use mapae_trust::ledger::Journal;
use mapae_types::Duration;
use testkit::time;

use super::{
    ledger::Ledger,
    scene::{EVERY, Memory, Scene, publish},
};

/// The days of the scenes, counted from 1970-01-01.
const NOV_19: u64 = 20_776;

/// The definition of RFC 6962 §2.1, as it stands there.
fn root(entries: &[Vec<u8>]) -> TreeHash {
    match entries {
        [] => TreeHash::EMPTY,
        [one] => leaf_hash(one),
        many => {
            let k = many.len().next_power_of_two() / 2;
            node_hash(&root(&many[..k]), &root(&many[k..]))
        }
    }
}

/// What was committed before a day began, day by day and by id.
fn journal(store: &Memory, before: &str) -> (u64, TreeHash) {
    let mut batches = store.batches.lock().unwrap().clone();
    batches.retain(|(at, _)| *at < time(before));
    batches.sort_by_key(|(at, leaf)| (at.unix() / 86_400, leaf.batch));
    let entries: Vec<Vec<u8>> =
        batches.iter().map(|(_, leaf)| [&leaf.batch.as_bytes()[..], &leaf.hash].concat()).collect();
    (entries.len() as u64, root(&entries))
}

/// Three batches on the 19th, none on the 20th, two on the 21st; now it is the 22nd, ten past midnight.
fn scene() -> Scene {
    let scene = Scene::new();
    for at in ["19T00:00:00", "19T11:59:59", "19T23:59:59", "21T00:00:00", "21T23:59:59", "22T00:00:00"] {
        scene.store.commit(time(&format!("2026-11-{at}Z")));
    }
    scene.set_time(time("2026-11-22T00:10:00Z"));
    scene
}

fn told(days: &[Journal]) -> Vec<(u64, u64, TreeHash)> {
    days.iter().map(|day| (day.day - NOV_19, day.count, day.root)).collect()
}

#[tokio::test]
async fn each_day_that_is_over_is_entered_once_from_the_first_batch_on() {
    let scene = scene();
    let ledger = Ledger::new(&scene).await;
    let mut publisher = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 2, "the 21st may still be under way");
    scene.pass(Duration::seconds(5 * 60));
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 1);
    let (one, two) = (journal(&scene.store, "2026-11-20T00:00:00Z"), journal(&scene.store, "2026-11-22T00:00:00Z"));
    let expected = [(0, one.0, one.1), (1, one.0, one.1), (2, two.0, two.1)];
    assert_eq!((one.0, two.0), (3, 5));
    assert_eq!(told(&ledger.days(&scene, 3).await), expected);
    for _ in 0..3 {
        scene.pass(EVERY);
        assert_eq!(publish(&mut publisher, &scene.store).await.days, 0);
    }
    assert_eq!(told(&ledger.days(&scene, 3).await), expected);
}

#[tokio::test]
async fn a_restart_goes_on_where_the_ledger_is_with_its_folder_or_without() {
    let scene = scene();
    let ledger = Ledger::new(&scene).await;
    publish(&mut scene.publisher_with("a", Some(ledger.journal())), &scene.store).await;
    ledger.days(&scene, 2).await;
    scene.set_time(time("2026-11-22T09:00:00Z"));
    scene.store.spans.store(0, Ordering::Relaxed);
    let mut again = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut again, &scene.store).await.days, 1);
    assert_eq!(scene.store.spans.load(Ordering::Relaxed), 1, "what was entered before is not read again");
    ledger.days(&scene, 3).await;
    drop(again);
    fs::remove_dir_all(scene.folder()).unwrap();
    scene.set_time(time("2026-11-23T09:00:00Z"));
    let mut anew = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut anew, &scene.store).await.days, 1);
    let days = told(&ledger.days(&scene, 4).await);
    let (count, root) = journal(&scene.store, "2026-11-23T00:00:00Z");
    assert_eq!(days[3], (3, count, root));
    assert!(!scene.heard("not in the ledger"));
}

#[tokio::test]
async fn a_silent_ledger_holds_up_no_list_and_is_told_later() {
    let scene = scene();
    let ledger = Ledger::new(&scene).await;
    // A port that nobody listens at.
    let silent = LedgerClient::new("http://127.0.0.1:9", Bounds::default()).unwrap();
    let mut publisher = scene.publisher_with("a", Some(ledger.journal_at(silent)));
    let round = publish(&mut publisher, &scene.store).await;
    assert_eq!((round.lists, round.days), (8, 0));
    assert_eq!(scene.list(&publisher, 0).1, scene.now());
    assert!(scene.heard("the day's count is not in the ledger"));
    let mut later = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut later, &scene.store).await.days, 2);
}

/// A store from an old backup, or one that somebody changed: nothing more is entered, and the operator is told.
#[tokio::test]
async fn a_journal_that_is_not_the_one_entered_is_noticed() {
    let scene = scene();
    let ledger = Ledger::new(&scene).await;
    publish(&mut scene.publisher_with("a", Some(ledger.journal())), &scene.store).await;
    ledger.days(&scene, 2).await;
    fs::remove_dir_all(scene.folder()).unwrap();
    scene.set_time(time("2026-11-23T09:00:00Z"));
    let lost = scene.store.batches.lock().unwrap().remove(1);
    let mut publisher = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 0);
    assert!(scene.heard("is not the one in the ledger: 2 batches here, 3 there"));
    // One in its place is noticed as well.
    let mut another = lost;
    another.1.hash = [77; 32];
    scene.store.batches.lock().unwrap().push(another);
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 0);
    assert!(scene.heard("is not the one in the ledger: 3 batches here, 3 there"));
    scene.store.batches.lock().unwrap().pop();
    scene.store.batches.lock().unwrap().push(lost);
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 2);
}

#[tokio::test]
async fn an_issuer_that_issued_nothing_says_nothing() {
    let scene = Scene::new();
    let ledger = Ledger::new(&scene).await;
    let mut publisher = scene.publisher_with("a", Some(ledger.journal()));
    assert_eq!(publish(&mut publisher, &scene.store).await.days, 0);
    assert!(!scene.heard("not in the ledger"));
    assert!(ledger.days(&scene, 0).await.is_empty());
}

#[test]
fn the_tree_that_grows_is_the_one_of_the_rfc() {
    let store = Memory::default();
    let (mut tree, mut entries) = (JournalTree::default(), Vec::new());
    for nth in 0..70 {
        assert_eq!((tree.size(), tree.root()), (nth, root(&entries)));
        store.commit(time("2026-11-21T09:00:00Z"));
        let leaf = store.batches.lock().unwrap().last().unwrap().1;
        tree.push(&leaf);
        entries.push([&leaf.batch.as_bytes()[..], &leaf.hash].concat());
    }
}
