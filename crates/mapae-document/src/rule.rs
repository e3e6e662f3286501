//! Rules of eligibility: data in the catalogue, with codes that do not change.

use mapae_types::Date;

use crate::{document::Label, value::FactValue};

/// One rule. The first that fails is the reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(crate) code: String,
    pub(crate) label: Label,
    pub(crate) test: Test,
}

/// What a rule demands of a column, by its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    MinAge {
        column: usize,
        years: u8,
    },
    IsTrue {
        column: usize,
    },
    /// An empty cell passes where the column may be empty: there is no such day.
    NotPast {
        column: usize,
    },
    NotFuture {
        column: usize,
    },
    Present {
        column: usize,
    },
    OneOf {
        column: usize,
        values: Vec<String>,
    },
}

impl Rule {
    /// The stable code, such as `under_17`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The reason that a refused applicant reads.
    pub fn label(&self) -> &Label {
        &self.label
    }

    pub(crate) fn check(&self, cells: &[Option<FactValue>], on: Date) -> Result<(), Refused> {
        match self.test.failing(cells, on) {
            None => Ok(()),
            Some(detail) => Err(Refused { rule: self.code.clone(), detail }),
        }
    }
}

impl Test {
    pub(crate) fn column(&self) -> usize {
        match self {
            Self::MinAge { column, .. }
            | Self::IsTrue { column }
            | Self::NotPast { column }
            | Self::NotFuture { column }
            | Self::Present { column }
            | Self::OneOf { column, .. } => *column,
        }
    }

    /// Why the row fails, if it does. The catalogue was checked to name columns of the right type, and whether they may
    /// be empty: whatever else stands in the cell fails.
    fn failing(&self, cells: &[Option<FactValue>], on: Date) -> Option<RefusalDetail> {
        let cell = cells.get(self.column()).and_then(Option::as_ref);
        let (passes, detail) = match (self, cell) {
            (Self::MinAge { years, .. }, Some(FactValue::Date(birth))) => {
                (birth.age_on(on) >= i32::from(*years), RefusalDetail::TooYoung { least: *years })
            }
            (Self::NotPast { .. }, Some(FactValue::Date(until))) => (*until >= on, RefusalDetail::Past),
            (Self::NotPast { .. }, None) => (true, RefusalDetail::Past),
            (Self::NotFuture { .. }, Some(FactValue::Date(from))) => (*from <= on, RefusalDetail::Future),
            (Self::Present { .. }, cell) => (cell.is_some(), RefusalDetail::Absent),
            (Self::IsTrue { .. }, Some(FactValue::Bool(value))) => (*value, RefusalDetail::NotTrue),
            (Self::OneOf { values, .. }, Some(FactValue::Text(text))) => {
                (values.contains(text), RefusalDetail::OtherValue)
            }
            _ => (false, RefusalDetail::NotTrue),
        };
        (!passes).then_some(detail)
    }
}

/// The person may not have the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused by rule {rule}: {detail}")]
pub struct Refused {
    /// The code of the rule.
    pub rule: String,
    /// How it failed.
    pub detail: RefusalDetail,
}

/// How a rule failed, without the person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalDetail {
    /// Below the least age.
    #[error("below {least} years of age")]
    TooYoung {
        /// Completed years.
        least: u8,
    },
    /// What must be so is not.
    #[error("the register says no")]
    NotTrue,
    /// The day is over.
    #[error("the register's day is past")]
    Past,
    /// The day is still to come.
    #[error("the register's day is still to come")]
    Future,
    /// Nothing stands where something must.
    #[error("the register has no value")]
    Absent,
    /// Another word than those allowed.
    #[error("the register has another value")]
    OtherValue,
}
