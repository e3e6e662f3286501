//! Requests that were answered, so that none is answered twice (peers' hole: a request shown again by somebody else).

use mapae_crypto::sha256;
use mapae_jose::{Object, Value, base64url, json};
use mapae_types::{Duration, Timestamp};

use crate::{Change, Stamp, sorted::Sorted, store::ANSWERED};

/// For how long a request without an end is remembered.
const WITHOUT_END: Duration = Duration::days(400);

/// Requests that were answered, each until it has expired.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answered(Sorted<String, Stamp>);

impl Answered {
    /// Reads the record: times by name.
    pub(crate) fn read(value: Value) -> Option<Self> {
        let Value::Object(members) = value else { return None };
        let mut read = Self::default();
        for (name, until) in members {
            read.0.insert(name, Stamp::read(until)?);
        }
        Some(read)
    }

    /// Whether a request was answered.
    pub(crate) fn has(&self, client_id: &str, nonce: &str) -> bool {
        self.0.get(&name(client_id, nonce)).is_some()
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
        let mut members = Object::new();
        for (name, until) in self.0.iter() {
            members.insert(name.clone(), until.0.to_string().into());
        }
        Change::Put(ANSWERED.to_owned(), json::to_vec(&members))
    }
}

/// A hash: who asked what is none of this record's business once the history is deleted.
fn name(client_id: &str, nonce: &str) -> String {
    base64url::encode(sha256(format!("{}:{client_id}{nonce}", client_id.len()).as_bytes()))
}
