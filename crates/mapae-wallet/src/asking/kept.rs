//! An answer that is to be sent, or that may not have arrived: the same bytes every time.

use mapae_jose::{Value, base64url, json};
use mapae_oid4vci::Fields;
use mapae_types::{
    Timestamp,
    http::{HttpRequest, Method},
};
use serde::Serialize;

use super::occasion::is_over;
use crate::{Change, Stamp, store::PREPARED};

/// An answer as the wallet keeps it.
#[derive(Clone, Serialize)]
pub(crate) struct KeptAnswer {
    url: String,
    body: String,
    expires_at: Option<Stamp>,
}

impl KeptAnswer {
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let expires_at = fields.maybe("expires_at", Stamp::read);
        let read = Self { url: fields.text("url"), body: fields.text("body"), expires_at };
        fields.nothing_else(read)
    }

    /// Every answer is a form that is posted (OpenID4VP 1.0 §8.2).
    pub(crate) fn new(request: &HttpRequest, expires_at: Option<Timestamp>) -> Self {
        let body = base64url::encode(&request.body);
        Self { url: request.url.clone(), body, expires_at: expires_at.map(Stamp) }
    }

    /// The request to send.
    pub(crate) fn request(&self) -> HttpRequest {
        HttpRequest {
            method: Method::Post,
            url: self.url.clone(),
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: base64url::decode(&self.body).unwrap_or_default(),
        }
    }

    /// Whether it is too late to send it.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        is_over(self.expires_at.map(|end| end.0), now)
    }

    /// The change that writes it.
    pub(crate) fn put(&self, id: &str) -> Change {
        Change::Put(format!("{PREPARED}{id}"), json::to_vec(self))
    }

    /// The change that removes it.
    pub(crate) fn remove(id: &str) -> Change {
        Change::Remove(format!("{PREPARED}{id}"))
    }
}
