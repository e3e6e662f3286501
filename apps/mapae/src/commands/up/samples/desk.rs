//! Visits: which browser began which session, and what came of it.
//!
//! The cookie is what binds a result to a browser: whoever lends somebody else a link to answer does not see the answer
//! (OpenID4VP 1.0 §14.2). Everything is in memory and forgotten within a quarter of an hour.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use mapae_http::Problem;
use mapae_jose::base64url;
use mapae_types::{Duration, Entropy as _, Timestamp};
use serde_json::{Value, json};

use super::Client;
use crate::{
    commands::up::asked::failed,
    environment::{SystemEntropy, now},
    failure::Outcome,
};

/// How long a visit is known.
const KEPT: Duration = Duration::seconds(15 * 60);
/// Visits at a time; the oldest makes room.
const MOST: usize = 256;

/// Where visitors are served. `W`: what a visitor wished for.
pub(in super::super) struct Desk<W> {
    client: Client,
    /// Cookies are of a host, whatever its port: each sample has a name of its own.
    cookie: &'static str,
    visits: Mutex<BTreeMap<String, Visit<W>>>,
}

struct Visit<W> {
    session: String,
    wish: W,
    /// What the page is told, once there is a result.
    told: Option<Value>,
    until: Timestamp,
}

/// What the page needs to call a wallet, and what its browser is to keep.
pub(in super::super) struct Begun {
    pub(in super::super) told: Value,
    pub(in super::super) cookie: HeaderValue,
}

impl<W: Clone> Desk<W> {
    /// Nobody is there yet.
    pub(in super::super) fn new(client: Client, cookie: &'static str) -> Self {
        Self { client, cookie, visits: Mutex::default() }
    }

    /// Begins a session of the verifier for whoever asks.
    pub(in super::super) async fn begin(&self, asked: &Value, wish: W) -> Result<Begun, Problem> {
        let begun = self.client.begin(asked).await?;
        let (token, now) = drawn().map_err(|failure| failed(&failure))?;
        let session = begun["id"].as_str().unwrap_or_default().to_owned();
        self.keep(&token, Visit { session, wish, told: None, until: now + KEPT }, now);
        let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax", self.cookie);
        let cookie = HeaderValue::from_str(&cookie).map_err(|error| failed(&anyhow::Error::from(error).into()))?;
        Ok(Begun { told: links(&begun), cookie })
    }

    /// What came of the visit of that browser. `finish` makes of the verifier's result what the page is told, once.
    pub(in super::super) async fn look(
        &self,
        headers: &HeaderMap,
        code: Option<&str>,
        finish: impl Fn(&W, Value) -> Value,
    ) -> Result<Value, Problem> {
        let Some((token, session)) = self.visit(headers) else { return Err(unknown()) };
        if let Some(told) = self.visits().get(token).and_then(|visit| visit.told.clone()) {
            return Ok(json!({ "state": "over", "result": told }));
        }
        let mut looked = self.client.look(&session, code).await?;
        let result = looked["result"].take();
        if result.is_null() {
            return Ok(json!({ "state": looked["state"], "result_needs": looked["result_needs"] }));
        }
        let mut visits = self.visits();
        let visit = visits.get_mut(token).ok_or_else(unknown)?;
        // Two polls may arrive at once.
        let told = visit.told.get_or_insert_with(|| finish(&visit.wish, result));
        Ok(json!({ "state": "over", "result": told }))
    }

    /// The browser that began, and the session that it began.
    fn visit<'h>(&self, headers: &'h HeaderMap) -> Option<(&'h str, String)> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='));
        let (_, token) = pairs.find(|(name, _)| *name == self.cookie)?;
        Some((token, self.visits().get(token)?.session.clone()))
    }

    fn keep(&self, token: &str, visit: Visit<W>, now: Timestamp) {
        let mut visits = self.visits();
        visits.retain(|_, one| one.until > now);
        while visits.len() >= MOST {
            let oldest = visits.iter().min_by_key(|(_, one)| one.until).map(|(token, _)| token.clone());
            oldest.and_then(|token| visits.remove(&token));
        }
        visits.insert(token.to_owned(), visit);
    }

    fn visits(&self) -> MutexGuard<'_, BTreeMap<String, Visit<W>>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What nobody guesses, and the time.
fn drawn() -> Outcome<(String, Timestamp)> {
    Ok((base64url::encode(SystemEntropy.array::<24>()?), now(None)?))
}

/// What the page shows of a session. Its id is nobody's business but the program's.
fn links(begun: &Value) -> Value {
    let shown = ["link", "wallet_page_link", "qr", "number", "expires_at"];
    shown
        .iter()
        .filter(|name| !begun[**name].is_null())
        .map(|name| ((*name).to_owned(), begun[*name].clone()))
        .collect()
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "session_unknown", "There is no such session, or no longer")
}
