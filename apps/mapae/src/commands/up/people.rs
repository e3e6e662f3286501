//! Sample people who may have documents, for a clerk to choose from.

use std::path::Path;

use anyhow::Context as _;
use mapae_document::{Catalogue, DocumentType};
use mapae_types::Timestamp;
use serde::Serialize;

use super::made::DOCUMENTS;
use crate::{commands::request::find_document, failure::Outcome};

/// As many as a list may show, of each register.
const MOST: usize = 8;

/// One of them.
#[derive(Serialize)]
pub(super) struct Person {
    pub(super) id: String,
    name: String,
    latin: String,
    pub(super) documents: Vec<&'static str>,
}

/// The first in each register who may have its document.
pub(super) fn eligible(registers: &Path, at: Timestamp) -> Outcome<Vec<Person>> {
    let catalogue = Catalogue::builtin()?;
    let mut people = Vec::new();
    for name in DOCUMENTS {
        let document = find_document(&catalogue, &name.parse()?)?;
        let register = registers.join(format!("{name}.csv"));
        read(&mut people, &register, (name, document), at).with_context(|| register.display().to_string())?;
    }
    Ok(people)
}

fn read(
    people: &mut Vec<Person>,
    register: &Path,
    (name, document): (&'static str, &DocumentType),
    at: Timestamp,
) -> anyhow::Result<()> {
    let (today, mut found) = (document.local_date(at), 0);
    let mut rows = csv::Reader::from_path(register)?;
    let header = rows.headers()?.clone();
    for row in rows.records() {
        let row = row?;
        let cell = |column: &str| row.get(header.iter().position(|name| name == column)?);
        let Ok(eligible) = document.read_row(cell, today).map(|row| row.eligibility().is_ok()) else { continue };
        if eligible && found < MOST {
            found += 1;
            note(people, name, cell);
        }
    }
    Ok(())
}

fn note<'r>(people: &mut Vec<Person>, document: &'static str, cell: impl Fn(&str) -> Option<&'r str>) {
    let text = |column| cell(column).unwrap_or_default();
    let id = text("person_id");
    if let Some(known) = people.iter_mut().find(|person| person.id == id) {
        return known.documents.push(document);
    }
    let name = format!("{}{}", text("family_name"), text("given_name"));
    let latin = format!("{} {}", text("given_name_latin"), text("family_name_latin"));
    people.push(Person { id: id.to_owned(), name, latin, documents: vec![document] });
}
