//! A register that was cut off is not believed.

use mapae_document::LifeState::{Active, Revoked};
use mapae_issuer::register::{EventKind, Following, RegisterError, RegisterHost as _};
use mapae_issuer::store::IssuerStore as _;

use super::world::{World, following};

fn alarm(world: &World) -> bool {
    world.metrics.text().contains("\nmapae_register_not_believed 1\n")
}

#[tokio::test]
async fn nobody_is_revoked_if_too_many_are_gone() {
    let mut world = World::residents(200).await;
    let (gone, stays) = (world.person(199), world.person(0));
    world.activate(199).await;
    let whole = world.rows.clone();
    world.rows.truncate(189);
    let refused = world.try_round().await;
    assert!(matches!(refused, Err(RegisterError::Vanished { vanished: 11, known: 200 })), "{refused:?}");
    assert!(alarm(&world));
    assert_eq!(world.states(&gone).await, [Active]);
    assert!(world.host.store().row(world.name(), &gone).await.unwrap().is_some());
    world.rows = whole;
    assert_eq!(world.round().await.removed, 0);
    assert!(!alarm(&world));
    assert!(world.host.store().row(world.name(), &stays).await.unwrap().is_some());
}

#[tokio::test]
async fn an_empty_register_is_not_believed() {
    let mut world = World::residents(20).await;
    world.rows.clear();
    assert!(matches!(world.try_round().await, Err(RegisterError::Vanished { vanished: 20, known: 20 })));
}

#[tokio::test]
async fn ten_may_always_go() {
    let mut world = World::residents(200).await;
    world.activate(199).await;
    let gone = world.person(199);
    world.rows.truncate(190);
    let round = world.round().await;
    assert_eq!((round.removed, round.events.as_slice()), (10, [EventKind::LeftRegister].as_slice()));
    assert_eq!(world.states(&gone).await, [Revoked]);
}

#[tokio::test]
async fn an_operator_may_allow_more() {
    let mut world = World::residents(40).await;
    world.restart(Following { vanished_percent: 50, ..following() });
    world.rows.truncate(19);
    assert!(matches!(world.try_round().await, Err(RegisterError::Vanished { vanished: 21, known: 40 })));
    world.restart(Following { vanished_percent: 100, ..following() });
    assert_eq!(world.round().await.removed, 21);
}

/// Somebody whose id cannot be read would count as gone.
#[tokio::test]
async fn nobody_is_gone_from_a_register_with_a_person_unknown() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    let person = world.person(1);
    world.set(1, "person_id", "not an id");
    let round = world.round().await;
    assert!(round.incomplete);
    assert_eq!((round.removed, round.events.len()), (0, 0));
    assert_eq!(world.states(&person).await, [Active]);
}
