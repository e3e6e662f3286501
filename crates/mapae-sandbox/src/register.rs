//! What the registers say of a sample person, as facts of a document.

use mapae_document::{DocumentType, Facts};
use mapae_sample::{Register, SamplePerson};
use mapae_types::Timestamp;

/// What a register takes for a JPEG (ITU-T T.81 B.2.1): its first marker, a comment of two bytes, its last.
const NO_FACE: [u8; 10] = [0xff, 0xd8, 0xff, 0xfe, 0x00, 0x04, b' ', b' ', 0xff, 0xd9];

/// The facts of a document on the day of `now`; nothing if the person may not have it. `face`: whether the portrait is drawn,
/// which takes milliseconds.
pub(crate) fn facts<'d>(
    document: &'d DocumentType,
    person: &SamplePerson,
    now: Timestamp,
    face: bool,
) -> Option<Facts<'d>> {
    let register = Register::ALL.into_iter().find(|register| register.name() == document.name().as_str())?;
    let line = if face { register.csv_row(person) } else { register.csv_row_with_portrait(person, &NO_FACE) }?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    let cell = |column: &str| record.get(register.columns().iter().position(|known| *known == column)?);
    let today = document.local_date(now);
    document.read_row(cell, today).ok()?.eligibility().ok()?.facts(today).ok()
}
