//! Who gets a document: a row of the register becomes a person with facts, or a remark.

use csv::StringRecord;
use mapae_document::{CopyError, CopyValidity, DocumentType, Facts, copy_validity};
use mapae_types::Timestamp;

use super::register::{Header, Row};

/// A person who may have the document.
pub(super) struct Candidate<'d> {
    pub(super) facts: Facts<'d>,
    pub(super) line: u64,
    /// How long an mdoc and an SD-JWT may live: each is limited by its own signer.
    pub(super) validity: Result<(CopyValidity, CopyValidity), CopyError>,
}

/// Why a row leads to no document.
pub(super) enum Remark {
    /// A rule of the document's.
    Refused { line: u64, person: String, rule: String, detail: String },
    /// What cannot be read. What stands in it may be personal and is not repeated.
    Malformed { line: u64, column: String, problem: String },
}

/// What admitting a row takes.
pub(super) struct Admission<'a> {
    pub(super) document: &'a DocumentType,
    pub(super) header: Header,
    pub(super) now: Timestamp,
    /// The ends of the certificates that sign mdocs and SD-JWTs.
    pub(super) signers_until: (Timestamp, Timestamp),
}

impl<'a> Admission<'a> {
    pub(super) fn row(&self, row: &Row) -> Result<Candidate<'a>, Remark> {
        let record = row.as_ref().map_err(|(line, problem)| Remark::malformed(*line, "", problem))?;
        let line = record.position().map_or(0, csv::Position::line);
        let facts = self.facts(record, line)?;
        let until = |signer_until| copy_validity(self.now, &facts, signer_until);
        let validity = until(self.signers_until.0).and_then(|mdoc| Ok((mdoc, until(self.signers_until.1)?)));
        Ok(Candidate { facts, line, validity })
    }

    fn facts(&self, record: &StringRecord, line: u64) -> Result<Facts<'a>, Remark> {
        let today = self.document.local_date(self.now);
        let applicant = self
            .document
            .read_row(|column| self.header.cell(record, column), today)
            .map_err(|error| Remark::malformed(line, &error.column, &error.reason.to_string()))?;
        let person = applicant.person().to_string();
        let eligible = applicant
            .eligibility()
            .map_err(|refused| Remark::refused(line, &person, &refused.rule, &refused.to_string()))?;
        eligible.facts(today).map_err(|error| Remark::refused(line, &person, "dates", &error.to_string()))
    }
}

impl Remark {
    pub(super) fn refused(line: u64, person: &str, rule: &str, detail: &str) -> Self {
        Self::Refused { line, person: person.to_owned(), rule: rule.to_owned(), detail: detail.to_owned() }
    }

    fn malformed(line: u64, column: &str, problem: &str) -> Self {
        Self::Malformed { line, column: column.to_owned(), problem: problem.to_owned() }
    }
}
