//! Pages of others that call us: a wallet in a browser may ask from any origin, since nothing here goes by cookies.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

/// What a page may send: a body's type, what it accepts, tokens and their proofs (RFC 9449, OAuth client attestation).
const SENDS: HeaderValue = HeaderValue::from_static(
    "accept, authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop",
);

/// What a page may read of an answer.
const READS: HeaderValue = HeaderValue::from_static(
    "dpop-nonce, location, oauth-client-attestation-challenge, retry-after, www-authenticate, x-request-id",
);

/// Seconds that a browser may keep the permission.
const KEPT: HeaderValue = HeaderValue::from_static("86400");

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");

const ANYBODY: HeaderValue = HeaderValue::from_static("*");

/// Which routes a page of another origin may call (the Fetch standard, "CORS protocol"). Never with credentials.
#[derive(Debug, Clone, Copy)]
pub struct Cors {
    except: &'static [&'static str],
}

impl Cors {
    /// All routes, with the headers of OpenID4VCI.
    pub const fn wallets() -> Self {
        Self { except: &[] }
    }

    /// But not those that end so: an authorization endpoint is visited, not called (RFC 9700 §2.6).
    pub const fn except(self, routes: &'static [&'static str]) -> Self {
        Self { except: routes }
    }

    /// The answer to a browser that asks for leave before it calls.
    pub(crate) fn leave(self, route: &str, request: &Request) -> Option<Response> {
        let asks = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
            && self.opens(route);
        asks.then(|| {
            let leave = [
                (header::ACCESS_CONTROL_ALLOW_HEADERS, SENDS),
                (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
                (header::ACCESS_CONTROL_MAX_AGE, KEPT),
            ];
            (StatusCode::NO_CONTENT, leave).into_response()
        })
    }

    /// Lets a page read the answer.
    pub(crate) fn open(self, route: &str, headers: &mut HeaderMap) {
        if self.opens(route) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READS);
        }
    }

    fn opens(self, route: &str) -> bool {
        !self.except.iter().any(|except| route.ends_with(except))
    }
}
