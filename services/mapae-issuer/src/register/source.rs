//! Where a register is, and reading it page by page.

use core::fmt;
use std::path::PathBuf;

use mapae_document::{CellFault, DocumentType};
use mapae_types::PersonId;
use sqlx::postgres::PgConnectOptions;

use super::{
    csv::CsvPages,
    error::{RegisterError, RowFault, RowProblem},
    view::{ViewName, ViewPages},
};
use crate::store::{Cells, RegisterRow};

/// Rows of a page: of 20 kB each, most of it a portrait.
pub(super) const PAGE: usize = 256;

/// Where a register is.
#[derive(Clone)]
pub struct RegisterSource(Place);

#[derive(Clone)]
enum Place {
    File(PathBuf),
    View(Box<PgConnectOptions>, ViewName),
}

/// A register that is being read.
pub(super) enum Pages {
    Csv(CsvPages),
    View(ViewPages),
}

/// A row and its line, or why it is none.
pub(super) type Read = Result<(u64, RegisterRow), RowFault>;

impl RegisterSource {
    /// A CSV file (RFC 4180, UTF-8) whose first line names the columns.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Place::File(path.into()))
    }

    /// A view, as `name` or `schema.name`, of the database at `postgres://…`. It has the columns of the document by their
    /// names; they are read as text.
    pub fn view(url: &str, view: &str) -> Result<Self, RegisterError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(RegisterError::AddressMalformed);
        }
        let options: PgConnectOptions = url.parse().map_err(|_| RegisterError::AddressMalformed)?;
        let view = ViewName::parse(view).ok_or(RegisterError::AddressMalformed)?;
        // Who reads a register has nothing to write there, whatever the role may do.
        let options = options.options([("default_transaction_read_only", "on")]).application_name("mapae register");
        Ok(Self(Place::View(Box::new(options), view)))
    }

    pub(super) async fn open(&self, document: &DocumentType) -> Result<Pages, RegisterError> {
        match &self.0 {
            Place::File(path) => CsvPages::open(path.clone(), document).await.map(Pages::Csv),
            Place::View(options, view) => ViewPages::open(options, view, document).await.map(Pages::View),
        }
    }
}

impl Pages {
    /// The next page; an empty one is the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Read>, RegisterError> {
        match self {
            Self::Csv(pages) => pages.next().await,
            Self::View(pages) => pages.next().await,
        }
    }
}

/// A row, once its person is known.
pub(super) fn row(line: u64, person_column: &str, cells: Cells) -> Read {
    let person: Option<PersonId> = cells.get(person_column).and_then(|cell| cell.parse().ok());
    let fault = || {
        let problem = RowProblem::Cell { column: person_column.to_owned(), fault: CellFault::NotAPersonId };
        RowFault { line, problem }
    };
    person.map(|person| (line, RegisterRow { person, cells })).ok_or_else(fault)
}

impl fmt::Debug for RegisterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(path) => write!(f, "{}", path.display()),
            Place::View(options, view) => write!(f, "{view} at {}:{}", options.get_host(), options.get_port()),
        }
    }
}
