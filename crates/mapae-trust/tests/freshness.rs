//! How old evidence may be, to the second.

use mapae_trust::{Age, BundleError, Freshness};
use mapae_types::Duration;
use testkit::now;

const FRESH: Duration = Duration::hours(24);
const USABLE: Duration = Duration::days(35);

fn freshness() -> Freshness {
    Freshness::new(FRESH, USABLE).unwrap()
}

fn seconds(n: i64) -> Duration {
    Duration::seconds(n)
}

fn judged(freshness: Freshness, age: i64) -> Age {
    freshness.judge(now() - seconds(age), now())
}

#[test]
fn the_bands_have_exact_edges() {
    let (fresh, usable) = (FRESH.as_seconds(), USABLE.as_seconds());
    assert_eq!(judged(freshness(), 0), Age::Fresh(seconds(0)));
    assert_eq!(judged(freshness(), fresh), Age::Fresh(FRESH));
    assert_eq!(judged(freshness(), fresh + 1), Age::Marked(seconds(fresh + 1)));
    assert_eq!(judged(freshness(), usable), Age::Marked(USABLE));
    assert_eq!(judged(freshness(), usable + 1), Age::TooOld { age: seconds(usable + 1), greatest: USABLE });
}

#[test]
fn a_clock_behind_the_evidence_says_nothing_about_its_age() {
    let as_of = now() + seconds(1);
    assert_eq!(freshness().judge(as_of, now()), Age::ClockBehind { as_of });
    assert_eq!(freshness().judge(now(), now()), Age::Fresh(seconds(0)));
}

#[test]
fn a_relying_party_may_only_be_stricter() {
    let hour = Duration::hours(1);
    let strict = freshness().tightened(Some(hour));
    assert_eq!((strict.fresh_for(), strict.usable_for()), (hour, hour));
    let between = freshness().tightened(Some(Duration::days(7)));
    assert_eq!((between.fresh_for(), between.usable_for()), (FRESH, Duration::days(7)));
    assert_eq!(freshness().tightened(Some(Duration::days(3650))), freshness());
    assert_eq!(freshness().tightened(None), freshness());
}

#[test]
fn a_tightened_age_has_an_exact_edge_too() {
    let strict = freshness().tightened(Some(Duration::hours(1)));
    assert_eq!(judged(strict, 3600), Age::Fresh(seconds(3600)));
    assert_eq!(judged(strict, 3601), Age::TooOld { age: seconds(3601), greatest: Duration::hours(1) });
    assert!(matches!(judged(freshness().tightened(Some(seconds(-1))), 0), Age::TooOld { .. }));
}

#[test]
fn ages_that_contradict_each_other_are_refused() {
    assert!(Freshness::new(FRESH, FRESH).is_ok());
    assert!(Freshness::new(seconds(0), seconds(0)).is_ok());
    assert_eq!(Freshness::new(USABLE, FRESH), Err(BundleError::Freshness));
    assert_eq!(Freshness::new(seconds(-1), FRESH), Err(BundleError::Freshness));
}
