//! Registers of any size, of few people under many ids: drawing portraits would take longer than issuing.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Result;
use mapae_jose::base64url;
use mapae_sample::{Register, SamplePeople, SamplePerson};

/// How many different people there are.
const DIFFERENT: usize = 64;
/// Born no later, everybody is old enough.
const LAST_YEAR: i32 = 2005;

/// Rows without their first cell, the person's id.
pub(crate) struct Rows(Vec<String>);

impl Rows {
    /// People who may have the document, with their own portraits or with a stand-in of so many bytes.
    pub(crate) fn new(portrait_bytes: Option<usize>) -> Self {
        let people = SamplePeople::new(1).filter(is_eligible);
        let rows = people.filter_map(|person| Register::Resident.csv_row(&person));
        let stand_in = portrait_bytes.map(stand_in);
        Self(rows.filter_map(|row| without_id(&row, stand_in.as_deref())).take(DIFFERENT).collect())
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Writes a register of so many people.
    pub(crate) fn write(&self, path: &Path, people: u64) -> Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(Register::Resident.csv_header().as_bytes())?;
        for (person, row) in (0..people).zip(self.0.iter().cycle()) {
            // Ids in no order, as a register's are; an odd factor repeats none.
            write!(file, "p{:016x}-{person},{row}", person.wrapping_mul(0x9e37_79b9_7f4a_7c15))?;
        }
        Ok(file.flush()?)
    }
}

fn is_eligible(person: &SamplePerson) -> bool {
    person.alive && person.registered && person.physical_card && person.birth_date.year() <= LAST_YEAR
}

/// The first cell is the id, the last the portrait.
fn without_id(row: &str, stand_in: Option<&str>) -> Option<String> {
    let (_, rest) = row.split_once(',')?;
    let (cells, portrait) = rest.rsplit_once(',')?;
    Some(stand_in.map_or_else(|| format!("{cells},{portrait}"), |stand_in| format!("{cells},{stand_in}\r\n")))
}

/// What begins and ends as a JPEG does.
fn stand_in(bytes: usize) -> String {
    let inside = vec![0x5a; bytes.saturating_sub(5)];
    base64url::encode_standard([&[0xff, 0xd8, 0xff], &*inside, &[0xff, 0xd9]].concat())
}
