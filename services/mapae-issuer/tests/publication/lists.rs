//! What the lists say, and what their changes do not say.

use std::{collections::BTreeSet, fs, sync::atomic::Ordering};

use mapae_http::stopping;
use mapae_issuer::publication::PublicationError;
use mapae_status_list::{CAPACITY, COVER_RESERVE, IndexAllocator, Slot};

use super::scene::{BASE, EVERY, INDEX_KEY, Scene, entry, publish};

#[tokio::test]
async fn an_issuer_without_copies_publishes_the_lists_of_the_first_ones() {
    let scene = Scene::new();
    let mut publisher = scene.publisher("a");
    assert_eq!(publish(&mut publisher, &scene.store).await.lists, 8);
    for number in 0..8 {
        assert_eq!(scene.list(&publisher, number), (Vec::new(), scene.now()));
    }
    let aggregation = publisher.folder().aggregation().unwrap().unwrap();
    let uris: Vec<String> = (0..8).map(|number| format!("{BASE}/status/{number}")).collect();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&aggregation).unwrap()["status_lists"],
        serde_json::json!(uris)
    );
}

#[tokio::test]
async fn revoked_copies_are_so_in_the_next_lists_and_no_others_copy_is() {
    let scene = Scene::new();
    *scene.store.numbers.lock().unwrap() = 1000;
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    scene.store.revoke(40..60);
    scene.pass(EVERY);
    assert_eq!(publish(&mut publisher, &scene.store).await.revocations, 1);
    let shown: Vec<Vec<u32>> = (0..8).map(|list| scene.revoked(&publisher, list)).collect();
    for number in 0..1000 {
        let entry = entry(number);
        let is_revoked = shown[usize::try_from(entry.list).unwrap()].contains(&entry.index);
        assert_eq!(is_revoked, (40..60).contains(&number), "{number}");
    }
}

/// More than are read at once.
#[tokio::test]
async fn all_revocations_are_shown_however_many() {
    let scene = Scene::new();
    *scene.store.numbers.lock().unwrap() = 20_000;
    (0..9_000).for_each(|number| scene.store.revoke(2 * number..2 * number + 1));
    let mut publisher = scene.publisher("a");
    assert_eq!(publish(&mut publisher, &scene.store).await.revocations, 9_000);
    for list in 0..8 {
        let copies = (0..9_000).filter(|number| Slot::of(2 * number).list == list).count();
        assert_eq!(scene.revoked(&publisher, list).len(), copies + scene.store.cover_of(list) as usize);
    }
}

/// Design D6: what changed between two publications does not show which entries are one person's batch.
#[tokio::test]
async fn each_list_that_was_open_changes_by_entries_that_nobody_has() {
    let scene = Scene::new();
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    scene.store.revoke(0..3);
    publish(&mut publisher, &scene.store).await;
    let of_copies: BTreeSet<(u64, u32)> = (0..3).map(entry).map(|entry| (entry.list, entry.index)).collect();
    let mut counts = BTreeSet::new();
    for list in 0..8 {
        let revoked = scene.revoked(&publisher, list);
        let cover: Vec<u32> = revoked.into_iter().filter(|index| !of_copies.contains(&(list, *index))).collect();
        assert!((1..=4).contains(&cover.len()), "{list}: {}", cover.len());
        assert_eq!(u32::try_from(cover.len()).unwrap(), scene.store.cover_of(list));
        let mut allocator = IndexAllocator::new(INDEX_KEY);
        let reserve: BTreeSet<u32> = (0..4).filter_map(|nth| allocator.cover(list, nth)).collect();
        assert!(cover.iter().all(|index| reserve.contains(index)));
        counts.insert(cover.len());
    }
    assert!(counts.len() > 1, "by a number that says nothing");
}

#[tokio::test]
async fn without_news_lists_are_only_younger() {
    let scene = Scene::new();
    scene.store.revoke(5..6);
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    let before: Vec<Vec<u32>> = (0..8).map(|list| scene.revoked(&publisher, list)).collect();
    for _ in 0..3 {
        scene.pass(EVERY);
        assert_eq!(publish(&mut publisher, &scene.store).await.revocations, 0);
        for (list, before) in (0..8).zip(&before) {
            assert_eq!(scene.list(&publisher, list), (before.clone(), scene.now()));
        }
    }
}

