//! How old evidence may be (design D14): up to one age it is accepted, up to another accepted and marked,
//! beyond that refused.

use mapae_types::{Duration, Timestamp};

use crate::BundleError;

/// The two ages, as the bundle's signer set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    fresh_for: Duration,
    usable_for: Duration,
    /// The greatest age under a continuity order.
    ordered: Duration,
}

/// What the age of a piece of evidence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Young enough to say nothing about it.
    Fresh(Duration),
    /// Accepted, and the verdict says so.
    Marked(Duration),
    /// Accepted only because a continuity order stretches the greatest age; the verdict names it.
    Ordered(Duration),
    /// Older than the greatest age.
    TooOld {
        /// How old it is.
        age: Duration,
        /// How old it may be.
        greatest: Duration,
    },
    /// The evidence is from the future: the clock is wrong, and nothing can be said.
    ClockBehind {
        /// The time that the evidence states.
        as_of: Timestamp,
    },
}

impl Freshness {
    /// `usable_for` is not shorter than `fresh_for`, and neither is negative.
    pub fn new(fresh_for: Duration, usable_for: Duration) -> Result<Self, BundleError> {
        let ordered = Duration::default() <= fresh_for && fresh_for <= usable_for;
        if ordered { Ok(Self { fresh_for, usable_for, ordered: usable_for }) } else { Err(BundleError::Freshness) }
    }

    /// The same with a greatest age that a relying party chose. It may only be stricter (design D3).
    pub fn tightened(self, accept_age: Option<Duration>) -> Self {
        let usable_for = accept_age.map_or(self.usable_for, |age| age.min(self.usable_for));
        let ordered = accept_age.map_or(self.ordered, |age| age.min(self.ordered));
        Self { fresh_for: self.fresh_for.min(usable_for), usable_for, ordered }
    }

    /// The same under an order, which stretches the greatest age and never shortens it (design D14).
    pub(crate) fn stretched(self, usable_for: Duration) -> Self {
        Self { ordered: usable_for.max(self.ordered), ..self }
    }

    /// Judges evidence that states the time `as_of`.
    pub fn judge(&self, as_of: Timestamp, now: Timestamp) -> Age {
        let age = as_of.age_at(now);
        if age < Duration::default() {
            Age::ClockBehind { as_of }
        } else if age <= self.fresh_for {
            Age::Fresh(age)
        } else if age <= self.usable_for {
            Age::Marked(age)
        } else if age <= self.ordered {
            Age::Ordered(age)
        } else {
            Age::TooOld { age, greatest: self.ordered }
        }
    }

    /// Up to this age evidence is accepted without a mark.
    pub const fn fresh_for(&self) -> Duration {
        self.fresh_for
    }

    /// Up to this age evidence is accepted with no order.
    pub const fn usable_for(&self) -> Duration {
        self.usable_for
    }

    /// Up to this age evidence is accepted under the order that is in force; the same as without, if none is.
    pub const fn ordered_for(&self) -> Duration {
        self.ordered
    }
}
