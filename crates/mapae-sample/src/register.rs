//! The registers as CSV text: UTF-8, RFC 4180, one line per person. The columns are those that the catalogue names.

use crate::{
    cells::cell,
    columns::{LICENCE, OFFICIAL, OVERSEAS, RESIDENT, WELFARE},
    person::SamplePerson,
};

/// A register, from which one document of the catalogue is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Register {
    /// Residents: everybody.
    Resident,
    /// Nationals registered abroad.
    Overseas,
    /// Driving licences.
    Licence,
    /// Officials.
    Official,
    /// Disabled people.
    Welfare,
}

impl Register {
    /// All registers.
    pub const ALL: [Self; 5] = [Self::Resident, Self::Overseas, Self::Licence, Self::Official, Self::Welfare];

    /// The catalogue's name of its document, such as `resident`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Overseas => "overseas",
            Self::Licence => "licence",
            Self::Official => "official",
            Self::Welfare => "welfare",
        }
    }

    /// The columns, in the order of the cells.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Resident => &RESIDENT,
            Self::Overseas => &OVERSEAS,
            Self::Licence => &LICENCE,
            Self::Official => &OFFICIAL,
            Self::Welfare => &WELFARE,
        }
    }

    /// The first line.
    pub fn csv_header(self) -> String {
        line(self.columns())
    }

    /// A person's line; nothing for who does not stand in the register.
    pub fn csv_row(self, person: &SamplePerson) -> Option<String> {
        self.holds(person).then(|| line(self.columns().iter().map(|column| cell(self, person, column))))
    }

    /// The same with another portrait, a JPEG: drawing everybody takes longer than many a test may.
    pub fn csv_row_with_portrait(self, person: &SamplePerson, jpeg: &[u8]) -> Option<String> {
        let drawn = |column: &&str| match *column {
            "portrait" => base64_simd::STANDARD.encode_to_string(jpeg),
            column => cell(self, person, column),
        };
        self.holds(person).then(|| line(self.columns().iter().map(drawn)))
    }

    /// Whether a person stands in the register.
    pub const fn holds(self, person: &SamplePerson) -> bool {
        match self {
            Self::Resident => true,
            Self::Overseas => person.overseas.is_some(),
            Self::Licence => person.licence.is_some(),
            Self::Official => person.official.is_some(),
            Self::Welfare => person.welfare.is_some(),
        }
    }
}

fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|cell| quoted(cell.as_ref())).collect();
    cells.join(",") + "\r\n"
}

/// RFC 4180 §2: quotes around a cell with a comma, quote or line break; quotes inside doubled.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
