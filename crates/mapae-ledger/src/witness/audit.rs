//! A witness that reads along (design D13): it cosigns only if the tree grew by exactly the entries that it has judged.
//!
//! What an entry may say is decided by the caller, who hands over those only that keep the rules.

use crate::{AuditError, Entry, TileTree, ToPersist};

/// An audit of the entries between the latest cosigned checkpoint and the next.
#[derive(Debug)]
#[must_use]
pub struct Audit {
    to_persist: ToPersist,
    tree: TileTree,
}

impl Audit {
    /// Begins with the tree that the auditor kept, which must be the one that was cosigned last.
    pub fn begin(to_persist: ToPersist, tree: TileTree) -> Result<Self, AuditError> {
        let (cosigned, kept) = (to_persist.before().head(), tree.head());
        if cosigned == kept {
            Ok(Self { to_persist, tree })
        } else {
            Err(AuditError::OwnTreeDiffers { cosigned: cosigned.size(), kept: kept.size() })
        }
    }

    /// The index of the entry that is judged next; nothing if all have been.
    pub fn next(&self) -> Option<u64> {
        Some(self.tree.size()).filter(|next| *next < self.to_persist.after().head().size())
    }

    /// Takes an entry that keeps the rules.
    pub fn judged(&mut self, entry: &Entry) -> Result<(), AuditError> {
        let next = self.next().ok_or(AuditError::TooManyEntries { size: self.tree.size() })?;
        self.tree.append([entry.leaf()]).map_err(|_| AuditError::TooManyEntries { size: next })?;
        Ok(())
    }

    /// Ends; the checkpoint may go on to be persisted, and the tree be kept, if it is the tree of these entries.
    pub fn finish(self) -> Result<(ToPersist, TileTree), AuditError> {
        let claimed = self.to_persist.after().head();
        if let Some(next) = self.next() {
            return Err(AuditError::EntriesMissing { next, size: claimed.size() });
        }
        if self.tree.head() == claimed {
            Ok((self.to_persist, self.tree))
        } else {
            Err(AuditError::RootDiffers { size: claimed.size() })
        }
    }
}
