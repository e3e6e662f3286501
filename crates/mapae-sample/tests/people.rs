use std::collections::{HashMap, HashSet};

use mapae_sample::{Register, SamplePeople, SamplePerson, Sex, resident_number_holds, romanise};
use mapae_types::Date;

fn people(count: usize) -> Vec<SamplePerson> {
    SamplePeople::new(7).take(count).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for register in Register::ALL {
        let row = |person| register.csv_row(&person);
        let rows = |seed| SamplePeople::new(seed).filter_map(row).take(5).collect::<String>();
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
    }
}

/// Pins the generator: a change here changes everybody's registers, and must be wanted.
#[test]
fn the_first_person_of_seed_1_stays_who_they_are() {
    let first = SamplePeople::new(1).person(0);
    assert_eq!(first.name.family, "박");
    assert_eq!(first.name.given_latin, "SIMIN");
    assert_eq!(first.resident_number, "0801183984327");
}

#[test]
fn a_person_is_the_same_however_reached() {
    let streamed = people(40).pop().unwrap();
    let asked = SamplePeople::new(7).person(39);
    let skipped = SamplePeople::new(7).nth(39).unwrap();
    assert!(streamed == asked && asked == skipped);
    assert_eq!(streamed.portrait(), asked.portrait());
    assert!(SamplePeople::new(7).person(u64::MAX).id != asked.id);
}

#[test]
fn ids_are_26_characters_and_unique() {
    let ids: HashSet<_> = people(5000).into_iter().map(|person| person.id).collect();
    assert_eq!(ids.len(), 5000);
    let base32 = |id: &str| id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
    assert!(ids.iter().all(|id| id.as_str().len() == 26 && base32(id.as_str())));
}

#[test]
fn resident_numbers_agree_with_the_person_and_carry_a_region_of_nobody() {
    for person in people(2000) {
        let number = &person.resident_number;
        assert!(resident_number_holds(number), "{number}");
        let birth = person.birth_date.to_string().replace('-', "");
        assert_eq!(number[..6], birth[2..]);
        let century = if person.birth_date.year() < 2000 { 0 } else { 2 };
        assert_eq!(number[6..7], (century + person.sex.code()).to_string());
        assert!(matches!(&number[7..9], "97" | "98" | "99"), "{number}");
    }
}

#[test]
fn a_resident_number_with_any_one_digit_changed_is_mostly_noticed() {
    let number = SamplePeople::new(7).person(3).resident_number;
    let mut noticed = 0;
    for at in 0..13 {
        let mut digits = number.clone().into_bytes();
        digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
        noticed += usize::from(!resident_number_holds(&String::from_utf8(digits).unwrap()));
    }
    // 10 and 0, 11 and 1 share a check digit: some changes stay unseen, as in the real one.
    assert!(noticed >= 11, "{noticed}");
    assert!(!resident_number_holds("900101123456"));
    assert!(!resident_number_holds("90010112345ab"));
}

/// Computed by hand: 206 mod 11 is 8; 0 mod 11 gives 11, written 1; 12 mod 11 gives 10, written 0.
#[test]
fn check_digits_are_those_of_the_rule() {
    for number in ["1234561234563", "0000000000001", "0400000000000"] {
        assert!(resident_number_holds(number), "{number}");
    }
    for number in ["1234561234562", "0000000000000", "0400000000001"] {
        assert!(!resident_number_holds(number), "{number}");
    }
}

#[test]
fn licence_numbers_have_their_shape_and_check_digits() {
    let licences: Vec<_> = people(1000).into_iter().filter_map(|person| person.licence).collect();
    for licence in &licences {
        let parts: Vec<_> = licence.number.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [2, 2, 6, 2], "{}", licence.number);
        let digits: u64 = parts[..3].concat().parse().unwrap();
        assert_eq!(parts[3], format!("{:02}", digits % 97));
        assert!((11..=26).contains(&parts[0].parse::<u32>().unwrap()));
    }
}

#[test]
fn surnames_are_as_frequent_as_in_korea() {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for person in people(10_000) {
        *counts.entry(person.name.family_latin).or_default() += 1;
    }
    // 215, 147 and 84 of the table's sum of 1003, three standard deviations either way.
    assert!((2020..=2270).contains(&counts["KIM"]), "{counts:?}");
    assert!((1360..=1575).contains(&counts["LEE"]), "{counts:?}");
    assert!((750..=925).contains(&counts["PARK"]), "{counts:?}");
}

#[test]
fn names_are_hangul_and_their_romanisation() {
    for (hangul, latin) in
        [("민준", "MINJUN"), ("영철", "YEONGCHEOL"), ("은희", "EUNHUI"), ("복례", "BOKRYE"), ("a!", "A!")]
    {
        assert_eq!(romanise(hangul), latin);
    }
    for person in people(500) {
        let hangul = [person.name.family.as_str(), &person.name.given].concat();
        assert!(hangul.chars().all(|c| ('가'..='힣').contains(&c)), "{hangul}");
        let latin = [person.name.family_latin.as_str(), &person.name.given_latin].concat();
        assert!(latin.bytes().all(|b| b.is_ascii_uppercase()), "{latin}");
    }
}

#[test]
fn some_are_refused_a_card_and_most_are_not() {
    let day: Date = "2026-11-21".parse().unwrap();
    let people = people(2000);
    let share = |test: &dyn Fn(&SamplePerson) -> bool| people.iter().filter(|person| test(person)).count();
    let adult = |person: &SamplePerson| person.birth_date.age_on(day) >= 19;
    let adults = share(&adult);
    assert!((20..=150).contains(&share(&|p| p.birth_date.age_on(day) < 17)));
    assert!((10..=50).contains(&share(&|p| adult(p) && !p.physical_card)));
    assert!((4..=40).contains(&share(&|p| !p.alive)));
    assert!((3..=40).contains(&share(&|p| !p.registered)));
    assert!((900..=1100).contains(&share(&|p| p.sex == Sex::Female)));
    let licensed = share(&|p| adult(p) && p.licence.is_some());
    assert!((adults * 61 / 100..=adults * 69 / 100).contains(&licensed), "{licensed} of {adults}");
}

#[test]
fn nobody_obtained_a_class_too_young_or_in_the_future() {
    let last: Date = "2026-12-31".parse().unwrap();
    for person in people(3000) {
        for (class, obtained) in person.licence.iter().flat_map(|licence| &licence.classes) {
            let youngest = if class.korean() == "원동기장치자전거" { 16 } else { 18 };
            assert!(person.birth_date.age_on(*obtained) >= youngest, "{:?}", person.id);
            assert!(*obtained <= last);
        }
    }
}

#[test]
fn debug_shows_the_id_alone() {
    let person = SamplePeople::new(7).person(0);
    let shown = format!("{person:?}");
    assert!(shown.contains(person.id.as_str()));
    assert!(!shown.contains(&person.name.family) && !shown.contains(&person.resident_number));
}
