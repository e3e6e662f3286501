//! Whose answer is being judged right now: a second one to the same session is not looked at meanwhile.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::ids::Lookup;

/// The addresses of answers that are being judged.
#[derive(Debug, Default)]
pub(crate) struct Judging(Mutex<HashSet<Lookup>>);

/// That one is; until this is dropped.
pub(crate) struct Entered<'j> {
    judging: &'j Judging,
    response: Lookup,
}

impl Judging {
    /// Nothing if an answer to the same address is being judged.
    pub(crate) fn enter(&self, response: Lookup) -> Option<Entered<'_>> {
        // Not made before it is known to be needed: what is dropped lets others in.
        let is_first = self.lock().insert(response);
        is_first.then(|| Entered { judging: self, response })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Lookup>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.judging.lock().remove(&self.response);
    }
}
