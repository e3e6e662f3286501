//! Register columns: their types, and reading a cell.

use mapae_types::{Date, PersonId, TimeError};
use serde::Deserialize;

use crate::{attribute::FactKind, privileges::DrivingPrivilege, value::FactValue};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ColumnType {
    /// The registers' random id of the person.
    PersonId,
    /// Up to 150 characters without control characters.
    Text,
    /// The same, Latin-1 only.
    Latin1,
    /// ISO 3166-1 alpha-2.
    Country,
    /// `YYYY-MM-DD`.
    Date,
    /// ISO/IEC 5218: 0, 1, 2 or 9.
    Sex,
    /// `true` or `false`.
    Bool,
    /// A whole number from 0 to 4294967295.
    Integer,
    /// A JPEG picture in base64, at most 64 KiB.
    Jpeg,
    /// Bytes in base64, at most 64 KiB.
    Bytes,
    /// `CATEGORY ISSUED EXPIRES [CODE…]`, a `-` for no date, joined by `;`.
    DrivingPrivileges,
}

/// The longest picture: copies are shown by radio, where 64 kB take seconds.
pub(crate) const MAX_BYTES: usize = 65_536;
/// ISO/IEC 18013-5 Table 5: text elements have at most 150 characters.
const MAX_CHARACTERS: usize = 150;

impl ColumnType {
    pub(crate) fn fact_kind(self) -> FactKind {
        match self {
            Self::PersonId | Self::Latin1 | Self::Country => FactKind::Latin1,
            Self::Text => FactKind::Text,
            Self::Date => FactKind::Date,
            Self::Sex | Self::Integer => FactKind::Integer,
            Self::Bool => FactKind::Bool,
            Self::Jpeg => FactKind::Jpeg,
            Self::Bytes => FactKind::Bytes,
            Self::DrivingPrivileges => FactKind::Privileges,
        }
    }
}

/// A column of a document's register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
    pub(crate) optional: bool,
    /// Ages are computed from it, so that it cannot lie in the future.
    pub(crate) birth: bool,
}

impl Column {
    /// The cell's value; `None` if it is empty and may be.
    pub(crate) fn read(&self, cell: Option<&str>, on: Date) -> Result<Option<FactValue>, CellFault> {
        let Some(cell) = cell.filter(|cell| !cell.is_empty()) else {
            return if self.optional { Ok(None) } else { Err(CellFault::Missing) };
        };
        let value = read_cell(self.kind, cell)?;
        match value {
            FactValue::Date(birth) if self.birth && birth > on => Err(CellFault::InTheFuture),
            value => Ok(Some(value)),
        }
    }
}

fn read_cell(kind: ColumnType, cell: &str) -> Result<FactValue, CellFault> {
    Ok(match kind {
        ColumnType::PersonId => {
            cell.parse::<PersonId>().map_err(|_| CellFault::NotAPersonId)?;
            FactValue::Text(cell.to_owned())
        }
        ColumnType::Text => FactValue::Text(text(cell)?.to_owned()),
        ColumnType::Latin1 => FactValue::Text(latin1(cell)?.to_owned()),
        ColumnType::Country => FactValue::Text(country(cell)?.to_owned()),
        ColumnType::Date => FactValue::Date(cell.parse().map_err(date_fault)?),
        ColumnType::Sex => FactValue::Integer(sex(cell)?),
        ColumnType::Bool => FactValue::Bool(cell.parse().map_err(|_| CellFault::NotTrueOrFalse)?),
        ColumnType::Integer => FactValue::Integer(integer(cell)?),
        ColumnType::Jpeg => FactValue::Bytes(jpeg(cell)?),
        ColumnType::Bytes => FactValue::Bytes(bytes(cell)?),
        ColumnType::DrivingPrivileges => {
            FactValue::Privileges(DrivingPrivilege::parse_list(cell).ok_or(CellFault::NotDrivingPrivileges)?)
        }
    })
}

