//! Sessions that wait for an answer and that this replica has had in its hands. What a session waits with never changes, so
//! that it need not be read from the store and unsealed again; where it stands is the store's to say.
//!
//! Nothing rests on a session being here: another replica, or this one after a start, reads it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mapae_types::Timestamp;

use super::{Exchange, exchange::Ours};
use crate::{
    ids::Lookup,
    store::{Session, State},
};

/// Sessions at most; some kilobytes each.
const MOST: usize = 4_096;

/// A session whose answer may come.
pub(crate) struct Open {
    /// Without what is sealed.
    pub(crate) session: Session,
    pub(crate) exchange: Exchange,
    pub(crate) ours: Ours,
}

/// By the ends of the addresses of their answers.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<Lookup, Arc<Open>>>);

impl Open {
    /// `session` is one of which the request was given out, or is about to be.
    pub(crate) fn new(session: Session, exchange: Exchange, ours: Ours) -> Self {
        Self { session: Session { state: State::Fetched, context: None, ..session }, exchange, ours }
    }
}

impl Waiting {
    /// Keeps a session, if there is room.
    pub(crate) fn add(&self, open: Arc<Open>) {
        let mut all = self.lock();
        if all.len() < MOST {
            all.insert(open.session.response, open);
        }
    }

    pub(crate) fn get(&self, response: &Lookup) -> Option<Arc<Open>> {
        self.lock().get(response).map(Arc::clone)
    }

    /// For the one answer. Nothing if somebody has it in his hands at this moment, who reads on.
    pub(crate) fn take(&self, response: &Lookup) -> Option<Open> {
        let open = self.lock().remove(response)?;
        Arc::into_inner(open)
    }

    /// Lets go of those whose time is over.
    pub(crate) fn forget(&self, now: Timestamp) {
        self.lock().retain(|_, open| open.session.expires_at > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Lookup, Arc<Open>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
