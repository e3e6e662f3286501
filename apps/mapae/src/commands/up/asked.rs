//! What the scripts of our own pages ask, in JSON.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use mapae_http::{Fault, Notices, Problem};
use serde_json::Value;

use crate::failure::Failure;

/// A page of another origin cannot say that its body is JSON without asking first, and nobody gives it leave.
pub(super) async fn from_own_page(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if request.method() == Method::POST && kind != Some(&HeaderValue::from_static("application/json")) {
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "The body is JSON").into_response();
    }
    next.run(request).await
}

/// An answer that no browser keeps.
pub(super) fn answer(outcome: Result<Value, Problem>) -> Response {
    let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    match outcome {
        Ok(value) => (fresh, axum::Json(value)).into_response(),
        Err(problem) => (fresh, problem).into_response(),
    }
}

/// What failed, told to whoever runs this and not to the page.
pub(super) fn failed(failure: &Failure) -> Problem {
    Fault::internal(format!("{:#}", failure.error())).tell(&Notices::stderr("up"))
}
