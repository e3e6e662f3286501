//! The sample registers and the catalogue fit each other.

use std::collections::{BTreeSet, HashMap};

use csv::StringRecord;
use mapae_document::{DocumentType, copy_validity};
use mapae_sample::{
    LICENCE_COLUMNS, LicenceStatus, RESIDENT_COLUMNS, SampleLicence, SamplePeople, licence_csv_header, licence_csv_row,
    resident_csv_header, resident_csv_row,
};

use crate::support::{date, document, time};

#[test]
fn the_registers_have_the_columns_that_the_catalogue_names() {
    let columns = |name| document(name).columns().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(columns("resident"), RESIDENT_COLUMNS.map(str::to_owned).into());
    assert_eq!(columns("licence"), LICENCE_COLUMNS.map(str::to_owned).into());
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

#[test]
fn residents_are_issued_or_refused_by_every_rule() {
    let people = SamplePeople::new(5)
        .zip(0..)
        .take(600)
        .filter(|(person, n)| *n < 60 || !person.alive || !person.registered || !person.physical_card);
    let rows = people.map(|(person, _)| resident_csv_row(&person));
    let register: String = std::iter::once(resident_csv_header()).chain(rows).collect();
    let outcomes = issue_all(&document("resident"), &register);
    assert!(outcomes["issued"] > 40, "{outcomes:?}");
    for rule in ["deceased", "not_registered", "under_17", "no_physical_card"] {
        assert!(outcomes.contains_key(rule), "{rule}: {outcomes:?}");
    }
}

#[test]
fn drivers_are_issued_or_refused() {
    let end = date("2026-12-31");
    let unusual = |licence: &SampleLicence| licence.expires < end || licence.status != LicenceStatus::Valid;
    let people = SamplePeople::new(5)
        .zip(0..)
        .take(600)
        .filter(|(person, n)| *n < 60 || person.licence.as_ref().is_some_and(unusual));
    let rows = people.filter_map(|(person, _)| licence_csv_row(&person));
    let register: String = std::iter::once(licence_csv_header()).chain(rows).collect();
    let outcomes = issue_all(&document("licence"), &register);
    assert!(outcomes["issued"] > 25, "{outcomes:?}");
    for rule in ["licence_expired", "licence_not_in_force"] {
        assert!(outcomes.contains_key(rule), "{rule}: {outcomes:?}");
    }
}