fn text(cell: &str) -> Result<&str, CellFault> {
    match () {
        () if cell.chars().count() > MAX_CHARACTERS => Err(CellFault::TooLong),
        () if cell.chars().any(char::is_control) => Err(CellFault::ControlCharacter),
        () => Ok(cell),
    }
}

fn latin1(cell: &str) -> Result<&str, CellFault> {
    if cell.chars().all(|c| c <= '\u{ff}') { text(cell) } else { Err(CellFault::NotLatin1) }
}

fn country(cell: &str) -> Result<&str, CellFault> {
    let shaped = cell.len() == 2 && cell.bytes().all(|b| b.is_ascii_uppercase());
    if shaped { Ok(cell) } else { Err(CellFault::NotACountry) }
}

fn sex(cell: &str) -> Result<u32, CellFault> {
    match cell {
        "0" | "1" | "2" | "9" => integer(cell),
        _ => Err(CellFault::NotASex),
    }
}

/// `parse` alone would take `+1`.
fn integer(cell: &str) -> Result<u32, CellFault> {
    let digits = cell.bytes().all(|b| b.is_ascii_digit());
    cell.parse().ok().filter(|_| digits).ok_or(CellFault::NotAnInteger)
}

fn bytes(cell: &str) -> Result<Vec<u8>, CellFault> {
    if cell.len() / 4 * 3 > MAX_BYTES + 2 {
        return Err(CellFault::TooLong);
    }
    let bytes = base64_simd::STANDARD.decode_to_vec(cell).map_err(|_| CellFault::NotBase64)?;
    if bytes.len() > MAX_BYTES { Err(CellFault::TooLong) } else { Ok(bytes) }
}

/// JPEG begins with SOI and another marker, and ends with EOI (ITU-T T.81 B.2.1).
fn jpeg(cell: &str) -> Result<Vec<u8>, CellFault> {
    let bytes = bytes(cell)?;
    let shaped = bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.ends_with(&[0xff, 0xd9]);
    if shaped { Ok(bytes) } else { Err(CellFault::NotAJpeg) }
}

fn date_fault(error: TimeError) -> CellFault {
    if error == TimeError::OutOfRange { CellFault::NoSuchDay } else { CellFault::NotADate }
}

/// A row that the register got wrong. The cell itself, which may be anything, is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {reason}")]
pub struct RowError {
    /// The column, by the catalogue's name.
    pub column: String,
    /// What is wrong with the cell.
    pub reason: CellFault,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellFault {
    /// No such column, or nothing in it.
    #[error("missing or empty")]
    Missing,
    /// Not 1 to 64 characters of an id.
    #[error("not a person id")]
    NotAPersonId,
    /// More than 150 characters, or more than 64 KiB of bytes.
    #[error("too long")]
    TooLong,
    /// A line break, tab or other control character.
    #[error("contains a control character")]
    ControlCharacter,
    /// Characters beyond Latin-1 in a romanised column.
    #[error("not Latin-1")]
    NotLatin1,
    /// Not two capital letters.
    #[error("not an ISO 3166-1 alpha-2 country code")]
    NotACountry,
    /// Not `YYYY-MM-DD`.
    #[error("not a date of the form YYYY-MM-DD")]
    NotADate,
    /// `YYYY-MM-DD`, but of no day in the calendar.
    #[error("not a day of the calendar")]
    NoSuchDay,
    /// A birth that is still to come.
    #[error("in the future")]
    InTheFuture,
    /// Not a code of ISO/IEC 5218.
    #[error("not 0, 1, 2 or 9")]
    NotASex,
    /// Neither `true` nor `false`.
    #[error("not true or false")]
    NotTrueOrFalse,
    /// Not digits, or beyond 32 bits.
    #[error("not a whole number")]
    NotAnInteger,
    /// Not base64 with padding.
    #[error("not base64")]
    NotBase64,
    /// Base64 of something else.
    #[error("not a JPEG picture")]
    NotAJpeg,
    /// Not `CATEGORY ISSUED EXPIRES [CODE…]`, or a category twice.
    #[error("not a list of driving privileges")]
    NotDrivingPrivileges,
}
