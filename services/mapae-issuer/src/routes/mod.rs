//! What wallets ask, over HTTP.

pub(crate) mod answer;
mod credential;
mod metadata;
mod offers;
mod proof;
pub(crate) mod refusal;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, header},
    routing::{get, post},
};
use mapae_oid4vci::{MediaType, MessageFault, OAuthFault};

pub(crate) use metadata::SignedNow;

use crate::{service::Service, store::IssuerStore};

/// The routes of wallets, below the path of the issuer's identifier.
pub(crate) fn routes<S: IssuerStore>(service: &Arc<Service<S>>) -> Router {
    let path = service.issuer.path();
    let below = Router::new()
        .route(&format!("{path}/offers/{{id}}"), get(offers::offer::<S>))
        .route(&format!("{path}/token"), post(token::token::<S>))
        .route(&format!("{path}/nonce"), post(metadata::nonce::<S>))
        .route(&format!("{path}/challenge"), post(metadata::challenge::<S>))
        .route(&format!("{path}/credential"), post(credential::credential::<S>))
        .route(&format!("{path}/deferred"), post(credential::deferred::<S>))
        .route(&format!("{path}/notification"), post(credential::notification::<S>));
    // OpenID4VCI §12.2.2, RFC 8414 §3.1: between host and path.
    below
        .route(&format!("/.well-known/openid-credential-issuer{path}"), get(metadata::issuer::<S>))
        .route(&format!("/.well-known/oauth-authorization-server{path}"), get(metadata::server::<S>))
        .with_state(Arc::clone(service))
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

fn media_type(headers: &HeaderMap) -> Result<MediaType, MessageFault> {
    MediaType::parse(content_type(headers))
}

/// RFC 6749 §4.1.3: parameters come as a form.
pub(crate) fn expect_form(headers: &HeaderMap) -> Result<(), OAuthFault> {
    let essence = content_type(headers).and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    if is_form { Ok(()) } else { Err(MessageFault::MediaType.into()) }
}
