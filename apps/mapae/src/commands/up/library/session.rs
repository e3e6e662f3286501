//! Sessions: one request each, and what became of it.

use std::collections::BTreeMap;

use mapae_jose::base64url;
use mapae_oid4vp::verifier::PendingPresentation;
use mapae_types::{Duration, Entropy as _, Timestamp};
use serde_json::Value;

use super::kinds::Kind;
use crate::{environment::SystemEntropy, failure::Outcome};

/// How long anything of a session is known.
const KEPT: Duration = Duration::seconds(15 * 60);
/// Sessions at a time; the oldest makes room.
const MOST: usize = 256;

/// Where it stands.
pub(super) enum Stage {
    /// For an answer.
    Waiting(Box<PendingPresentation>),
    /// An answer is being looked at.
    Looking,
    /// The verdict.
    Over(Value),
}

/// One visit.
pub(super) struct Session {
    pub(super) kind: Kind,
    pub(super) stage: Stage,
    /// The request as a wallet gets it that sends no nonce, and as somebody who copied it would hand it on.
    pub(super) request: String,
    /// By which the page that began it asks. It stands in no link: whoever sees the QR code cannot ask.
    token: String,
    /// For a wallet on the same device: by which the page that the wallet opens asks (OpenID4VP 1.0 §14.2). It is told with
    /// the answer alone.
    pub(super) code: Option<String>,
    until: Timestamp,
}

/// All of them, by the id in their links.
#[derive(Default)]
pub(super) struct Sessions {
    by_id: BTreeMap<String, Session>,
    /// The last that was answered, for who wants to see it replayed.
    answered: Option<String>,
}

impl Session {
    /// A session that waits; its token.
    pub(super) fn new(
        kind: Kind,
        pending: PendingPresentation,
        request: String,
        same_device: bool,
        now: Timestamp,
    ) -> Outcome<(Self, String)> {
        let token = random()?;
        let code = same_device.then(random).transpose()?;
        let stage = Stage::Waiting(Box::new(pending));
        let session = Self { kind, stage, request, token: token.clone(), code, until: now + KEPT };
        Ok((session, token))
    }

    /// By which the page asks.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether who has `code` may see the verdict: anybody with the token for another device's wallet; for this device's,
    /// who came by the address that the wallet was given.
    pub(super) fn opens(&self, code: Option<&str>) -> bool {
        self.code.is_none() || self.code.as_deref() == code
    }
}

impl Sessions {
    /// Keeps a session under an id, and forgets those whose time is over.
    pub(super) fn keep(&mut self, id: &str, session: Session, now: Timestamp) {
        self.by_id.retain(|_, one| one.until > now);
        while self.by_id.len() >= MOST {
            let oldest = self.by_id.iter().min_by_key(|(_, one)| one.until).map(|(id, _)| id.clone());
            oldest.and_then(|id| self.by_id.remove(&id));
        }
        self.by_id.insert(id.to_owned(), session);
    }

    pub(super) fn get(&self, id: &str) -> Option<&Session> {
        self.by_id.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.by_id.get_mut(id)
    }

    /// The session of a token.
    pub(super) fn of(&self, token: &str) -> Option<&Session> {
        self.by_id.values().find(|session| session.token == token)
    }

    /// Notes the verdict.
    pub(super) fn close(&mut self, id: &str, verdict: Value) {
        if let Some(session) = self.by_id.get_mut(id) {
            session.stage = Stage::Over(verdict);
            self.answered = Some(id.to_owned());
        }
    }

    /// The last that was answered, while it is known.
    pub(super) fn answered(&self) -> Option<(&str, &Session)> {
        let id = self.answered.as_deref()?;
        Some((id, self.by_id.get(id)?))
    }
}

/// What nobody guesses.
pub(super) fn random() -> Outcome<String> {
    Ok(base64url::encode(SystemEntropy.array::<24>()?))
}
