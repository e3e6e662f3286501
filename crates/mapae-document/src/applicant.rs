//! From a register row to a person who may have the document.

use mapae_types::{Date, PersonId, Pii};

use crate::{
    column::{CellFault, RowError},
    document::DocumentType,
    facts::{Facts, FactsError},
    rule::Refused,
    value::FactValue,
};

/// A row of the register, read for one document on one day; not yet known to be eligible.
#[derive(Debug, Clone)]
pub struct Applicant<'d> {
    pub(crate) document: &'d DocumentType,
    pub(crate) person: PersonId,
    pub(crate) on: Date,
    pub(crate) cells: Pii<Vec<Option<FactValue>>>,
}

/// An applicant who passed every rule of the document. Made by [`Applicant::eligibility`] alone.
#[derive(Debug, Clone)]
pub struct Eligible<'d>(Applicant<'d>);

impl DocumentType {
    /// Reads a row of the document's register. `row` gives the cell of a column by name; `on` is today where the
    /// document is issued ([`DocumentType::local_date`]). Columns that the catalogue does not name are not looked at.
    pub fn read_row<'r>(&self, row: impl Fn(&str) -> Option<&'r str>, on: Date) -> Result<Applicant<'_>, RowError> {
        let mut cells = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let fault = |reason| RowError { column: column.name.clone(), reason };
            cells.push(column.read(row(&column.name), on).map_err(fault)?);
        }
        let person = self.person_of(&cells)?;
        Ok(Applicant { document: self, person, on, cells: Pii::new(cells) })
    }

    fn person_of(&self, cells: &[Option<FactValue>]) -> Result<PersonId, RowError> {
        let id = match cells.get(self.person) {
            Some(Some(FactValue::Text(text))) => text.parse().ok(),
            _ => None,
        };
        let column = || self.columns.get(self.person).map(|column| column.name.clone()).unwrap_or_default();
        id.ok_or_else(|| RowError { column: column(), reason: CellFault::NotAPersonId })
    }
}

impl<'d> Applicant<'d> {
    /// The person, by the register's id.
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// Tries the document's rules in their order.
    pub fn eligibility(self) -> Result<Eligible<'d>, Refused> {
        for rule in &self.document.rules {
            rule.check(self.cells.expose(), self.on)?;
        }
        Ok(Eligible(self))
    }
}

impl<'d> Eligible<'d> {
    /// The person, by the register's id.
    pub fn person(&self) -> &PersonId {
        &self.0.person
    }

    /// The facts of a document issued on `issue_date`: today for a new one, the day of its first issue for a refill.
    pub fn facts(self, issue_date: Date) -> Result<Facts<'d>, FactsError> {
        Facts::new(self.0, issue_date)
    }
}
