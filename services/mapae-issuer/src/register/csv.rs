//! A register as a CSV file, read as a stream: memory does not grow with the file.

use std::{fs::File, path::PathBuf};

use csv::{ErrorKind, Position, Reader, ReaderBuilder, StringRecord};
use mapae_document::DocumentType;

use super::{
    error::{RegisterError, RowFault, RowProblem},
    source::{PAGE, Read, row},
};
use crate::store::Cells;

/// Bytes that are read at once.
const BUFFER: usize = 256 << 10;

/// A file that is being read. The work is done on a thread of its own: a disk may take its time.
pub(super) struct CsvPages(Option<Rows>);

struct Rows {
    reader: Reader<File>,
    person: String,
    columns: Vec<(usize, String)>,
}

impl CsvPages {
    pub(super) async fn open(path: PathBuf, document: &DocumentType) -> Result<Self, RegisterError> {
        let wanted: Vec<String> = document.columns().map(str::to_owned).collect();
        let person = document.person_column().to_owned();
        let rows = aside(move || Rows::open(path, person, &wanted)).await??;
        Ok(Self(Some(rows)))
    }

    pub(super) async fn next(&mut self) -> Result<Vec<Read>, RegisterError> {
        let Some(mut rows) = self.0.take() else { return Ok(Vec::new()) };
        let (rows, page) = aside(move || {
            let page = rows.page();
            (rows, page)
        })
        .await?;
        let page = page?;
        self.0 = (!page.is_empty()).then_some(rows);
        Ok(page)
    }
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RegisterError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RegisterError::TaskDied)
}

impl Rows {
    fn open(path: PathBuf, person: String, wanted: &[String]) -> Result<Self, RegisterError> {
        let mut reader = ReaderBuilder::new().buffer_capacity(BUFFER).from_reader(File::open(path)?);
        let header = reader.headers().map_err(|_| RegisterError::NoHeader)?.clone();
        if header.is_empty() {
            return Err(RegisterError::NoHeader);
        }
        let columns = places(&header, wanted)?;
        Ok(Self { reader, person, columns })
    }

    fn page(&mut self) -> Result<Vec<Read>, RegisterError> {
        let mut page = Vec::new();
        while page.len() < PAGE {
            let mut record = StringRecord::new();
            match self.reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let line = record.position().map_or(0, Position::line);
                    page.push(row(line, &self.person, self.cells(&record)));
                }
                Err(error) => page.push(Err(fault(error)?)),
            }
        }
        Ok(page)
    }

    /// Only what the document takes: the rest is none of the issuer's business.
    fn cells(&self, record: &StringRecord) -> Cells {
        let cell = |(place, name): &(usize, String)| {
            let cell = record.get(*place).filter(|cell| !cell.is_empty())?;
            Some((name.clone(), cell.to_owned()))
        };
        self.columns.iter().filter_map(cell).collect()
    }
}

fn places(header: &StringRecord, wanted: &[String]) -> Result<Vec<(usize, String)>, RegisterError> {
    let mut columns = Vec::new();
    let mut missing = Vec::new();
    for name in wanted {
        let mut places = header.iter().enumerate().filter(|(_, known)| known == name);
        match (places.next(), places.next()) {
            (Some((place, _)), None) => columns.push((place, name.clone())),
            (Some(_), Some(_)) => return Err(RegisterError::ColumnTwice { column: name.clone() }),
            (None, _) => missing.push(name.clone()),
        }
    }
    if missing.is_empty() { Ok(columns) } else { Err(RegisterError::ColumnsMissing { columns: missing }) }
}

/// What is wrong with one row; what is wrong with the file ends its reading.
fn fault(error: csv::Error) -> Result<RowFault, RegisterError> {
    let line = error.position().map_or(0, Position::line);
    let problem = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            RowProblem::Cells { found: *len, expected: *expected_len }
        }
        ErrorKind::Utf8 { .. } => RowProblem::NotText,
        _ => return Err(RegisterError::File(error.into())),
    };
    Ok(RowFault { line, problem })
}
