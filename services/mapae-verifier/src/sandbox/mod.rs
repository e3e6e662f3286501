//! The sandbox: sample people who answer on demand, rightly or wrongly, and what became of each answer, step by step with the
//! clause of the standard.
//!
//! It is on only where [`serve_sandbox`](crate::serve_sandbox) is called with a sample country, and that serves nothing if the
//! bundles that are believed are not of that very country: with it on, whoever reaches the service is whom they say they are.
//! Nothing of the service differs otherwise. The steps are found by looking at an answer before the service does, by the
//! same functions ([`trace`]); the one thing that the service tells the sandbox is where a session's request lies.
//!
//! Left out: answers by the Digital Credentials API; sessions of before the last start, of which the sandbox knows nothing;
//! who asks at `/sandbox`, which is anybody.

mod acting;
mod looking;
mod pages;
mod routes;
mod steps;
mod trace;

use std::sync::{Mutex, MutexGuard, PoisonError};

use mapae_oid4vp::Request;
use mapae_sandbox::Country;
use mapae_types::Timestamp;

use crate::{
    Pinned,
    asking::Exchange,
    ids::{Handle, SessionId},
};

pub(crate) use routes::routes;
use trace::Step;

/// Sessions that are remembered: more than a developer looks at.
const REMEMBERED: usize = 256;

/// A sample country, and what was seen of the sessions with its people.
pub struct Sandbox {
    country: Country,
    sessions: Mutex<Vec<Seen>>,
}

/// What is known of a session.
#[derive(Clone)]
struct Seen {
    id: SessionId,
    /// The end of the address of its request; nothing where a page's browser has it.
    request: Option<Handle>,
    begun_at: Timestamp,
    /// What a sample person read, for another try.
    read: Option<Request>,
    /// Where the person goes on.
    redirect_uri: Option<String>,
    steps: Vec<Step>,
}

/// The bundles that this verifier believes are not of the sandbox's country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sandbox believes bundles of its own sample country, and no others")]
pub struct NotASandbox;

impl Sandbox {
    /// With the people of that country.
    pub const fn new(country: Country) -> Self {
        Self { country, sessions: Mutex::new(Vec::new()) }
    }

    /// Its own bundles are all that is believed.
    pub(crate) fn check(&self, pinned: &Pinned) -> Result<(), NotASandbox> {
        match pinned {
            Pinned::Key(key) if **key == *self.country.bundle_key() => Ok(()),
            _ => Err(NotASandbox),
        }
    }

    /// A session begins.
    pub(crate) fn begun(&self, id: SessionId, request: &Handle, exchange: &Exchange, now: Timestamp) {
        let request = matches!(exchange, Exchange::Redirect(_)).then(|| request.clone());
        let seen =
            Seen { id, request, begun_at: now, read: None, redirect_uri: None, steps: vec![trace::asked(exchange)] };
        let mut sessions = self.sessions();
        if sessions.len() == REMEMBERED {
            sessions.remove(0);
        }
        sessions.push(seen);
    }

    /// More was seen of it.
    fn saw(&self, id: SessionId, steps: Vec<Step>) {
        self.change(id, |seen| seen.steps.extend(steps));
    }

    fn change(&self, id: SessionId, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.sessions().iter_mut().find(|seen| seen.id == id) {
            change(seen);
        }
    }

    fn find(&self, id: &str) -> Option<Seen> {
        let id: SessionId = id.parse().ok()?;
        self.sessions().iter().find(|seen| seen.id == id).cloned()
    }

    /// The newest first.
    fn all(&self) -> Vec<Seen> {
        self.sessions().iter().rev().cloned().collect()
    }

    fn by_request(&self, handle: &str) -> Option<SessionId> {
        let sessions = self.sessions();
        let is_it = |seen: &&Seen| seen.request.as_ref().is_some_and(|request| request.as_str() == handle);
        sessions.iter().find(is_it).map(|seen| seen.id)
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl core::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sandbox").field("country", &self.country).finish_non_exhaustive()
    }
}
