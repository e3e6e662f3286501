//! The register: CSV in pieces that a worker takes as a whole. Memory does not grow with the file.

use std::{collections::HashMap, fs::File, path::Path, sync::mpsc::SyncSender};

use csv::StringRecord;
use mapae_document::DocumentType;

use crate::failure::{Failure, OrUsage as _, Outcome};

/// Rows with large portraits make a piece of fewer.
const PIECE_BYTES: usize = 4 << 20;

/// An open register with the columns that a document needs.
pub(super) struct Register {
    rows: csv::Reader<File>,
    header: Header,
    /// Bytes of the file.
    pub(super) size: u64,
}

/// Where each column stands.
#[derive(Clone)]
pub(super) struct Header(HashMap<String, usize>);

/// Some rows that follow each other.
pub(super) struct Piece {
    /// Counts the pieces, from 0.
    pub(super) number: u64,
    pub(super) rows: Vec<Row>,
    /// Bytes of the file up to its end.
    pub(super) position: u64,
}

/// A row, or the line of one that is none and why.
pub(super) type Row = Result<StringRecord, (u64, String)>;

impl Register {
    pub(super) fn open(path: &Path, document: &DocumentType) -> Outcome<Self> {
        let file = File::open(path).or_usage(|| format!("cannot read {}", path.display()))?;
        let size = file.metadata()?.len();
        let mut rows = csv::ReaderBuilder::new().buffer_capacity(256 << 10).from_reader(file);
        let header = Header::new(rows.headers().or_usage(|| path.display().to_string())?);
        header.check(document, path)?;
        Ok(Self { rows, header, size })
    }

    pub(super) fn header(&self) -> Header {
        self.header.clone()
    }

    /// Reads to the end, or until nobody takes the pieces any more.
    pub(super) fn read(mut self, people_at_once: usize, pieces: &SyncSender<Piece>) -> anyhow::Result<()> {
        for number in 0.. {
            let rows = self.piece(people_at_once)?;
            let is_last = rows.is_empty();
            if is_last || pieces.send(Piece { number, rows, position: self.rows.position().byte() }).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn piece(&mut self, people_at_once: usize) -> anyhow::Result<Vec<Row>> {
        let (mut rows, mut bytes, mut room) = (Vec::new(), 0, 0);
        while rows.len() < people_at_once && bytes < PIECE_BYTES {
            let line = self.rows.position().line();
            // Most rows are about as long as the one before.
            let mut record = StringRecord::with_capacity(room + room / 4, self.header.0.len());
            match self.rows.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    room = record.as_slice().len();
                    bytes += room;
                    rows.push(Ok(record));
                }
                Err(error) if error.is_io_error() => return Err(error.into()),
                Err(error) => rows.push(Err((line, error.to_string()))),
            }
        }
        Ok(rows)
    }
}

impl Header {
    /// The first of two columns with one name counts.
    fn new(names: &StringRecord) -> Self {
        let mut places = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(name.to_owned()).or_insert(at);
        }
        Self(places)
    }

    /// A row's cell in a column.
    pub(super) fn cell<'r>(&self, row: &'r StringRecord, column: &str) -> Option<&'r str> {
        self.0.get(column).and_then(|at| row.get(*at))
    }

    fn check(&self, document: &DocumentType, register: &Path) -> Outcome<()> {
        let missing: Vec<&str> = document.columns().filter(|column| !self.0.contains_key(*column)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (register, name, missing) = (register.display(), document.name(), missing.join(", "));
        Err(Failure::usage(format!("{register}: the document {name} needs the columns {missing}")))
    }
}
