//! The sample registers and the catalogue fit each other.

use std::collections::{BTreeSet, HashMap};

use csv::StringRecord;
use mapae_document::{DocumentType, copy_validity};
use mapae_sample::{LicenceStatus, Register, SampleLicence, SamplePeople, SamplePerson};

use crate::support::{ALL, date, document, time};

#[test]
fn the_registers_have_the_columns_that_the_catalogue_names() {
    assert_eq!(Register::ALL.map(Register::name), ALL);
    for register in Register::ALL {
        let document = document(register.name());
        let columns: BTreeSet<_> = document.columns().collect();
        assert_eq!(columns, register.columns().iter().copied().collect(), "{}", register.name());
    }
}

// Drawing a portrait takes time: of most people without anything unusual, only the first sixty are drawn.

/// Outcomes by rule code, `issued` for those who get the document.
fn issue_all(document: &DocumentType, register: &str) -> HashMap<String, usize> {
    let mut reader = csv::Reader::from_reader(register.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let mut outcomes = HashMap::new();
    for record in reader.records() {
        let record = record.unwrap_or_else(|e| panic!("{e}"));
        *outcomes.entry(issue(document, &headers, &record)).or_default() += 1;
    }
    outcomes
}

fn issue(document: &DocumentType, headers: &StringRecord, record: &StringRecord) -> String {
    let cell = |column: &str| headers.iter().position(|header| header == column).and_then(|at| record.get(at));
    let today = date("2026-11-21");
    let applicant = document.read_row(cell, today).unwrap_or_else(|e| panic!("{e}"));
    match applicant.eligibility() {
        Err(refused) => refused.rule,
        Ok(eligible) => {
            let facts = eligible.facts(today).unwrap_or_else(|e| panic!("{e}"));
            let mandatory = document.attributes().iter().filter(|attribute| attribute.is_mandatory());
            assert!(mandatory.into_iter().all(|attribute| facts.get(attribute.id()).is_some()));
            let copy = copy_validity(time("2026-11-21T05:00:00Z"), &facts, time("2028-02-01T00:00:00Z"));
            assert!(copy.is_ok());
            "issued".to_owned()
        }
    }
}

/// Outcomes of the first sixty in the register, and of the others whom `unusual` picks, of `count` people.
fn outcomes(register: Register, count: usize, unusual: impl Fn(&SamplePerson) -> bool) -> HashMap<String, usize> {
    let held = SamplePeople::new(5).take(count).filter(|person| register.holds(person));
    let drawn = held.zip(0..).filter(|(person, n)| *n < 60 || unusual(person));
    let rows = drawn.filter_map(|(person, _)| register.csv_row(&person));
    let text: String = std::iter::once(register.csv_header()).chain(rows).collect();
    issue_all(&document(register.name()), &text)
}

fn assert_refused_by(outcomes: &HashMap<String, usize>, rules: &[&str]) {
    for rule in rules {
        assert!(outcomes.contains_key(*rule), "{rule}: {outcomes:?}");
    }
}

#[test]
fn residents_are_issued_or_refused_by_every_rule() {
    let unusual = |person: &SamplePerson| !person.alive || !person.registered || !person.physical_card;
    let outcomes = outcomes(Register::Resident, 600, unusual);
    assert!(outcomes["issued"] > 40, "{outcomes:?}");
    assert_refused_by(&outcomes, &["deceased", "not_registered", "under_17", "no_physical_card"]);
}

#[test]
fn drivers_are_issued_or_refused() {
    let end = date("2026-12-31");
    let unusual = |licence: &SampleLicence| licence.expires < end || licence.status != LicenceStatus::Valid;
    let outcomes = outcomes(Register::Licence, 600, |person| person.licence.as_ref().is_some_and(unusual));
    assert!(outcomes["issued"] > 25, "{outcomes:?}");
    assert_refused_by(&outcomes, &["licence_expired", "licence_not_in_force"]);
}

fn child(person: &SamplePerson) -> bool {
    person.birth_date > date("2012-11-21")
}

#[test]
fn those_abroad_are_issued_or_refused_by_every_rule() {
    let unusual = |person: &SamplePerson| !person.alive || child(person);
    let outcomes = outcomes(Register::Overseas, 12_000, unusual);
    assert!(outcomes["issued"] > 40, "{outcomes:?}");
    let document = document("overseas");
    assert_refused_by(&outcomes, &document.rules().iter().map(mapae_document::Rule::code).collect::<Vec<_>>());
}

#[test]
fn officials_are_issued_or_refused_by_nearly_every_rule() {
    let outcomes = outcomes(Register::Official, 12_000, |_| true);
    assert!(outcomes["issued"] > 120, "{outcomes:?}");
    let document = document("official");
    let codes = document.rules().iter().map(mapae_document::Rule::code);
    // The sample's registers know their words.
    assert_refused_by(&outcomes, &codes.filter(|code| *code != "duty_unknown").collect::<Vec<_>>());
}

#[test]
fn disabled_people_are_issued_or_refused_by_every_rule() {
    let cardless = |person: &SamplePerson| person.welfare.as_ref().is_some_and(|welfare| !welfare.physical_card);
    let unusual = |person: &SamplePerson| !person.alive || child(person) || cardless(person);
    let outcomes = outcomes(Register::Welfare, 12_000, unusual);
    assert!(outcomes["issued"] > 40, "{outcomes:?}");
    let document = document("welfare");
    assert_refused_by(&outcomes, &document.rules().iter().map(mapae_document::Rule::code).collect::<Vec<_>>());
}
