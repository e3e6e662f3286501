//! Bundles whose statement is admitted if the draft follows from the entries.

use core::fmt;

use mapae_ledger::Origin;

use super::{Admission, BundleStatement, LedgerState, RuleError, contents::Places};
use crate::{BundleContents, DraftBundle};

/// An entry of kind `bundle` that keeps all rules but one: its manifest must follow from the entries before it, for
/// which its draft is needed.
#[must_use = "the entry is not admitted yet"]
pub struct PendingBundle {
    bundle: BundleStatement,
    origin: Origin,
    /// What follows from the entries, without status lists.
    contents: Box<BundleContents>,
    places: Places,
    admission: Admission,
}

impl PendingBundle {
    pub(super) fn new(state: &LedgerState, bundle: BundleStatement, admission: Admission) -> Result<Self, RuleError> {
        let origin = state.origin().ok_or(RuleError::NotFounded { kind: super::Kind::Bundle })?;
        let contents = Box::new(state.contents_without_lists(bundle.as_of())?);
        Ok(Self { bundle, origin, contents, places: state.places(), admission })
    }

    /// The SHA-256 of the manifest, by which the draft is found.
    pub const fn manifest(&self) -> &[u8; 32] {
        self.bundle.manifest()
    }

    /// Computes the manifest anew from the entries and the draft's status lists. It must be the one that is stated, to
    /// the byte, and each list must be its issuer's and verify at the draft's own time.
    pub fn with_draft(self, draft: &DraftBundle) -> Result<Admission, RuleError> {
        let Self { bundle, origin, contents, places, admission } = self;
        let status_lists = draft.status_lists();
        places.check(&status_lists, bundle.as_of())?;
        let recomputed = BundleContents { status_lists, ..*contents }.draft(&origin);
        if recomputed.manifest_hash() != *bundle.manifest() || draft.manifest_hash() != *bundle.manifest() {
            return Err(RuleError::ManifestDiffers);
        }
        draft.check_lists()?;
        Ok(admission)
    }

    /// For who reads an old log and no longer finds the drafts of old bundles: those who cosigned the entry have judged
    /// them. For new entries a log and its cosigners never call this.
    pub fn unseen(self) -> Admission {
        self.admission
    }
}

impl fmt::Debug for PendingBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingBundle").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}
