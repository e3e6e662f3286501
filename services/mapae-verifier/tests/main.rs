//! Scenarios: relying parties, wallets and those who are none, against a verifier that answers on a socket.
#![expect(clippy::unwrap_used, reason = "tests")]

mod browser;
mod bundles;
mod configuring;
mod events;
mod holes;
mod judging;
mod metrics;
mod openapi;
mod openid;
mod phone;
mod places;
mod redaction;
mod replicas;
mod same_device;
mod sandbox;
mod scene;
mod sessions;
mod store;
mod sweeping;
mod together;
mod transactions;
mod wallets;
mod webhooks;
