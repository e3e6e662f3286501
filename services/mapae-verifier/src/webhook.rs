//! Results pushed to the relying party: Standard Webhooks 1.0.0, signed with a shared secret, tried until they are taken or
//! their time is over.
//!
//! A message is written in the transaction that notes its result, so that no result goes untold. Replicas take messages on
//! for a while each. One that dies between the receiver's yes and noting it has the message sent again: its
//! `webhook-id` is the same at every attempt, by which the receiver knows it.

use core::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use mapae_crypto::hmac_sha256;
use mapae_http::{Client, Request, Stop};
use mapae_jose::base64url;
use mapae_types::{Duration, Timestamp};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::{
    Point,
    fault::Refusal,
    service::{Service, message_name},
    store::{Message, SessionStore},
    vault::Kind,
};

/// How long a replica may take to send a message: longer than the client waits for an answer.
const LEASE: Duration = Duration::seconds(60);
/// How often it is seen whether messages of other replicas, or of attempts before, are due.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(1);
/// The longest wait between two attempts.
const LONGEST: i64 = 15 * 60;
/// Bytes of the receiver's answer that are read.
const ANSWER: usize = 4 << 10;

/// The secret that signs webhooks.
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// The text is no secret of a webhook: `whsec_` and base64 of 24 to 64 bytes. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret is whsec_ and the base64 of 24 to 64 bytes")]
pub struct WebhookSecretError;

/// Where results are pushed to.
pub(crate) struct Webhook {
    url: String,
    secret: WebhookSecret,
    client: Client,
}

impl WebhookSecret {
    /// Reads the text that both sides have.
    pub fn parse(text: &str) -> Result<Self, WebhookSecretError> {
        let bytes = text.trim().strip_prefix("whsec_").and_then(|text| base64url::decode_standard(text).ok());
        let bytes = bytes.filter(|bytes| (24..=64).contains(&bytes.len()));
        bytes.map(|bytes| Self(Zeroizing::new(bytes))).ok_or(WebhookSecretError)
    }

    /// `webhook-signature` of a message.
    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        format!("v1,{}", base64url::encode_standard(hmac_sha256(&self.0, &parts)))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([redacted])")
    }
}

impl Webhook {
    /// To that address, signed with that secret.
    pub(crate) const fn new(url: String, secret: WebhookSecret, client: Client) -> Self {
        Self { url, secret, client }
    }

    /// Whether the receiver took it: any status of success.
    async fn post(&self, id: &str, body: &[u8], now: Timestamp) -> Result<(), String> {
        let request = Request {
            method: Method::POST,
            url: self.url.clone(),
            headers: self.headers(id, body, now),
            body: body.to_vec(),
        };
        match self.client.send(request, ANSWER).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("the receiver answers {}", answer.status)),
            Err(error) => Err(error.to_string()),
        }
    }

    fn headers(&self, id: &str, body: &[u8], now: Timestamp) -> HeaderMap {
        let timestamp = now.unix().to_string();
        let signature = self.secret.sign(id, &timestamp, body);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let own = [("webhook-id", id), ("webhook-timestamp", &timestamp), ("webhook-signature", &signature)];
        for (name, value) in own {
            // All three are ASCII.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

/// Sends until the stop.
pub(crate) async fn push<S: SessionStore>(service: Arc<Service<S>>, webhook: Arc<Webhook>, mut stop: Stop) {
    loop {
        match push_due(&service, &webhook).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(failure) => service.notices.say(format_args!("webhooks: {failure}")),
        }
        tokio::select! {
            () = stop.requested() => return,
            () = service.told.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Sends what is due, side by side; how many that were.
async fn push_due<S: SessionStore>(service: &Arc<Service<S>>, webhook: &Arc<Webhook>) -> Result<usize, Refusal> {
    let now = service.now()?;
    let mut sending = JoinSet::new();
    for message in service.store.due(now, now + LEASE).await? {
        let (service, webhook) = (Arc::clone(service), Arc::clone(webhook));
        sending.spawn(async move { push_one(&service, &webhook, message).await });
    }
    let mut sent = 0;
    while let Some(outcome) = sending.join_next().await {
        sent += 1;
        // One that cannot be sent does not keep the others waiting.
        if let Err(failure) = outcome.unwrap_or_else(|error| Err(Refusal::Machine(error.to_string()))) {
            service.notices.say(format_args!("a webhook: {failure}"));
        }
    }
    Ok(sent)
}

async fn push_one<S: SessionStore>(service: &Service<S>, webhook: &Webhook, message: Message) -> Result<(), Refusal> {
    let body = service.vault.open(Kind::Message, &message.id, &message.body)?;
    let posted = webhook.post(&message_name(&message.id), &body, service.now()?).await;
    if let Err(reason) = posted {
        service.notices.say(format_args!("webhook, attempt {}: {reason}", message.attempts));
        let wait = Duration::seconds(wait(message.attempts));
        return Ok(service.store.postpone(message.id, service.now()? + wait).await?);
    }
    service.crash.reach(Point::AfterWebhook);
    // In this order: who dies between the two has the message sent again, and does not leave the result as undelivered.
    service.pushed(message.session).await?;
    Ok(service.store.sent(message.id).await?)
}

/// Seconds until the next attempt: two, four, eight, up to a quarter of an hour.
fn wait(attempts: u32) -> i64 {
    1_i64.checked_shl(attempts.min(16)).unwrap_or(LONGEST).min(LONGEST)
}
