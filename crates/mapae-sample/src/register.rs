//! The registers as CSV text: UTF-8, RFC 4180, one line per person. The columns are those that the catalogue names.

use crate::person::SamplePerson;

/// The columns of the resident register.
pub const RESIDENT_COLUMNS: [&str; 24] = [
    "person_id",
    "family_name",
    "given_name",
    "family_name_latin",
    "given_name_latin",
    "sex",
    "birth_date",
    "resident_number",
    "card_number",
    "address",
    "address_latin",
    "province_latin",
    "city_latin",
    "postal_code",
    "subdivision",
    "birth_place_latin",
    "nationality",
    "office",
    "office_latin",
    "alive",
    "registered",
    "physical_card",
    "portrait_taken",
    "portrait",
];

/// The columns of the register of driving licences.
pub const LICENCE_COLUMNS: [&str; 23] = [
    "person_id",
    "family_name",
    "given_name",
    "family_name_latin",
    "given_name_latin",
    "sex",
    "birth_date",
    "resident_number",
    "licence_number",
    "licence_classes",
    "driving_privileges",
    "licence_expires",
    "licence_status",
    "address",
    "address_latin",
    "city_latin",
    "postal_code",
    "subdivision",
    "nationality",
    "authority_latin",
    "alive",
    "physical_card",
    "portrait",
];

/// The first line of the resident register.
pub fn resident_csv_header() -> String {
    line(RESIDENT_COLUMNS)
}

/// The first line of the register of driving licences.
pub fn licence_csv_header() -> String {
    line(LICENCE_COLUMNS)
}

/// A person's line in the resident register.
pub fn resident_csv_row(person: &SamplePerson) -> String {
    line(RESIDENT_COLUMNS.map(|column| person_cell(person, column)))
}

/// A person's line in the register of driving licences; nothing for who holds none.
pub fn licence_csv_row(person: &SamplePerson) -> Option<String> {
    person.licence.as_ref()?;
    Some(line(
        LICENCE_COLUMNS.map(|column| licence_cell(person, column).unwrap_or_else(|| person_cell(person, column))),
    ))
}

fn person_cell(person: &SamplePerson, column: &str) -> String {
    let (name, home) = (&person.name, &person.home);
    match column {
        "person_id" => person.id.to_string(),
        "family_name" => name.family.clone(),
        "given_name" => name.given.clone(),
        "family_name_latin" => name.family_latin.clone(),
        "given_name_latin" => name.given_latin.clone(),
        "sex" => person.sex.code().to_string(),
        "birth_date" => person.birth_date.to_string(),
        "resident_number" => person.resident_number.clone(),
        "card_number" => person.card_number.clone(),
        "address" => home.full.clone(),
        "address_latin" => home.full_latin.clone(),
        "province_latin" => home.province_latin.clone(),
        "city_latin" => home.city_latin.clone(),
        "postal_code" => home.postal_code.clone(),
        "subdivision" => home.subdivision.clone(),
        "birth_place_latin" => person.birth_place_latin.clone(),
        "nationality" => "KR".to_owned(),
        "office" => home.office.clone(),
        "office_latin" => home.office_latin.clone(),
        "alive" => person.alive.to_string(),
        "registered" => person.registered.to_string(),
        "physical_card" => person.physical_card.to_string(),
        "portrait_taken" => person.portrait_taken.to_string(),
        "portrait" => base64_simd::STANDARD.encode_to_string(person.portrait()),
        _ => String::new(),
    }
}

fn licence_cell(person: &SamplePerson, column: &str) -> Option<String> {
    let licence = person.licence.as_ref()?;
    Some(match column {
        "licence_number" => licence.number.clone(),
        "licence_classes" => licence.classes_korean(),
        "driving_privileges" => licence.driving_privileges(),
        "licence_expires" => licence.expires.to_string(),
        "licence_status" => licence.status.to_string(),
        "authority_latin" => licence.authority_latin.clone(),
        // The plastic licence, which goes with the licence itself.
        "physical_card" => true.to_string(),
        _ => return None,
    })
}

fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|cell| quoted(cell.as_ref())).collect();
    cells.join(",") + "\r\n"
}

/// RFC 4180 §2: quotes around a cell with a comma, quote or line break; quotes inside doubled.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
