//! Scenarios of a provider, its clients, browsers and wallets, and each rule broken on its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod authorize;
mod bearer;
mod claims;
mod client;
mod config;
mod discovery;
mod flow;
mod login;
mod logout;
mod push;
mod rsa;
mod scene;
mod secrets;
mod subject;
mod token;
mod wire;
