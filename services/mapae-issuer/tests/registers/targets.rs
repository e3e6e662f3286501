//! How soon something follows, on simulated time: each kind of event has a target, and whoever misses it is found out.

use mapae_document::LifeState::{Active, Revoked};
use mapae_issuer::register::{EventKind, Following};
use mapae_types::{Duration, Timestamp};

use super::world::{World, following};

/// A tick of the loop in the service.
const TICK: Duration = Duration::seconds(5);

/// Time passes until `done`, while the register is read whenever it is due.
async fn until(world: &mut World, end: Timestamp, done: impl AsyncFn(&World) -> bool) -> Timestamp {
    while !done(world).await {
        assert!(world.now() <= end, "nothing followed until {end}");
        world.wait(TICK);
        if world.follower.due().is_none_or(|due| due <= world.now()) {
            world.round().await;
        }
    }
    world.now()
}

fn change(world: &mut World, kind: EventKind) {
    match kind {
        EventKind::Death => world.set(1, "alive", "false"),
        EventKind::RightLost => world.set(1, "registered", "false"),
        EventKind::LeftRegister => drop(world.rows.remove(1)),
        _ => world.set(1, "address_latin", "1 Sejong-daero, Seoul"),
    }
}

/// The register changes right after a reading, which is the worst moment; the time until something followed.
async fn took(kind: EventKind, rules: Following) -> (Duration, World) {
    let mut world = World::residents(5).await;
    world.restart(rules);
    world.round().await;
    world.activate(1).await;
    let person = world.person(1);
    world.wait(Duration::seconds(1));
    change(&mut world, kind);
    let changed = world.now();
    let followed = async |world: &World| match kind {
        EventKind::Renewal => world.renewed() == [person.clone()],
        _ => world.states(&person).await == [Revoked],
    };
    let end = changed + Duration::days(1);
    let at = until(&mut world, end, followed).await;
    (changed.age_at(at), world)
}

/// Fails when a target is missed.
#[tokio::test]
async fn each_kind_is_followed_within_its_target() {
    for kind in EventKind::ALL {
        let rules = following();
        let (target, every) = (rules.targets.of(kind), rules.every);
        let (took, world) = took(kind, rules).await;
        assert!(took <= target, "{}: {took} in place of {target}", kind.name());
        assert!(took.as_seconds() + TICK.as_seconds() >= every.as_seconds(), "{}: {took}", kind.name());
        let text = world.metrics.text();
        let measured = format!("mapae_register_event_seconds_count{{kind=\"{}\"}} 1", kind.name());
        assert!(text.contains(&measured), "{text}");
        assert!(!text.contains("mapae_register_events_late_total{"), "{text}");
    }
}

/// The measure itself: an interval longer than the target is told as late.
#[tokio::test]
async fn a_missed_target_is_told() {
    for kind in EventKind::ALL {
        let rules = Following { every: Duration::hours(2), ..following() };
        let target = rules.targets.of(kind);
        let (took, world) = took(kind, rules).await;
        assert!(took > target, "{}: {took}", kind.name());
        let late = format!("mapae_register_events_late_total{{kind=\"{}\"}} 1", kind.name());
        assert!(world.metrics.text().contains(&late), "{}", world.metrics.text());
    }
}

/// A reading that fails does not make the next event look younger than it is.
#[tokio::test]
async fn time_is_counted_from_the_last_reading_that_went_well() {
    let mut world = World::residents(5).await;
    world.activate(1).await;
    world.set(1, "alive", "false");
    let rows = std::mem::take(&mut world.rows);
    std::fs::remove_file(world.path()).unwrap();
    for _ in 0..4 {
        world.wait(Duration::seconds(5 * 60));
        assert!(world.follower.round(&world.host).await.is_err());
    }
    world.rows = rows;
    assert_eq!(world.states(&world.person(1)).await, [Active]);
    let round = world.round().await;
    assert_eq!((round.events.as_slice(), round.late), ([EventKind::Death].as_slice(), 1));
    assert!(world.metrics.text().contains("mapae_register_event_seconds_sum{kind=\"death\"} 1200.0"));
}
