//! What is asked over HTTP.
//!
//! ```text
//! POST   /sessions                  API key   → 201, the session: link, QR code, addresses
//! GET    /sessions/{id}             API key   → where it stands, and its result once there is one
//! GET    /sessions/{id}/events      API key   → the same as server-sent events, until there is a result
//! POST   /sessions/{id}/response    API key   → takes what a page's browser got by the Digital Credentials API
//! DELETE /sessions/{id}             API key   → 204
//! GET    /requests/{handle}         wallet    → the request object, once
//! POST   /requests/{handle}         wallet    → the same, for the wallet's nonce
//! POST   /responses/{handle}        wallet    → takes the answer, once
//! ```

mod events;
mod sessions;
mod wallets;

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, Request},
    http::{HeaderValue, header, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use mapae_http::{Fault, Problem, Stop};

pub(crate) use wallets::response as take_answer;

use crate::{fault::Refusal, keys, service::Service, store::SessionStore};

/// What every route works with.
pub(crate) struct At<S> {
    pub(crate) service: Arc<Service<S>>,
    pub(crate) stop: Stop,
}

impl<S> Clone for At<S> {
    fn clone(&self) -> Self {
        Self { service: Arc::clone(&self.service), stop: self.stop.clone() }
    }
}

pub(crate) fn routes<S: SessionStore>(service: &Arc<Service<S>>, stop: Stop) -> Router {
    Router::new()
        .route("/sessions", post(sessions::begin::<S>))
        .route("/sessions/{id}", get(sessions::state::<S>).delete(sessions::delete::<S>))
        .route("/sessions/{id}/events", get(events::events::<S>))
        .route("/sessions/{id}/response", post(sessions::response::<S>))
        .route("/requests/{handle}", get(wallets::request::<S>).post(wallets::request_with_nonce::<S>))
        .route("/responses/{handle}", post(wallets::response::<S>))
        .layer(from_fn(never_kept))
        .with_state(At { service: Arc::clone(service), stop })
}

async fn never_kept(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The name of the API key by which somebody asks.
struct Owner(String);

/// Nobody who may ask.
struct NotAuthorised;

impl<S: SessionStore> FromRequestParts<At<S>> for Owner {
    type Rejection = NotAuthorised;

    async fn from_request_parts(parts: &mut Parts, at: &At<S>) -> Result<Self, NotAuthorised> {
        let owner = keys::owner(&at.service.config.api_keys, &parts.headers);
        owner.map(|owner| Self(owner.to_owned())).ok_or(NotAuthorised)
    }
}

impl IntoResponse for NotAuthorised {
    fn into_response(self) -> Response {
        ([(header::WWW_AUTHENTICATE, "Bearer")], keys::not_authorised()).into_response()
    }
}

impl<S: SessionStore> At<S> {
    fn refused(&self, refusal: Refusal) -> Response {
        self.problem(refusal).into_response()
    }

    fn problem(&self, refusal: Refusal) -> Problem {
        Fault::from(refusal).tell(&self.service.notices)
    }
}
