//! What a relying party runs: sessions with wallets, and their results, by REST, server-sent events and webhook.
//!
//! ```text
//! relying party ─ POST /sessions ─► waiting ─ a wallet fetches ─► fetched ─ answers ─► answered ─ judged ─► done
//! ```
//!
//! It runs at the relying party itself, so that no centre sees who shows what to whom, and calls nobody on a check: verdicts
//! rest on the trust bundle that it has ([`BundleConfig`]). A request outside the registration is refused before a wallet
//! sees it. An answer is taken by compare-and-swap before anybody looks at it, durably, on whichever replica it comes;
//! what comes out of it are verified claims or the rule that stopped them. What tells of people is stored sealed and until
//! it is delivered.
//!
//! Left out: the OpenID provider (`mapae-oidc`), a sandbox that alters presentations on demand, keys of requests in a
//! hardware module.

mod asking;
mod bundle;
mod config;
mod crash;
mod fault;
mod ids;
mod judging;
mod keys;
pub mod openapi;
mod relying_party;
mod routes;
mod serve;
mod service;
pub mod store;
mod tasks;
mod vault;
mod webhook;

pub use asking::UnknownUse;
pub use bundle::Pinned;
pub use config::{ApiKey, BundleConfig, Lifetimes, OwnUse, VerifierConfig, WalletLinks, WebhookConfig};
pub use crash::{Crash, Point};
pub use ids::{Handle, Lookup, SessionId, SessionIdError};
pub use relying_party::{ForeignKey, RelyingParty};
pub use serve::{ServeError, VerifierDeps, serve};
pub use vault::ServerSecret;
pub use webhook::{WebhookSecret, WebhookSecretError};
