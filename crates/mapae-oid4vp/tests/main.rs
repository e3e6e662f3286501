//! Scenarios of wallet and verifier, and each rule of OpenID4VP and HAIP broken on its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod answer;
mod authenticate;
mod browser;
mod call;
mod encryption;
mod fetch;
mod flow;
mod keeping;
mod naming;
mod paged;
mod request;
mod response_code;
mod scene;
mod total;
mod transactions;
mod verifier;
