//! Several replicas over one store: one publishes, another takes over when it does not.

use mapae_issuer::publication::Round;
use mapae_types::Duration;

use super::scene::{EVERY, Scene, entry, publish};

#[tokio::test]
async fn one_of_two_publishes_and_keeps_on() {
    let scene = Scene::new();
    let (mut first, mut second) = (scene.publisher("a"), scene.publisher("b"));
    for _ in 0..4 {
        publish(&mut first, &scene.store).await;
        assert_eq!(second.round(&*scene.store).await.unwrap(), Round::Elsewhere);
        assert_eq!(*second.published().borrow(), None);
        scene.pass(EVERY);
    }
}

#[tokio::test]
async fn another_takes_over_with_all_that_was_revoked_and_covered() {
    let scene = Scene::new();
    let (mut first, mut second) = (scene.publisher("a"), scene.publisher("b"));
    publish(&mut second, &scene.store).await;
    scene.pass(Duration::hours(1));
    scene.store.revoke(0..5);
    publish(&mut first, &scene.store).await;
    let shown: Vec<Vec<u32>> = (0..8).map(|list| scene.revoked(&first, list)).collect();
    scene.pass(EVERY);
    assert_eq!(second.round(&*scene.store).await.unwrap(), Round::Elsewhere, "a late round is waited for");
    scene.pass(EVERY);
    scene.store.revoke(9..10);
    let covered: Vec<u32> = (0..8).map(|list| scene.store.cover_of(list)).collect();
    publish(&mut second, &scene.store).await;
    for (list, covered) in (0..8).zip(covered) {
        assert!(scene.store.cover_of(list) > covered, "{list}: nothing hides what is new");
    }
    for (list, before) in (0..8).zip(shown) {
        let now = scene.revoked(&second, list);
        assert!(before.iter().all(|index| now.contains(index)), "{list}");
        let copies = (0..5).chain([9]).filter(|number| entry(*number).list == list).count();
        assert_eq!(now.len(), copies + scene.store.cover_of(list) as usize, "all cover, of both");
    }
}

/// After a restart a replica goes on with the lease that it had: lists appear at its start.
#[tokio::test]
async fn a_replica_that_restarts_need_not_wait() {
    let scene = Scene::new();
    publish(&mut scene.publisher("a"), &scene.store).await;
    scene.pass(Duration::seconds(5));
    publish(&mut scene.publisher("a"), &scene.store).await;
}
