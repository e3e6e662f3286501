//! The `OpenAPI` 3.1 document of all routes, made from one table ([`PUBLIC`], [`OFFICE`]).
//!
//! A test compares the table with the routers both ways, and what a running service answers with what it says here. The
//! messages have parsers of their own, stricter than any schema, so that nothing can be derived from them: schemas say
//! the shape, the texts of OpenID4VCI the rest.
//!
//! Left out: what stands in copies (the catalogue's), and the metadata's every member (OpenID4VCI §12.2.4).

mod document;
mod office;
mod operation;
mod public;
mod schemas;

use axum::{Router, http::header, response::IntoResponse as _, routing::get};
use serde_json::Value;

pub use document::{Audience, document};
pub use office::OFFICE;
pub use operation::{Answer, Body, Operation, Parameter, Place, Security};
pub use public::PUBLIC;

/// `GET {path}/openapi.json`.
pub fn routes<S: Clone + Send + Sync + 'static>(path: &str, document: &Value) -> Router<S> {
    let text: axum::body::Bytes = document.to_string().into();
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response() };
    Router::new().route(&format!("{path}/openapi.json"), get(answer))
}
