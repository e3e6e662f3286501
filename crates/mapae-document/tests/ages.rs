use mapae_document::{AgeCount, AgeThreshold};

use crate::support::date;

const MAJORITY: AgeThreshold = AgeThreshold { years: 19, count: AgeCount::Birthday };
const YOUTH: AgeThreshold = AgeThreshold { years: 19, count: AgeCount::NewYear };

#[test]
fn an_age_counts_from_the_birthday() {
    let birth = date("2007-11-21");
    assert!(!MAJORITY.holds(birth, date("2026-11-20")));
    assert!(MAJORITY.holds(birth, date("2026-11-21")));
}

#[test]
fn the_youth_protection_age_counts_from_new_year() {
    for birth in ["2007-01-01", "2007-12-31"] {
        assert!(!YOUTH.holds(date(birth), date("2025-12-31")));
        assert!(YOUTH.holds(date(birth), date("2026-01-01")));
    }
}

#[test]
fn who_was_born_on_the_leap_day_comes_of_age_on_the_first_of_march() {
    let birth = date("2008-02-29");
    assert_eq!(MAJORITY.reached(birth), Some(date("2027-03-01")));
    let twenty = AgeThreshold { years: 20, count: AgeCount::Birthday };
    assert_eq!(twenty.reached(birth), Some(date("2028-02-29")));
}

#[test]
fn an_age_flips_once_and_never_after() {
    let birth = date("2007-11-21");
    assert_eq!(MAJORITY.flip_after(birth, date("2026-11-20")), Some(date("2026-11-21")));
    assert_eq!(MAJORITY.flip_after(birth, date("2026-11-21")), None);
}

#[test]
fn an_age_beyond_the_calendar_is_never_reached() {
    assert!(!MAJORITY.holds(date("9990-01-01"), date("9999-12-31")));
    assert_eq!(YOUTH.flip_after(date("9990-01-01"), date("9999-12-31")), None);
}
