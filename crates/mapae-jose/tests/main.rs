//! Scenarios for strict JSON, base64url, JWS, JWE and JWK.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod base64url;
mod json;
mod jwe;
mod jwk;
mod jws;
