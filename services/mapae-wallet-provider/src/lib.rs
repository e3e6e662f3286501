//! The wallet provider: attests wallets (Attestation-Based Client Authentication, draft 07; HAIP 1.0 §4.4.1) and their
//! keys (OpenID4VCI 1.0 §D), at the level that there is evidence for and at no other.
//!
//! A wallet asks in two steps: `POST /nonce`, then `POST /client-attestations` or `POST /key-attestations`. Every request
//! is signed by the instance's own key over that nonce, and so is every key that is to be attested ([`proof`]). The
//! instance's key is never attested itself: issuers see keys that were made for them alone (HAIP 1.0 §4.4.1).
//!
//! An instance is known by the hash of its key, from its first request on. One that is blocked gets no attestation any
//! more; those that it has end by themselves, within hours.
//!
//! Left out:
//! - platform evidence (Android key attestation, App Attest): a request that brings some is refused rather than believed,
//!   and all that is attested is [`software`](Level::software);
//! - `status` in attestations (OpenID4VCI §E): an index of one's own in a list would link what a wallet does at one issuer
//!   with what it does at another; short lives take its place.

mod attester;
mod config;
mod error;
mod instances;
mod level;
pub mod proof;
mod routes;
mod service;

pub use attester::Attester;
pub use config::WalletProviderConfig;
pub use error::ServeError;
pub use instances::{Blocking, INSTANCES, Instance, InstanceId, InstanceIdError, Instances};
pub use level::{Level, SOFTWARE_PATH};
pub use service::{WalletProviderDeps, serve};
