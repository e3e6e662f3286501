//! Scenarios: relying parties, wallets and those who are none, against a verifier that answers on a socket.
#![expect(clippy::unwrap_used, reason = "tests")]

mod browser;
mod bundles;
mod configuring;
mod events;
mod judging;
mod openapi;
mod phone;
mod places;
mod redaction;
mod replicas;
mod same_device;
mod scene;
mod sessions;
mod store;
mod sweeping;
mod transactions;
mod wallets;
mod webhooks;
