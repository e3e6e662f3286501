//! Webhooks of the verifier, as Standard Webhooks 1.0.0 signs them.
//!
//! Left out: keeping what was heard.

use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use axum::http::HeaderMap;
use mapae_crypto::{constant_time_eq, hmac_sha256};
use mapae_jose::base64url;
use mapae_types::Duration;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{environment::now, failure::Outcome};

/// How old a message may be, and how much our clock may differ.
const TOLERANCE: Duration = Duration::seconds(5 * 60);
/// Messages that are remembered.
const MOST: usize = 64;

/// What the verifier told.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Heard {
    /// The same at every attempt.
    id: String,
    kind: String,
    at: String,
}

/// What tells the verifier's messages from others', and what was heard.
pub(super) struct Hooks {
    secret: Zeroizing<Vec<u8>>,
    heard: Mutex<Vec<Heard>>,
}

impl Hooks {
    /// With the secret of both sides, `whsec_…`.
    pub(super) fn new(secret: &str) -> Outcome<Self> {
        let bytes = secret.strip_prefix("whsec_").context("no secret of a webhook")?;
        let secret = base64url::decode_standard(bytes).context("no secret of a webhook")?;
        Ok(Self { secret: Zeroizing::new(secret), heard: Mutex::default() })
    }

    /// Takes a message that the verifier signed lately; once, however often it comes.
    pub(super) fn take(&self, headers: &HeaderMap, body: &[u8]) -> Option<()> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let (id, time) = (text("webhook-id")?, text("webhook-timestamp")?);
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
        let expected = format!("v1,{}", base64url::encode_standard(hmac_sha256(&self.secret, &parts)));
        let is_it = |one: &str| constant_time_eq(one.as_bytes(), expected.as_bytes());
        text("webhook-signature")?.split(' ').any(is_it).then_some(())?;
        let age = now(None).ok()?.unix() - time.parse::<i64>().ok()?;
        (age.abs() <= TOLERANCE.as_seconds()).then_some(())?;
        self.note(id, &serde_json::from_slice(body).ok()?);
        Some(())
    }

    fn note(&self, id: &str, message: &Value) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.iter().any(|one| one.id == id) {
            return;
        }
        if heard.len() == MOST {
            heard.remove(0);
        }
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        heard.push(Heard { id: id.to_owned(), kind: text("type"), at: text("timestamp") });
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
