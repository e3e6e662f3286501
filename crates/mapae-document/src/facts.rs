//! The facts of one person's document, written alike in both formats (design D1).

use mapae_cose::cbor::Value;
use mapae_types::{Date, PersonId, Pii};
use serde_json::{Map, Value as Json};

use crate::{
    age::birthday_after,
    applicant::Applicant,
    attribute::{Attribute, Source},
    document::DocumentType,
    value::FactValue,
};

/// What a document says of a person on one day. Made from an [`Eligible`](crate::Eligible) alone.
#[derive(Debug, Clone)]
pub struct Facts<'d> {
    document: &'d DocumentType,
    person: PersonId,
    on: Date,
    issue_date: Date,
    expiry_date: Date,
    next_flip: Option<Date>,
    values: Vec<(&'d Attribute, Pii<FactValue>)>,
}

impl<'d> Facts<'d> {
    pub(crate) fn new(applicant: Applicant<'d>, issue_date: Date) -> Result<Self, FactsError> {
        let Applicant { document, person, on, cells } = applicant;
        if issue_date > on {
            return Err(FactsError::IssuedLater { issue_date, on });
        }
        let row = Row { cells: cells.into_exposed(), on, issue_date, expiry_date: on };
        let expiry_date = row.expiry(document)?;
        if expiry_date < on {
            return Err(FactsError::Expired { expiry_date, on });
        }
        let row = Row { expiry_date, ..row };
        let next_flip = document.attributes.iter().filter_map(|attribute| row.flip(&attribute.source)).min();
        let value = |attribute: &'d Attribute| Some((attribute, Pii::new(row.value(&attribute.source)?)));
        let values = document.attributes.iter().filter_map(value).collect();
        Ok(Self { document, person, on, issue_date, expiry_date, next_flip, values })
    }

    /// The document.
    pub fn document(&self) -> &'d DocumentType {
        self.document
    }

    /// The person, by the register's id.
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// The day for which ages and eligibility were decided.
    pub fn on(&self) -> Date {
        self.on
    }

    /// The day on which the document was first issued.
    pub fn issue_date(&self) -> Date {
        self.issue_date
    }

    /// The last day of the document.
    pub fn expiry_date(&self) -> Date {
        self.expiry_date
    }

    /// The next day on which an age element that the document carries is no longer true, if ever.
    pub fn next_flip(&self) -> Option<Date> {
        self.next_flip
    }

    /// The fact of attribute `id`; `None` also if it is optional and the register has no value.
    pub fn get(&self, id: &str) -> Option<&Pii<FactValue>> {
        self.values.iter().find(|(attribute, _)| attribute.id == id).map(|(_, value)| value)
    }

    /// Namespace, element identifier and value of each element, one namespace after the other.
    pub fn mdoc_elements(&self) -> Vec<(&'d str, &'d str, Value)> {
        let document: &'d DocumentType = self.document;
        let mut elements = Vec::with_capacity(self.values.len());
        for namespace in document.namespaces() {
            let members = self.values.iter().filter(|(attribute, _)| attribute.namespace == namespace);
            elements.extend(members.map(|(attribute, value)| {
                (namespace, &*attribute.element, value.expose().to_cbor(attribute.encoding))
            }));
        }
        elements
    }

    /// The claims about the person as one object; `vct`, `cnf`, `status` and times are the issuer's to add.
    pub fn sd_jwt_claims(&self) -> Map<String, Json> {
        let mut claims = Map::new();
        for (attribute, value) in &self.values {
            insert(&mut claims, &attribute.claim, value.expose().to_json(attribute.form));
        }
        claims
    }
}

/// Puts a claim at its path. The catalogue was checked: no path leads through another's value.
fn insert(claims: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [name] => {
            claims.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = claims.entry(name.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The row with the days that computed attributes need.
struct Row {
    cells: Vec<Option<FactValue>>,
    on: Date,
    issue_date: Date,
    expiry_date: Date,
}

impl Row {
    fn cell(&self, column: usize) -> Option<&FactValue> {
        self.cells.get(column).and_then(Option::as_ref)
    }

    fn date(&self, column: usize) -> Option<Date> {
        match self.cell(column) {
            Some(FactValue::Date(date)) => Some(*date),
            _ => None,
        }
    }

    fn expiry(&self, document: &DocumentType) -> Result<Date, FactsError> {
        let validity = document.validity;
        let whole = self.issue_date.plus_years(validity.document_years.into()).map_err(|_| FactsError::OutOfRange)?;
        let limit = validity.not_after.and_then(|column| self.date(column));
        Ok(limit.map_or(whole, |limit| limit.min(whole)))
    }

    fn value(&self, source: &Source) -> Option<FactValue> {
        Some(match source {
            Source::Column(column) => self.cell(*column)?.clone(),
            Source::Constant(text) => FactValue::Text(text.clone()),
            Source::IssueDate => FactValue::Date(self.issue_date),
            Source::ExpiryDate => FactValue::Date(self.expiry_date),
            Source::BirthYear(column) => FactValue::Integer(self.date(*column)?.year().unsigned_abs()),
            Source::AgeInYears(column) => FactValue::Integer(self.date(*column)?.age_on(self.on).unsigned_abs()),
            Source::Age(column, age) => FactValue::Bool(age.holds(self.date(*column)?, self.on)),
        })
    }

    /// The next day on which the value of an age changes.
    fn flip(&self, source: &Source) -> Option<Date> {
        match source {
            Source::Age(column, age) => age.flip_after(self.date(*column)?, self.on),
            Source::AgeInYears(column) => birthday_after(self.date(*column)?, self.on),
            _ => None,
        }
    }
}

/// The document cannot have these dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FactsError {
    /// The caller gave a day of issue that is still to come.
    #[error("issued on {issue_date}, after {on}")]
    IssuedLater {
        /// The day given.
        issue_date: Date,
        /// The day of the check.
        on: Date,
    },
    /// The document's last day is past: a new one has to be applied for.
    #[error("expired on {expiry_date}, before {on}")]
    Expired {
        /// The last day.
        expiry_date: Date,
        /// The day of the check.
        on: Date,
    },
    /// An expiry beyond the calendar.
    #[error("a date beyond the calendar")]
    OutOfRange,
}
