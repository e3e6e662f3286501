//! Requests that were answered, so that none is answered twice (peers' hole: a request shown again by somebody else).

use std::collections::BTreeMap;

use mapae_crypto::sha256;
use mapae_jose::{base64url, json};
use mapae_types::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Change, Stamp, store::ANSWERED};

/// For how long a request without an end is remembered.
const WITHOUT_END: Duration = Duration::days(400);

/// Requests that were answered, each until it has expired.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Answered(BTreeMap<String, Stamp>);

impl Answered {
    /// Whether a request was answered.
    pub(crate) fn has(&self, client_id: &str, nonce: &str) -> bool {
        self.0.contains_key(&name(client_id, nonce))
    }

    /// Notes that a request is answered, and forgets those that have expired.
    pub(crate) fn note(&mut self, client_id: &str, nonce: &str, until: Option<Timestamp>, now: Timestamp) {
        self.0.retain(|_, until| until.0 > now);
        // Clocks differ: a little beyond the end.
        let until = until.map_or(now + WITHOUT_END, |until| until.max(now) + Duration::hours(1));
        self.0.insert(name(client_id, nonce), Stamp(until));
    }

    /// Forgets one that was not answered after all.
    pub(crate) fn forget(&mut self, client_id: &str, nonce: &str) {
        self.0.remove(&name(client_id, nonce));
    }

    /// The change that writes it.
    pub(crate) fn put(&self) -> Change {
        Change::Put(ANSWERED.to_owned(), json::to_vec(self))
    }
}

/// A hash: who asked what is none of this record's business once the history is deleted.
fn name(client_id: &str, nonce: &str) -> String {
    base64url::encode(sha256(format!("{}:{client_id}{nonce}", client_id.len()).as_bytes()))
}
