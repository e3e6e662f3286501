//! What a row says, beside what the store has.

use mapae_document::Facts;
use mapae_types::Date;

use super::{Follower, error::RowProblem};
use crate::store::{Cells, StoredRow};

/// What follows from a row.
pub(super) enum Verdict {
    /// Nothing that anybody has to follow.
    Fine,
    /// The right is gone, by this rule.
    Lost(String),
    /// What stands in the document is something else now.
    Differs,
}

impl Follower {
    /// `before` is what the store has, if that is something else.
    pub(super) fn judge(&self, cells: &Cells, before: Option<&StoredRow>, today: Date) -> Result<Verdict, RowProblem> {
        let applicant = self.document.read_row(|column| cells.get(column).map(String::as_str), today);
        let applicant = applicant.map_err(|error| RowProblem::Cell { column: error.column, fault: error.reason })?;
        match applicant.eligibility() {
            Err(refused) => Ok(Verdict::Lost(refused.rule)),
            Ok(eligible) => {
                let before = before.and_then(|before| self.facts(&before.cells, today));
                let differs = match (before, eligible.facts(today)) {
                    (Some(before), Ok(now)) => !self.same(&before, &now),
                    _ => false,
                };
                Ok(if differs { Verdict::Differs } else { Verdict::Fine })
            }
        }
    }

    fn facts(&self, cells: &Cells, today: Date) -> Option<Facts<'_>> {
        let applicant = self.document.read_row(|column| cells.get(column).map(String::as_str), today).ok()?;
        applicant.eligibility().ok()?.facts(today).ok()
    }

    /// Columns that no attribute is made of may change as they like.
    fn same(&self, before: &Facts<'_>, now: &Facts<'_>) -> bool {
        let value = |facts: &Facts<'_>, id: &str| facts.get(id).map(|value| value.expose().clone());
        self.document.attributes().iter().all(|attribute| value(before, attribute.id()) == value(now, attribute.id()))
    }
}
