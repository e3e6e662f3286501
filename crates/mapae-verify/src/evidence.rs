//! The status of a copy, and the age of what a verdict rests on.

use mapae_status_list::Status;
use mapae_trust::{Age, StatusRule, TrustError, TrustedSigner};
use mapae_types::{Duration, OrderId, StatusReference, Timestamp};

use crate::{Check, NotVerified, Refusal, Stale};

/// What a verdict rests on, with its age. Ages count from the status token's own `iat` and the bundle's own
/// `as_of` (design D3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    status: StatusEvidence,
    bundle_as_of: Timestamp,
    age: Duration,
    marked: bool,
    order: Option<OrderId>,
}

/// What is known of a copy's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusEvidence {
    /// The issuer's list says that it is valid.
    Valid {
        /// The time of which the list speaks.
        as_of: Timestamp,
    },
    /// The issuer publishes no status, and the bundle expects none.
    NotPublished,
}

impl Evidence {
    /// The status.
    pub const fn status(&self) -> StatusEvidence {
        self.status
    }

    /// The time of which the bundle speaks.
    pub const fn bundle_as_of(&self) -> Timestamp {
        self.bundle_as_of
    }

    /// The age of the oldest piece.
    pub const fn age(&self) -> Duration {
        self.age
    }

    /// Whether the age is to be shown beside the verdict: older than fresh, not too old.
    pub const fn marked(&self) -> bool {
        self.marked
    }

    /// The continuity order without which the evidence would have been too old (design D14).
    pub const fn order(&self) -> Option<&OrderId> {
        self.order.as_ref()
    }
}

impl Check<'_> {
    /// Judges the status of a copy that `signer` signed.
    pub(crate) fn evidence(
        &self,
        reference: Option<&StatusReference>,
        signer: &TrustedSigner,
    ) -> Result<Evidence, NotVerified> {
        let status = match (reference, signer.status_rule()) {
            (Some(reference), _) => StatusEvidence::Valid { as_of: self.status_as_of(reference, signer)? },
            (None, StatusRule::NotPublished) => StatusEvidence::NotPublished,
            (None, StatusRule::Required) => return Err(Refusal::StatusReferenceMissing.into()),
        };
        let bundle_as_of = self.store.as_of();
        let oldest = match status {
            StatusEvidence::Valid { as_of } => as_of.min(bundle_as_of),
            StatusEvidence::NotPublished => bundle_as_of,
        };
        let (marked, order) = match self.judge(oldest) {
            Age::Marked(_) => (true, None),
            Age::Ordered(_) => (true, self.store.order().map(|order| order.id().clone())),
            _ => (false, None),
        };
        Ok(Evidence { status, bundle_as_of, age: oldest.age_at(self.now), marked, order })
    }

    fn status_as_of(&self, reference: &StatusReference, signer: &TrustedSigner) -> Result<Timestamp, NotVerified> {
        let token = self.store.status(reference, signer, self.now).map_err(|error| match error {
            TrustError::StatusListFromFuture { issued_at, .. } => self.clock_behind(issued_at),
            other => other.into(),
        })?;
        let as_of = token.issued_at();
        match self.judge(as_of) {
            Age::ClockBehind { as_of } => return Err(self.clock_behind(as_of)),
            Age::TooOld { age, greatest } => {
                return Err(Refusal::EvidenceTooOld { what: Stale::Status, age, greatest }.into());
            }
            Age::Fresh(_) | Age::Marked(_) | Age::Ordered(_) => {}
        }
        // Token Status List §8.3: an index outside the list is refused (hole 1 of the peers).
        match token.status(reference.idx).map_err(|_| Refusal::StatusIndexOutOfRange)? {
            Status::Valid => Ok(as_of),
            Status::Invalid => Err(Refusal::Revoked { as_of }.into()),
            Status::Suspended => Err(Refusal::Suspended { as_of }.into()),
            Status::Other(value) => Err(Refusal::StatusUnknown { value }.into()),
        }
    }
}
