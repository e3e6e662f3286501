//! Those abroad, officials and disabled people: as many as there are, and some of them refused.

use std::sync::LazyLock;

use mapae_sample::{Duty, SampleOfficial, SamplePeople, SamplePerson, SampleWelfare, Severity};
use mapae_types::Date;

const COUNT: usize = 20_000;

static PEOPLE: LazyLock<Vec<SamplePerson>> = LazyLock::new(|| SamplePeople::new(9).take(COUNT).collect());

fn offices() -> impl Iterator<Item = (&'static SamplePerson, &'static SampleOfficial)> {
    PEOPLE.iter().filter_map(|person| Some((person, person.official.as_ref()?)))
}

fn disabilities() -> Vec<&'static SampleWelfare> {
    PEOPLE.iter().filter_map(|person| person.welfare.as_ref()).collect()
}

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn shares_are_those_of_the_country() {
    let share = |test: fn(&SamplePerson) -> bool| PEOPLE.iter().filter(|person| test(person)).count() * 1000 / COUNT;
    let (abroad, officials) = (share(|p| p.overseas.is_some()), share(|p| p.official.is_some()));
    let disabled = share(|p| p.welfare.is_some());
    assert!((40..=52).contains(&abroad), "{abroad}");
    assert!((14..=24).contains(&officials), "{officials}");
    // More than one in twenty: half the sample is old.
    assert!((60..=95).contains(&disabled), "{disabled}");
}

#[test]
fn nobody_holds_an_office_and_lives_abroad() {
    assert!(PEOPLE.iter().all(|person| person.official.is_none() || person.overseas.is_none()));
}

#[test]
fn officials_are_of_working_age_and_their_appointments_have_an_order() {
    for (person, official) in offices() {
        let age = person.birth_date.age_on(day("2026-07-01"));
        assert!((20..60).contains(&age), "{age}");
        assert!(person.birth_date.year() + 18 < official.appointed.year());
        assert!(official.appointed < official.appointment_ends);
        assert!(official.appointment_ends.year() <= person.birth_date.year() + 60);
    }
}

/// 국가공무원법 §74.
#[test]
fn retirement_is_at_the_end_of_the_half_year_in_which_one_turns_60() {
    let mut seen = 0;
    for (person, official) in offices() {
        let birth = person.birth_date;
        if official.appointment_ends.year() != birth.year() + 60 {
            continue;
        }
        let half = if birth.month() <= 6 { "06-30" } else { "12-31" };
        assert_eq!(official.appointment_ends, day(&format!("{}-{half}", birth.year() + 60)));
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_staff_number_is_nobodys() {
    for (_, official) in offices() {
        assert!(official.staff_number.len() == 9 && official.staff_number.starts_with("99"));
    }
}

#[test]
fn some_officials_are_away_and_most_are_not() {
    let officials: Vec<_> = offices().map(|(_, official)| official).collect();
    let of = |duty| officials.iter().filter(|official| official.duty == duty).count();
    assert!(of(Duty::OnDuty) * 10 > officials.len() * 8);
    for duty in [Duty::OnLeave, Duty::Released, Duty::Suspended] {
        assert!(of(duty) > 0, "{duty}");
    }
    assert!(of(Duty::OnLeave) > of(Duty::Suspended));
}

#[test]
fn an_address_abroad_names_its_city_and_a_street_that_does_not_exist() {
    for abroad in PEOPLE.iter().filter_map(|person| person.overseas.as_ref()) {
        assert!(abroad.address_latin.contains(abroad.city_latin), "{}", abroad.address_latin);
        let marked = ["Sample", "Example", "Specimen", "Placeholder"];
        assert!(marked.iter().any(|word| abroad.address_latin.contains(word)), "{}", abroad.address_latin);
        assert!(abroad.mission.starts_with('주') && abroad.mission.contains("대한민국"));
        assert_ne!(abroad.country, "KR");
    }
}

#[test]
fn a_disability_that_the_law_calls_severe_is_never_mild() {
    let welfare = disabilities();
    for registered in &welfare {
        let severe = matches!(registered.disability, Some("intellectual" | "mental" | "autistic"));
        assert!(!(severe && registered.severity == Severity::Mild));
        assert_eq!(registered.disability.is_some(), registered.disability_hangul.is_some());
    }
    let severe = welfare.iter().filter(|registered| registered.severity == Severity::Severe).count();
    assert!((25..=48).contains(&(severe * 100 / welfare.len())), "{severe} of {}", welfare.len());
    assert!(welfare.iter().any(|registered| registered.disability.is_none()));
}
