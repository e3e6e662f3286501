//! Requests that a wallet must refuse, beside the library's honest ones: nobody's verifier makes such, so they are made here,
//! on the verifier's half of `mapae-oid4vp`.
//!
//! An answer to one is taken once, and not looked at: a wallet that refuses sends none. The replayed one is answered
//! once, as it may be, and asked again.

mod asker;
mod kept;
mod kinds;

use std::{
    path::Path as File,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use mapae_http::Problem;
use mapae_oid4vp::{
    RequestUriMethod,
    verifier::{accepted, wallet_nonce},
};
use serde::Deserialize;
use serde_json::{Value, json};

use self::{
    asker::Asker,
    kept::{Kept, Requests, random},
    kinds::Kind,
};
use super::{
    asked::{answer, failed, from_own_page},
    made::Made,
    qr,
};
use crate::{environment::now, failure::Outcome};

/// What calls a wallet on another device.
const SCHEME: &str = "openid4vp://";
/// The nonce of a wallet that is not the one that asks.
const FOREIGN_NONCE: &str = "a-nonce-of-another-wallet";

/// Those who ask, and what they asked.
struct Askers {
    url: String,
    wallet: Option<String>,
    registered: Asker,
    cinema: Asker,
    stranger: Asker,
    requests: Mutex<Requests>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    kind: Kind,
}

type At = State<Arc<Askers>>;

/// What the library's page asks, and what wallets do.
pub(super) fn routes(made: &Made, has_wallet: bool) -> Outcome<Router> {
    let askers = Arc::new(Askers::open(made, has_wallet)?);
    let own = Router::new().route("/refused", post(begin)).layer(from_fn(from_own_page));
    let wallets = Router::new()
        .route("/requests/{id}", get(request).post(request_with_nonce))
        .route("/responses/{id}", post(response))
        .layer(from_fn(for_wallets));
    Ok(own.merge(wallets).with_state(askers))
}

/// Lets a wallet in a page of another origin ask and read (the Fetch standard, "CORS protocol"), and keeps nothing.
async fn for_wallets(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "request_unknown", "There is no such request, or no longer")
}

/// `POST /refused`: a request, and the links to it.
async fn begin(State(askers): At, Json(wish): Json<Wish>) -> Response {
    answer(askers.begin(wish.kind).map_err(|failure| failed(&failure)))
}

/// `GET /requests/{id}`: as it was made.
async fn request(State(askers): At, Path(id): Path<String>) -> Response {
    askers.requests().get(&id).map_or_else(|| unknown().into_response(), |kept| object(kept.request.clone()))
}

/// `POST /requests/{id}`: with the wallet's nonce (OpenID4VP 1.0 §5.10).
async fn request_with_nonce(State(askers): At, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(nonce) = wallet_nonce(&body) else {
        return Problem::new(StatusCode::BAD_REQUEST, "form_malformed", "The body is not a form").into_response();
    };
    match askers.signed(&id, nonce.as_deref()) {
        Some(Ok(signed)) => object(signed),
        Some(Err(failure)) => failed(&failure).into_response(),
        None => unknown().into_response(),
    }
}

/// `POST /responses/{id}`: taken once.
async fn response(State(askers): At, Path(id): Path<String>) -> Response {
    if !askers.requests().take(&id) {
        return unknown().into_response();
    }
    ([(header::CONTENT_TYPE, "application/json")], accepted(None)).into_response()
}

fn object(signed: String) -> Response {
    let kind: (HeaderName, _) = (header::CONTENT_TYPE, HeaderValue::from_static("application/oauth-authz-req+jwt"));
    ([kind], signed).into_response()
}

impl Askers {
    fn open(made: &Made, has_wallet: bool) -> Outcome<Self> {
        let asker = |folder: &str| Asker::open(&File::join(made.dir(), folder));
        Ok(Self {
            url: format!("http://{}/", made.ports.library),
            wallet: has_wallet.then(|| made.wallet_url()),
            registered: asker("library")?,
            cinema: asker("cinema")?,
            stranger: asker("stranger")?,
            requests: Mutex::default(),
        })
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who asks in a request of that kind.
    const fn asker(&self, kind: Kind) -> &Asker {
        match kind {
            Kind::Withdrawn => &self.cinema,
            Kind::Unregistered => &self.stranger,
            _ => &self.registered,
        }
    }

    fn begin(&self, kind: Kind) -> Outcome<Value> {
        if let (Kind::Replayed, Some(links)) = (kind, self.requests().answered()) {
            return Ok(links);
        }
        let (id, now) = (random()?, now(None)?);
        let asker = self.asker(kind);
        let pending = asker.ask(kind, &format!("{}responses/{id}", self.url), now)?;
        let request = asker.sign(&pending, None)?;
        // Without the wallet's nonce, by which a wallet would know that this is no copy.
        let method = if kind == Kind::Replayed { RequestUriMethod::Get } else { RequestUriMethod::Post };
        let links = self.links(|base| pending.link(base, &format!("{}requests/{id}", self.url), method));
        self.requests().keep(&id, Kept::new(kind, pending, request, links.clone(), now), now);
        Ok(links)
    }

    /// For a wallet on another device and for the page on this one.
    fn links(&self, link: impl Fn(&str) -> String) -> Value {
        let elsewhere = link(SCHEME);
        json!({ "qr": qr::rows(&elsewhere), "link": elsewhere, "open": self.wallet.as_deref().map(link) })
    }

    /// The request object for a wallet of that nonce.
    fn signed(&self, id: &str, nonce: Option<&str>) -> Option<Outcome<String>> {
        let requests = self.requests();
        let kept = requests.get(id)?;
        let nonce = if kept.kind == Kind::Captured { Some(FOREIGN_NONCE) } else { nonce };
        Some(self.asker(kept.kind).sign(&kept.pending, nonce))
    }
}
