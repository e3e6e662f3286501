//! The catalogue and the rows of a register.

use std::{collections::HashMap, sync::LazyLock};

use mapae_document::{Catalogue, DocumentType, Facts, copy_validity};

use crate::parties::{now, time};

/// A catalogue file: what it describes can be looked up by every one of its names.
pub fn catalogue(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let Ok(catalogue) = Catalogue::from_toml(&[("fuzz.toml", text)]) else { return false };
    for document in catalogue.documents() {
        assert_eq!(catalogue.get(document.name()), Some(document));
        for attribute in document.attributes() {
            assert_eq!(document.attribute(attribute.id()), Some(attribute));
            assert!(document.attribute_of_element(attribute.namespace(), attribute.element()).is_some());
        }
        let _row = document.read_row(|_| Some("1990-05-17"), document.local_date(now()));
    }
    true
}

/// A row of a register, one line `column=cell` for each cell, read for every document that ships.
pub fn register_row(data: &[u8]) -> bool {
    static CATALOGUE: LazyLock<Option<Catalogue>> = LazyLock::new(|| Catalogue::builtin().ok());
    let Ok(text) = str::from_utf8(data) else { return false };
    let row: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let documents = CATALOGUE.as_ref().map(Catalogue::documents).unwrap_or_default();
    documents.iter().filter(|document| becomes_a_document(document, &row)).count() > 0
}

fn becomes_a_document(document: &DocumentType, row: &HashMap<&str, &str>) -> bool {
    let today = document.local_date(now());
    let Ok(applicant) = document.read_row(|column| row.get(column).copied(), today) else { return false };
    let Ok(eligible) = applicant.eligibility() else { return false };
    let Ok(facts) = eligible.facts(today) else { return false };
    write(&facts);
    true
}

/// Both formats can be written, and a copy lives within its document.
fn write(facts: &Facts<'_>) {
    for (_, name, value) in facts.mdoc_elements() {
        assert!(crate::cbor(&value.to_cbor()), "{name}");
    }
    assert!(crate::json(&mapae_jose::json::to_vec(&facts.sd_jwt_claims())));
    if let Ok(validity) = copy_validity(now(), facts, time("2027-12-01T00:00:00Z")) {
        assert!(validity.valid_from < validity.valid_until && now() < validity.valid_until);
    }
}
