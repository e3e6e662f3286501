//! Scenarios of wallet and verifier, and each rule of OpenID4VP and HAIP broken on its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod answer;
mod authenticate;
mod call;
mod encryption;
mod fetch;
mod flow;
mod request;
mod scene;
mod total;
mod verifier;
