//! Scenarios: a wallet, its provider, and an issuer that reads what the provider attests.
#![expect(clippy::unwrap_used, reason = "tests")]

mod attesting;
mod blocking;
mod proving;
mod scene;
mod serving;
mod starting;
