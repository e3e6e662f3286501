//! Who may act as the office: whoever has its token. Clerks sign in at the console, which holds it.

use core::fmt;
use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use mapae_crypto::{constant_time_eq, sha256};
use mapae_http::Problem;

/// The office's bearer token. Kept as its hash.
pub struct OfficeToken([u8; 32]);

impl OfficeToken {
    /// From the token's text.
    pub fn new(text: &str) -> Self {
        Self(sha256(text.trim().as_bytes()))
    }

    fn is(&self, text: &str) -> bool {
        constant_time_eq(&self.0, &sha256(text.as_bytes()))
    }
}

impl fmt::Debug for OfficeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfficeToken")
    }
}

/// Lets pass who has the token (RFC 6750 §2.1).
pub(super) async fn check(State(token): State<Arc<OfficeToken>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match given.and_then(|text| text.strip_prefix("Bearer ")) {
        Some(text) if token.is(text) => next.run(request).await,
        _ => {
            let problem =
                Problem::new(StatusCode::UNAUTHORIZED, "not_authorised", "The office's token is missing or wrong");
            ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response()
        }
    }
}
