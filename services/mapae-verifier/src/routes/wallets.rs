//! The wallet's half: the request, and the answer to it (OpenID4VP 1.0 §5.10, §8.2).

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use mapae_http::Whole;
use mapae_oid4vp::verifier::{accepted, rejected, wallet_nonce};

use super::At;
use crate::{fault::Refusal, ids::handle_lookup, store::SessionStore};

/// `GET /requests/{handle}`: once, since nobody is known again by nothing.
pub(super) async fn request<S: SessionStore>(State(at): State<At<S>>, Path(handle): Path<String>) -> Response {
    object(&at, at.service.request(&handle, None).await)
}

/// `POST /requests/{handle}`: for the wallet's nonce.
pub(super) async fn request_with_nonce<S: SessionStore>(
    State(at): State<At<S>>,
    Path(handle): Path<String>,
    Whole(body): Whole,
) -> Response {
    match wallet_nonce(&body) {
        Ok(nonce) => object(&at, at.service.request(&handle, nonce.as_deref()).await),
        Err(fault) => at.refused(Refusal::Answer(fault)),
    }
}

fn object<S: SessionStore>(at: &At<S>, signed: Result<String, Refusal>) -> Response {
    match signed {
        Ok(signed) => ([(header::CONTENT_TYPE, "application/oauth-authz-req+jwt")], signed).into_response(),
        Err(refusal) => at.refused(refusal),
    }
}

/// `POST /responses/{handle}`: the answer, of which one counts.
pub(crate) async fn response<S: SessionStore>(
    State(at): State<At<S>>,
    Path(handle): Path<String>,
    Whole(body): Whole,
) -> Response {
    // It goes on if the wallet leaves, so that what is judged is noted.
    let taken = tokio::spawn(Arc::clone(&at.service).answer(handle_lookup(&handle), body.to_vec())).await;
    match taken.unwrap_or_else(|error| Err(Refusal::Machine(error.to_string()))) {
        Ok(redirect) => json(StatusCode::OK, accepted(redirect.as_deref())),
        Err(Refusal::Answer(fault)) => json(StatusCode::BAD_REQUEST, rejected(&fault)),
        Err(refusal) => at.refused(refusal),
    }
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
