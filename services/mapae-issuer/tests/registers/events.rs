//! What follows when somebody in a register changes.

use std::sync::atomic::Ordering;

use mapae_document::LifeState::{Active, Identified, Revoked};
use mapae_issuer::{
    register::{EventKind, RegisterHost as _},
    store::{IssuerStore as _, RegisterRow},
};
use mapae_sample::Register;
use mapae_types::Duration;

use super::world::{World, following};

#[tokio::test]
async fn a_dead_persons_document_is_revoked() {
    let mut world = World::residents(5).await;
    for place in [1, 2] {
        world.activate(place).await;
    }
    world.set(1, "alive", "false");
    let round = world.round().await;
    assert_eq!((round.events.as_slice(), round.late), ([EventKind::Death].as_slice(), 0));
    assert_eq!(world.states(&world.person(1)).await, [Revoked]);
    assert_eq!(world.reason(&world.person(1)).await.unwrap(), "register: deceased");
    assert_eq!(world.states(&world.person(2)).await, [Active]);
    assert_eq!(world.round().await.events, [], "once");
}

#[tokio::test]
async fn who_loses_the_right_loses_the_document() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "registered", "false");
    assert_eq!(world.round().await.events, [EventKind::RightLost]);
    assert_eq!(world.states(&world.person(1)).await, [Revoked]);
}

/// No row changes, a day passes.
#[tokio::test]
async fn a_right_that_ends_by_its_day_ends_the_document() {
    let mut world = World::of(Register::Overseas, 2).await;
    let tomorrow = world.document.local_date(world.now()).plus_days(1).unwrap().to_string();
    world.set(1, "passport_expires", &tomorrow);
    world.round().await;
    world.activate(1).await;
    world.wait(Duration::days(1));
    assert_eq!(world.round().await.events, [], "the day itself is a good one");
    world.wait(Duration::days(1));
    assert_eq!(world.round().await.events, [EventKind::RightLost]);
    assert_eq!(world.states(&world.person(1)).await, [Revoked]);
    assert_eq!(world.reason(&world.person(1)).await.unwrap(), "register: passport_expired");
}

#[tokio::test]
async fn who_leaves_the_register_loses_the_document() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    let person = world.person(1);
    world.rows.remove(1);
    let round = world.round().await;
    assert_eq!((round.events.as_slice(), round.removed), ([EventKind::LeftRegister].as_slice(), 1));
    assert_eq!(world.states(&person).await, [Revoked]);
    assert!(world.host.store().row(world.name(), &person).await.unwrap().is_none());
    assert_eq!(world.round().await.removed, 0);
}

/// An application that waits is withdrawn with the right.
#[tokio::test]
async fn what_is_on_its_way_is_withdrawn() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "address_latin", "1 Sejong-daero, Seoul");
    world.round().await;
    assert_eq!(world.states(&world.person(1)).await, [Identified, Active]);
    world.set(1, "alive", "false");
    assert_eq!(world.round().await.events, [EventKind::Death, EventKind::Death]);
    assert_eq!(world.states(&world.person(1)).await, [Revoked, Revoked]);
}

#[tokio::test]
async fn a_changed_name_or_address_is_a_renewal() {
    for (column, cell) in [("family_name", "남궁"), ("given_name_latin", "Haneul"), ("address_latin", "1 Sejong-daero")]
    {
        let mut world = World::residents(5).await;
        world.activate(1).await;
        world.set(1, column, cell);
        world.set(2, column, cell);
        assert_eq!(world.round().await.events, [EventKind::Renewal], "{column}");
        assert_eq!(world.renewed(), [world.person(1)], "who has no document has none to renew");
        assert_eq!(world.states(&world.person(1)).await, [Identified, Active], "the old one is good until then");
        assert_eq!(world.round().await.events, []);
    }
}

/// What stands in the document is what counts.
#[tokio::test]
async fn a_column_that_no_fact_is_made_of_renews_nothing() {
    let mut world = World::of(Register::Official, 3).await;
    world.round().await;
    world.activate(1).await;
    world.set(1, "appointed", "2001-02-03");
    let round = world.round().await;
    assert_eq!((round.changed, round.events.len()), (1, 0));
}

#[tokio::test]
async fn a_renewal_that_could_not_be_offered_is_offered_later() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "address_latin", "1 Sejong-daero");
    world.host.fails.store(true, Ordering::Relaxed);
    assert_eq!(world.round().await.events, []);
    assert_eq!(world.states(&world.person(1)).await, [Identified, Active], "it waits, whatever happens to us");
    world.host.fails.store(false, Ordering::Relaxed);
    assert_eq!(world.round().await.events, [EventKind::Renewal]);
    assert_eq!(world.renewed(), [world.person(1)]);
}

/// A process died after it stored the row and before anything followed, however that came about.
#[tokio::test]
async fn a_process_that_takes_over_finds_who_has_no_right() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "alive", "false");
    let cells = world.rows[1].iter().filter(|(_, cell)| !cell.is_empty()).map(|(k, v)| (k.clone(), v.clone()));
    let row = RegisterRow { person: world.person(1), cells: cells.collect() };
    world.host.store().import(world.name(), vec![row], world.now()).await.unwrap();
    world.restart(following());
    let round = world.round().await;
    assert_eq!((round.changed, round.events.as_slice()), (0, [EventKind::Death].as_slice()));
    assert_eq!(world.states(&world.person(1)).await, [Revoked]);
}

#[tokio::test]
async fn who_comes_back_may_have_the_document_again() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "registered", "false");
    world.round().await;
    world.set(1, "registered", "true");
    assert_eq!(world.round().await.events, []);
    world.set(1, "registered", "false");
    assert_eq!(world.round().await.events, [], "nothing to revoke any more");
}
