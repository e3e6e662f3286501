//! The bundle's age, and a clock that shows an earlier time.

use mapae_trust::{Bundle, BundleError, Memory, TrustStore};
use mapae_types::{Duration, UseClass};
use mapae_verify::{NotVerified, Policy, Refusal, Stale, Undecided};
use testkit::{BOTH, Format, World, now};

use crate::code;

const SECOND: Duration = Duration::seconds(1);

/// A world whose bundle and list are that old.
fn aged(age: Duration) -> World {
    let mut world = World::new();
    (world.as_of, world.list.issued_at) = (now() - age, now() - age);
    world
}

/// The verdict, and whether it is marked.
fn verdict(format: Format, age: Duration, policy: &Policy<'_>) -> (&'static str, bool) {
    let world = aged(age);
    match world.verify_with(&world.show(format), now(), policy) {
        Ok(verified) => ("held", verified.credentials()[0].evidence().marked()),
        Err(reason) => (reason.code(), false),
    }
}

#[test]
fn a_bundle_is_fresh_then_marked_then_too_old() {
    let (fresh, usable) = (Duration::hours(24), Duration::days(35));
    for format in BOTH {
        let at = |age: Duration| verdict(format, age, &Policy::default());
        assert_eq!(at(Duration::default()), ("held", false));
        assert_eq!(at(fresh), ("held", false));
        assert_eq!(at(Duration::seconds(fresh.as_seconds() + 1)), ("held", true));
        assert_eq!(at(usable), ("held", true));
        assert_eq!(at(Duration::seconds(usable.as_seconds() + 1)), ("bundle_too_old", false));
    }
}

#[test]
fn a_relying_party_may_want_younger_evidence_and_never_older() {
    let week = Duration::days(7);
    for format in BOTH {
        let within = |accept, age| verdict(format, age, &Policy::default().accepting_age(Some(accept)));
        assert_eq!(within(week, week), ("held", true));
        assert_eq!(within(week, Duration::seconds(week.as_seconds() + 1)), ("bundle_too_old", false));
        assert_eq!(within(Duration::hours(1), Duration::hours(1)), ("held", false));
        assert_eq!(within(Duration::days(3650), Duration::days(36)), ("bundle_too_old", false));
    }
}

#[test]
fn a_status_list_may_not_be_older_than_asked_either() {
    for format in BOTH {
        let mut world = World::new();
        world.list.issued_at = now() - Duration::hours(2);
        let shown = world.show(format);
        let within =
            |hours| world.verify_with(&shown, now(), &Policy::default().accepting_age(Some(Duration::hours(hours))));
        assert_eq!(code(within(2)), "held");
        let (age, greatest) = (Duration::hours(2), Duration::hours(1));
        let refused = within(1).unwrap_err();
        assert_eq!(refused.code(), "status_too_old");
        assert_eq!(refused, Refusal::EvidenceTooOld { what: Stale::Status, age, greatest }.into());
    }
}

#[test]
fn a_clock_before_the_bundle_leaves_the_verdict_undecided() {
    for format in BOTH {
        let mut world = World::new();
        let as_of = world.as_of;
        world.request.answered_at = as_of;
        let shown = world.show(format);
        assert_eq!(code(world.verify_at(&shown, as_of)), "held");
        let clock = as_of - SECOND;
        let verdict = world.verify_at(&shown, clock).unwrap_err();
        assert_eq!(verdict.code(), "clock_behind");
        assert_eq!(verdict, NotVerified::Undecided(Undecided::ClockBehind { as_of, now: clock }));
    }
}

/// The order of the rules is fixed: nothing else is said of a presentation with such a bundle.
#[test]
fn without_usable_evidence_nothing_is_looked_at() {
    let (old, ahead) = (aged(Duration::days(36)), aged(Duration::seconds(-1)));
    for bytes in [&b""[..], b"garbage", &old.show(Format::Mdoc)] {
        assert_eq!(code(old.verify(bytes)), "bundle_too_old");
        assert_eq!(code(ahead.verify(bytes)), "clock_behind");
    }
}

#[test]
fn each_class_of_use_has_its_own_bands() {
    let day = Duration::hours(24);
    for (name, usable) in [("low", Duration::days(35)), ("substantial", Duration::days(7)), ("high", day)] {
        let class: UseClass = name.parse().unwrap();
        for format in BOTH {
            let at = |age: Duration| verdict(format, age, &Policy::default().for_use(Some(&class)));
            assert_eq!(at(day), ("held", false), "{name}");
            assert_eq!(at(usable), ("held", usable > day), "{name}");
            assert_eq!(at(Duration::seconds(usable.as_seconds() + 1)), ("bundle_too_old", false), "{name}");
        }
    }
}

#[test]
fn a_class_that_the_bundle_does_not_know_decides_nothing() {
    let class: UseClass = "unheard-of".parse().unwrap();
    for format in BOTH {
        assert_eq!(verdict(format, SECOND, &Policy::default().for_use(Some(&class))), ("use_class_unknown", false));
    }
}

#[test]
fn what_is_wrong_with_a_bundle_has_a_code() {
    let code = |error: NotVerified| (matches!(error, NotVerified::Undecided(_)), error.code());
    assert_eq!(code(BundleError::Forged.into()), (false, "bundle_forged"));
    assert_eq!(code(Bundle::parse(Vec::new()).err().unwrap().into()), (false, "bundle_malformed"));
    assert_eq!(code(Undecided::BundleMissing.into()), (true, "bundle_missing"));
}

#[test]
fn what_a_memory_does_not_admit_has_a_code() {
    let (new, old) = (aged(Duration::hours(1)), aged(Duration::hours(2)));
    let memory = Memory::admit(None, &new.store(), now()).unwrap();
    let code =
        |store: &TrustStore, clock| NotVerified::from(Memory::admit(Some(&memory), store, clock).unwrap_err()).code();
    assert_eq!(code(&old.store(), now()), "bundle_rolled_back");
    assert_eq!(code(&new.store(), new.as_of - SECOND), "clock_behind");
    assert_eq!(code(&World::of(2, "KR").store(), now()), "bundle_forged");
}
