//! How answers look: never cached, always with the nonce that the next request needs.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use mapae_oid4vci::WireError;

use crate::service::Service;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
const CHALLENGE: HeaderName = HeaderName::from_static("oauth-client-attestation-challenge");

/// JSON with a status.
pub(crate) fn json<S>(service: &Service<S>, status: u16, body: Vec<u8>) -> Response {
    typed(service, status, "application/json", body)
}

/// A body of some type.
pub(super) fn typed<S>(service: &Service<S>, status: u16, media_type: &'static str, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, media_type)], body.into()).into_response();
    never_kept(service, &mut response);
    response
}

/// 204.
pub(super) fn empty<S>(service: &Service<S>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    never_kept(service, &mut response);
    response
}

/// A refusal.
pub(super) fn refused<S>(service: &Service<S>, wire: &WireError, retry_after: Option<u32>) -> Response {
    let mut response = json(service, wire.status(), wire.to_json());
    let headers = response.headers_mut();
    if let Some(value) = wire.www_authenticate().and_then(|value| HeaderValue::try_from(value).ok()) {
        headers.insert(header::WWW_AUTHENTICATE, value);
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if wire.wants_challenge() {
        let challenge = service.clock.now().ok().and_then(|now| service.mint(&service.mints.challenge, now).ok());
        insert(&mut response, CHALLENGE, challenge);
    }
    response
}

/// RFC 6749 §5.1, OpenID4VCI §7.2, §8.3: `no-store`. RFC 9449 §8.2: the next nonce comes with every answer.
fn never_kept<S>(service: &Service<S>, response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let nonce = service.clock.now().ok().and_then(|now| service.mint(&service.mints.dpop, now).ok());
    insert(response, DPOP_NONCE, nonce);
}

fn insert(response: &mut Response, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        response.headers_mut().insert(name, value);
    }
}
