//! Drafts that no entry names yet. Anybody may hand one over, so only a few are kept, and in memory; the store gets a
//! draft when an agency's entry names it.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use axum::body::Bytes;

/// Drafts that are kept at once.
const MOST: usize = 8;

/// Their bytes together.
const MOST_BYTES: usize = 256 << 20;

/// Drafts that wait for their entry, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Drafts(Mutex<VecDeque<([u8; 32], Bytes)>>);

impl Drafts {
    /// Keeps a draft, and forgets the oldest if there are too many.
    pub(super) fn put(&self, manifest: [u8; 32], draft: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != manifest);
        kept.push_back((manifest, draft));
        while kept.len() > MOST || kept.iter().map(|(_, draft)| draft.len()).sum::<usize>() > MOST_BYTES {
            kept.pop_front();
        }
    }

    /// The draft with that manifest.
    pub(super) fn find(&self, manifest: &[u8; 32]) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == manifest).map(|(_, draft)| draft.clone())
    }
}