#[tokio::test]
async fn a_restart_changes_nothing_and_a_lost_folder_is_made_again() {
    let scene = Scene::new();
    scene.store.revoke(5..15);
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    let before: Vec<Vec<u32>> = (0..8).map(|list| scene.revoked(&publisher, list)).collect();
    let mut again = scene.publisher("a");
    assert_eq!(publish(&mut again, &scene.store).await.revocations, 0);
    for (list, before) in (0..8).zip(&before) {
        assert_eq!(scene.revoked(&again, list), *before);
    }
    drop(again);
    fs::remove_dir_all(scene.folder()).unwrap();
    let mut anew = scene.publisher("a");
    publish(&mut anew, &scene.store).await;
    for (list, before) in (0..8).zip(&before) {
        let now = scene.revoked(&anew, list);
        assert!(before.iter().all(|index| now.contains(index)), "revoked stays revoked");
    }
}

/// Cover is on record before it is shown, and a revocation is not shown without.
#[tokio::test]
async fn a_publication_that_fails_half_way_is_made_up_for() {
    let scene = Scene::new();
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    scene.store.revoke(0..1);
    fs::rename(scene.folder(), scene.dir.path().join("away")).unwrap();
    fs::write(scene.folder(), "no folder").unwrap();
    let refused = publisher.round(&*scene.store).await.unwrap_err();
    assert!(matches!(&refused, PublicationError::Folder { path, .. } if path.starts_with(scene.folder())), "{refused}");
    fs::remove_file(scene.folder()).unwrap();
    fs::rename(scene.dir.path().join("away"), scene.folder()).unwrap();
    assert!(scene.revoked(&publisher, entry(0).list).is_empty(), "the old lists stand");
    publish(&mut publisher, &scene.store).await;
    for list in 0..8 {
        let copies = u32::from(list == entry(0).list);
        let shown = u32::try_from(scene.revoked(&publisher, list).len()).unwrap();
        assert_eq!(shown, copies + scene.store.cover_of(list));
        assert!(scene.store.cover_of(list) > 0);
    }
}

#[tokio::test]
async fn a_store_that_is_silent_leaves_the_lists_as_they_are() {
    let scene = Scene::new();
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    let at = scene.now();
    scene.store.down.store(true, Ordering::Relaxed);
    scene.pass(EVERY);
    assert!(matches!(publisher.round(&*scene.store).await, Err(PublicationError::Store(_))));
    assert_eq!(scene.list(&publisher, 0).1, at);
    assert_eq!(*publisher.published().borrow(), Some(at), "as its health is told");
    scene.store.down.store(false, Ordering::Relaxed);
    publish(&mut publisher, &scene.store).await;
    assert_eq!(scene.list(&publisher, 0).1, scene.now());
}

/// A copy's list is there before the copy is, also when many are issued between two publications.
#[tokio::test]
async fn lists_are_published_before_their_copies_are_issued() {
    let generation = 8 * u64::from(CAPACITY);
    let scene = Scene::new();
    let mut publisher = scene.publisher("a");
    for (copies, lists) in
        [(0, 8), (generation / 4, 8), (2 * generation / 3, 16), (generation, 16), (3 * generation, 64)]
    {
        *scene.store.numbers.lock().unwrap() = copies;
        assert_eq!(publish(&mut publisher, &scene.store).await.lists, lists, "{copies}");
    }
}

#[tokio::test]
async fn a_list_without_room_for_cover_is_said_and_published_all_the_same() {
    let scene = Scene::new();
    for list in 0..8 {
        scene.store.cover.lock().unwrap().insert(list, COVER_RESERVE);
    }
    scene.store.revoke(0..8);
    let mut publisher = scene.publisher("a");
    publish(&mut publisher, &scene.store).await;
    assert!(scene.heard("cover"));
    for list in 0..8 {
        assert_eq!(scene.revoked(&publisher, list).len(), COVER_RESERVE as usize + 1);
        assert_eq!(scene.store.cover_of(list), COVER_RESERVE);
    }
}

#[tokio::test]
async fn it_publishes_at_once_and_stops_when_it_is_told() {
    let scene = Scene::new();
    let publisher = scene.publisher("a");
    let (mut heard, (stopper, stop)) = (publisher.published(), stopping());
    let store = scene.store.clone();
    let running = tokio::spawn(async move { publisher.run(&*store, stop).await });
    let at = heard.wait_for(Option::is_some).await.unwrap().unwrap();
    assert_eq!(at, scene.now());
    stopper.stop();
    tokio::time::timeout(std::time::Duration::from_secs(20), running).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_fails_is_said() {
    let scene = Scene::new();
    scene.store.down.store(true, Ordering::Relaxed);
    let publisher = scene.publisher("a");
    let (stopper, stop) = stopping();
    stopper.stop();
    publisher.run(&*scene.store, stop).await;
    assert!(scene.heard("lists are not published: the store"));
}
