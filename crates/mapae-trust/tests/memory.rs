//! What a reader remembers between bundles.

use mapae_crypto::sha256;
use mapae_trust::{Bundle, Memory, MemoryError, TrustStore};
use mapae_types::{Duration, Timestamp};
use testkit::{World, now};

const SECOND: Duration = Duration::seconds(1);

fn store_as_of(as_of: Timestamp) -> TrustStore {
    let mut world = World::new();
    world.as_of = as_of;
    world.store()
}

#[test]
fn a_first_bundle_is_remembered() {
    let world = World::new();
    let memory = Memory::admit(None, &world.store(), now()).unwrap();
    assert_eq!(memory.newest(), world.as_of);
    assert_eq!(*memory.sealed_by(), sha256(&world.bundle_key.public().to_spki_der()));
}

#[test]
fn a_newer_bundle_takes_its_place_and_the_same_may_come_again() {
    let old = Memory::admit(None, &store_as_of(now() - Duration::days(2)), now()).unwrap();
    let new = Memory::admit(Some(&old), &store_as_of(now() - Duration::days(1)), now()).unwrap();
    assert_eq!(new.newest(), now() - Duration::days(1));
    assert_eq!(Memory::admit(Some(&new), &store_as_of(now() - Duration::days(1)), now()), Ok(new));
}

#[test]
fn an_older_bundle_is_rolled_back() {
    let newest = now() - Duration::days(1);
    let memory = Memory::admit(None, &store_as_of(newest), now()).unwrap();
    let as_of = newest - SECOND;
    assert_eq!(
        Memory::admit(Some(&memory), &store_as_of(as_of), now()),
        Err(MemoryError::RolledBack { as_of, newest })
    );
}

/// Design D3. A bundle from the future must not be remembered either: it would lock the reader until then.
#[test]
fn a_clock_behind_what_was_seen_admits_nothing() {
    let newest = now() - Duration::days(1);
    let memory = Memory::admit(None, &store_as_of(newest), now()).unwrap();
    assert!(Memory::admit(Some(&memory), &store_as_of(newest), newest).is_ok());
    let clock = newest - SECOND;
    let behind = Err(MemoryError::ClockBehind { newest, now: clock });
    assert_eq!(Memory::admit(Some(&memory), &store_as_of(newest), clock), behind);
    assert_eq!(Memory::admit(Some(&memory), &store_as_of(newest - Duration::days(1)), clock), behind);
    assert_eq!(Memory::admit(None, &store_as_of(newest), clock), behind);
}

#[test]
fn a_bundle_by_another_key_is_not_a_newer_one() {
    let memory = Memory::admit(None, &store_as_of(now() - Duration::days(1)), now()).unwrap();
    let other = World::of(2, "KR").store();
    assert_eq!(Memory::admit(Some(&memory), &other, now()), Err(MemoryError::OtherKey));
}

/// Only a store can be admitted, and a file that does not verify gives none: a forged bundle from the future, which
/// would make every honest one look rolled back, leaves the memory as it was.
#[test]
fn what_does_not_verify_never_reaches_the_memory() {
    let mut world = World::new();
    world.as_of = now() + Duration::days(3650);
    let mut file = world.bundle();
    let last = file.len() - 1;
    file[last] ^= 1;
    assert!(Bundle::parse(file).and_then(|bundle| bundle.verify(world.bundle_key.public())).is_err());
}

#[test]
fn a_memory_survives_as_a_line_of_text() {
    let memory = Memory::admit(None, &World::new().store(), now()).unwrap();
    let line = memory.to_string();
    assert_eq!(line.parse(), Ok(memory));
    assert_eq!(format!("{line}\n").parse(), Ok(memory));
    for broken in [
        String::new(),
        line.replace("memory-1", "memory-2"),
        line.replacen(' ', "", 1),
        format!("{line} more"),
        line[..line.len() - 1].to_owned(),
        line.replacen(|c: char| c.is_ascii_hexdigit() && !c.is_ascii_digit(), "x", 3),
    ] {
        assert!(broken.parse::<Memory>().is_err(), "{broken}");
    }
}
