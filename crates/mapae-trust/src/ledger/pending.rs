//! Bundles whose statement is admitted if the draft follows from the entries.

use super::{Admission, BundleStatement, LedgerState, RuleError};

/// An entry of kind `bundle` that keeps all rules but one: its manifest must follow from the entries before it, for
/// which its draft is needed.
#[derive(Debug)]
#[must_use = "the entry is not admitted yet"]
pub struct PendingBundle {
    bundle: BundleStatement,
    admission: Admission,
}

impl PendingBundle {
    pub(super) fn new(
        state: &LedgerState,
        bundle: BundleStatement,
        admission: Admission,
    ) -> Result<Self, RuleError> {
        state.contents(bundle.as_of(), Vec::new())?;
        Ok(Self { bundle, admission })
    }

    /// The SHA-256 of the manifest, by which the draft is found.
    pub const fn manifest(&self) -> &[u8; 32] {
        self.bundle.manifest()
    }

    /// For who reads an old log and no longer finds the drafts of old bundles: those who cosigned the entry have judged
    /// them. A log and its cosigners never call this.
    pub fn unseen(self) -> Admission {
        self.admission
    }
}
