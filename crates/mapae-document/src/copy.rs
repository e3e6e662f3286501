//! How long a copy may live (design D8).

use mapae_types::{Date, Duration, Timestamp};

use crate::facts::Facts;

/// The life of a copy: `validFrom` and `validUntil` of an mdoc, `nbf` and `exp` of an SD-JWT VC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyValidity {
    /// Midnight UTC at or before the issue.
    pub valid_from: Timestamp,
    /// Midnight UTC at or before every limit; the limit itself where that midnight has already passed.
    pub valid_until: Timestamp,
    /// Which limit was the nearest.
    pub limit: CopyLimit,
}

/// What ends a copy's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyLimit {
    /// The catalogue's longest life.
    Days,
    /// The end of the document's last day.
    Document,
    /// The signer's certificate.
    Signer,
    /// The beginning of the day on which an age element that the copy carries is no longer true.
    Age,
}

/// Decides the life of the copies issued at `issued` by a signer whose certificate ends at `signer_not_after`.
///
/// Times are rounded to the day, lest a second betray which copies belong together (design D7). A midnight is rounded
/// away only while something remains: who turns 19 tomorrow gets a copy for today.
///
/// Spec says that `age_over_NN` is fixed at `validFrom`; we fix it on the local day of issue, which begins up to
/// 15 hours after `validFrom`. Nobody can show a copy before it is signed.
pub fn copy_validity(
    issued: Timestamp,
    facts: &Facts<'_>,
    signer_not_after: Timestamp,
) -> Result<CopyValidity, CopyError> {
    let issued_on = facts.document().local_date(issued);
    if issued_on != facts.on() {
        return Err(CopyError::FactsOfAnotherDay { facts_on: facts.on(), issued_on });
    }
    let valid_from = issued.start_of_day();
    let (end, limit) = nearest(valid_from, facts, signer_not_after)?;
    if end <= issued {
        return Err(CopyError::NothingLeft { limit });
    }
    let rounded = end.start_of_day();
    Ok(CopyValidity { valid_from, valid_until: if rounded > issued { rounded } else { end }, limit })
}

fn nearest(
    valid_from: Timestamp,
    facts: &Facts<'_>,
    signer_not_after: Timestamp,
) -> Result<(Timestamp, CopyLimit), CopyError> {
    let document = facts.document();
    let days = valid_from + Duration::days(document.validity().copy_days.into());
    let after_expiry = facts.expiry_date().plus_days(1).map_err(|_| CopyError::OutOfRange)?;
    let mut nearest = (days, CopyLimit::Days);
    for (end, limit) in [
        (Some(document.start_of(after_expiry)), CopyLimit::Document),
        (Some(signer_not_after), CopyLimit::Signer),
        (facts.next_flip().map(|day| document.start_of(day)), CopyLimit::Age),
    ] {
        if let Some(end) = end.filter(|end| *end < nearest.0) {
            nearest = (end, limit);
        }
    }
    Ok(nearest)
}

/// No copy can be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The caller's facts were decided for another day than that of the issue.
    #[error("facts of {facts_on} for a copy issued on {issued_on}")]
    FactsOfAnotherDay {
        /// The day of the facts.
        facts_on: Date,
        /// The local day of issue.
        issued_on: Date,
    },
    /// A limit that is already past.
    #[error("a copy would have expired already ({limit:?})")]
    NothingLeft {
        /// Which.
        limit: CopyLimit,
    },
    /// An expiry beyond the calendar.
    #[error("a date beyond the calendar")]
    OutOfRange,
}
