//! One good row for each document, to be spoilt one cell at a time.

use std::collections::BTreeMap;

use mapae_document::{Applicant, Catalogue, DocumentType, Facts, Refused, RowError};
use mapae_types::{Date, Timestamp};

const GOOD: &[(&str, &str)] = &[
    ("person_id", "p-1"),
    ("family_name", "홍"),
    ("given_name", "길동"),
    ("family_name_latin", "HONG"),
    ("given_name_latin", "GILDONG"),
    ("sex", "1"),
    ("birth_date", "1990-05-17"),
    ("resident_number", "9005171987654"),
    ("card_number", "SMPABCDEFGH"),
    ("address", "서울특별시 종로구 견본로 1"),
    ("address_latin", "1, Gyeonbon-ro, Jongno-gu, Seoul"),
    ("province_latin", "Seoul"),
    ("city_latin", "Jongno-gu"),
    ("postal_code", "03000"),
    ("subdivision", "KR-11"),
    ("birth_place_latin", "Jeonju-si, Jeonbuk State"),
    ("nationality", "KR"),
    ("office", "서울특별시 종로구청장"),
    ("office_latin", "Jongno-gu Office, Seoul"),
    ("alive", "true"),
    ("registered", "true"),
    ("physical_card", "true"),
    ("portrait_taken", "2024-03-01"),
    ("portrait", "/9j/4P/Z"),
    ("licence_number", "11-12-345678-90"),
    ("licence_classes", "2종 보통(자동)"),
    ("driving_privileges", "A1 2012-03-04 2031-12-31;B 2012-03-04 2031-12-31 78"),
    ("licence_expires", "2031-12-31"),
    ("licence_status", "valid"),
    ("authority_latin", "Seoul Metropolitan Police"),
    ("registration_number", "SMOABCDEFGH"),
    ("country_of_residence", "US"),
    ("mission", "주뉴욕 대한민국 총영사관"),
    ("mission_latin", "Consulate General of the Republic of Korea in New York"),
    ("registered_abroad", "true"),
    ("electronic_passport", "true"),
    ("passport_expires", "2033-04-05"),
    ("staff_number", "991234567"),
    ("ministry", "산림청"),
    ("ministry_latin", "Korea Forest Service"),
    ("rank", "사무관(5급)"),
    ("rank_latin", "Grade 5"),
    ("position", "팀장"),
    ("position_latin", "Team Leader"),
    ("issuer", "산림청장"),
    ("issuer_latin", "Minister of the Korea Forest Service"),
    ("in_service", "true"),
    ("duty", "on-duty"),
    ("appointed", "2015-01-01"),
    ("appointment_ends", "2050-06-30"),
    ("disability", "hearing"),
    ("disability_hangul", "청각장애"),
    ("severity", "severe"),
    ("reassessment_due", "2031-02-03"),
    ("registered_disability", "true"),
];

/// The documents shipped.
pub(crate) const ALL: [&str; 5] = ["resident", "overseas", "licence", "official", "welfare"];

/// Columns whose cell may be empty.
pub(crate) fn may_be_empty(document: &str, column: &str) -> bool {
    match document {
        "resident" => ["birth_place_latin", "portrait_taken"].contains(&column),
        "overseas" => column == "resident_number",
        "welfare" => ["disability", "disability_hangul", "reassessment_due"].contains(&column),
        _ => false,
    }
}

/// A row by column name. It serves every document: none looks at another's columns.
#[derive(Clone)]
pub(crate) struct Row(BTreeMap<&'static str, String>);

pub(crate) fn row() -> Row {
    Row(GOOD.iter().map(|(column, cell)| (*column, (*cell).to_owned())).collect())
}

impl Row {
    pub(crate) fn with(mut self, column: &'static str, cell: &str) -> Self {
        self.0.insert(column, cell.to_owned());
        self
    }

    /// The same for a column that the row has.
    pub(crate) fn set(mut self, column: &str, cell: &str) -> Self {
        self.0.get_mut(column).into_iter().for_each(|old| cell.clone_into(old));
        self
    }

    pub(crate) fn without(mut self, column: &str) -> Self {
        self.0.remove(column);
        self
    }

    pub(crate) fn emptied(mut self, column: &str) -> Self {
        self.0.get_mut(column).into_iter().for_each(String::clear);
        self
    }

    pub(crate) fn read<'d>(&self, document: &'d DocumentType, on: &str) -> Result<Applicant<'d>, RowError> {
        document.read_row(|column| self.0.get(column).map(String::as_str), date(on))
    }

    pub(crate) fn check(&self, document: &DocumentType, on: &str) -> Result<(), Refused> {
        self.read(document, on).unwrap_or_else(|e| panic!("{e}")).eligibility().map(drop)
    }

    pub(crate) fn facts<'d>(&self, document: &'d DocumentType, on: &str) -> Facts<'d> {
        let applicant = self.read(document, on).unwrap_or_else(|e| panic!("{e}"));
        let eligible = applicant.eligibility().unwrap_or_else(|e| panic!("{e}"));
        eligible.facts(date(on)).unwrap_or_else(|e| panic!("{e}"))
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

pub(crate) fn document(name: &str) -> DocumentType {
    let catalogue = Catalogue::builtin().unwrap_or_else(|e| panic!("{e}"));
    let name = name.parse().unwrap_or_else(|e| panic!("{e}"));
    catalogue.get(&name).cloned().unwrap_or_else(|| panic!("{name} is not built in"))
}
