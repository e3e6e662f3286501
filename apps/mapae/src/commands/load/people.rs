//! The people of a run: rows of a register, of whom all may have the document.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Context as _;
use mapae_document::DocumentType;
use mapae_sample::{Register, SamplePeople};
use mapae_types::Date;

use crate::{
    commands::request::{find_document, load_catalogue},
    environment::now,
    failure::{Failure, Outcome},
    output::Output,
};

/// Bytes of a portrait. It is none: drawing 240,000 faces takes longer than issuing to them, and a nation's register of
/// real ones does not fit beside the run.
const PORTRAIT: usize = 1024;

/// Writes a register of `count` people who may have a document, and gives their ids.
pub(super) fn write(path: &Path, register: Register, count: u32, seed: u64, output: &Output) -> Outcome<Vec<String>> {
    let catalogue = load_catalogue(None)?;
    let document = find_document(&catalogue, &register.name().parse()?)?;
    let today = document.local_date(now(None)?);
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut file = BufWriter::new(file);
    file.write_all(register.csv_header().as_bytes())?;
    let bar = output.progress(count.into(), "people");
    let mut people = Vec::new();
    let (all, portrait) = (SamplePeople::new(seed), portrait());
    for number in 0.. {
        if people.len() == count as usize {
            break;
        }
        let person = all.person(number);
        let Some(row) = register.csv_row_with_portrait(&person, &portrait) else { continue };
        if may_have(document, register, &row, today)? {
            file.write_all(row.as_bytes())?;
            people.push(person.id.to_string());
            bar.inc(1);
        }
    }
    file.flush()?;
    bar.finish_and_clear();
    Ok(people)
}

/// The ids of the people in a register.
pub(super) fn read(path: &Path, count: u32) -> Outcome<Vec<String>> {
    let unreadable = || path.display().to_string();
    let mut rows = csv::Reader::from_path(path).with_context(unreadable).map_err(Failure::Usage)?;
    let place = rows.headers()?.iter().position(|name| name == "person_id");
    let place = place.ok_or_else(|| Failure::usage(format!("{} has no column person_id", path.display())))?;
    let ids = rows.records().take(count as usize).map(|row| Ok(row?.get(place).unwrap_or_default().to_owned()));
    ids.collect()
}

fn may_have(document: &DocumentType, register: Register, row: &str, today: Date) -> anyhow::Result<bool> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
    let cells = reader.records().next().context("a row")??;
    let cell = |column: &str| cells.get(register.columns().iter().position(|name| *name == column)?);
    Ok(document.read_row(cell, today)?.eligibility().is_ok())
}

/// What a register takes for a JPEG (ITU-T T.81 B.2.1): its first marker, a comment, its last.
fn portrait() -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xfe, 0x03, 0xfa];
    jpeg.resize(PORTRAIT - 2, b' ');
    jpeg.extend([0xff, 0xd9]);
    jpeg
}
