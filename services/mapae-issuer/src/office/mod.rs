//! What clerks ask, on a listener of their own: applications, offers, what becomes of a document.
//!
//! The transaction code of an offer never stands in an answer here, beside the QR: it goes to the citizen by the outbox.

mod authorised;
mod documents;
mod offering;
mod offers;
mod waiting;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, post},
};

pub use authorised::OfficeToken;
pub(crate) use waiting::watch;

use crate::{service::Service, store::IssuerStore};

/// Digits of a transaction code. With five tries, one guess in 200,000 is right.
pub(crate) const TX_CODE_DIGITS: u8 = 6;

/// Bytes of a request for many offers.
const BULK: usize = 1 << 20;

/// The routes of the office, for who has its token.
pub(crate) fn routes<S: IssuerStore>(service: &Arc<Service<S>>, token: OfficeToken) -> Router {
    Router::new()
        .route("/office/applications", post(offers::apply::<S>))
        .route("/office/offers", post(offers::offer::<S>))
        .route("/office/offers/bulk", post(offers::bulk::<S>).layer(DefaultBodyLimit::max(BULK)))
        .route("/office/offers/next", post(waiting::next::<S>))
        .route("/office/documents", get(documents::of_person::<S>))
        .route("/office/documents/{id}", get(documents::one::<S>))
        .route("/office/documents/{id}/{act}", post(documents::act::<S>))
        .with_state(Arc::clone(service))
        .layer(from_fn_with_state(Arc::new(token), authorised::check))
}
