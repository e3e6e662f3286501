//! The requests that were made, for a quarter of an hour.

use std::collections::BTreeMap;

use mapae_jose::base64url;
use mapae_oid4vp::verifier::PendingPresentation;
use mapae_types::{Duration, Entropy as _, Timestamp};
use serde_json::Value;

use super::kinds::Kind;
use crate::{environment::SystemEntropy, failure::Outcome};

/// How long one is known.
const KEPT: Duration = Duration::seconds(15 * 60);
/// Requests at a time; the oldest makes room.
const MOST: usize = 256;

/// One request.
pub(super) struct Kept {
    pub(super) kind: Kind,
    pub(super) pending: PendingPresentation,
    /// As a wallet gets it that sends no nonce, and as somebody who copied it would hand it on.
    pub(super) request: String,
    links: Value,
    is_answered: bool,
    until: Timestamp,
}

/// All of them, by the id in their links.
#[derive(Default)]
pub(super) struct Requests(BTreeMap<String, Kept>);

impl Kept {
    pub(super) fn new(kind: Kind, pending: PendingPresentation, request: String, links: Value, now: Timestamp) -> Self {
        Self { kind, pending, request, links, is_answered: false, until: now + KEPT }
    }
}

impl Requests {
    /// Keeps one under an id, and forgets those whose time is over.
    pub(super) fn keep(&mut self, id: &str, kept: Kept, now: Timestamp) {
        self.0.retain(|_, one| one.until > now);
        while self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, one)| one.until).map(|(id, _)| id.clone());
            oldest.and_then(|id| self.0.remove(&id));
        }
        self.0.insert(id.to_owned(), kept);
    }

    pub(super) fn get(&self, id: &str) -> Option<&Kept> {
        self.0.get(id)
    }

    /// Notes that a wallet answered; not if one did before.
    pub(super) fn take(&mut self, id: &str) -> bool {
        self.0.get_mut(id).is_some_and(|kept| !std::mem::replace(&mut kept.is_answered, true))
    }

    /// The links of the newest that was made to be replayed and was answered.
    pub(super) fn answered(&self) -> Option<Value> {
        let replayed = self.0.values().filter(|one| one.kind == Kind::Replayed && one.is_answered);
        Some(replayed.max_by_key(|one| one.until)?.links.clone())
    }
}

/// What nobody guesses.
pub(super) fn random() -> Outcome<String> {
    Ok(base64url::encode(SystemEntropy.array::<24>()?))
}
