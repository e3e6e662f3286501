//! What a relying party runs: sessions with wallets, and their results, by REST, server-sent events and webhook.
//!
//! ```text
//! relying party ─ POST /sessions ─► waiting ─ a wallet fetches ─► fetched ─ an answer, judged ─► done
//! ```
//!
//! It runs at the relying party itself, so that no centre sees who shows what to whom, and calls nobody on a check: verdicts
//! rest on the trust bundle that it has ([`BundleConfig`]). A request outside the registration is refused before a wallet
//! sees it. Of the answers to one, on whichever replica they come, one counts, by compare-and-swap and durably; what comes
//! out of it are verified claims or the rule that stopped them. What tells of people is stored sealed and until it is
//! delivered.
//!
//! People sign in at the organisation's own applications by the same sessions: `mapae-oidc` on `/openid`.
//!
//! A developer's verifier has a [`Sandbox`] beside it. Left out: keys of requests in a hardware module.

mod asking;
mod bundle;
mod config;
mod crash;
mod fault;
mod ids;
mod judging;
mod keys;
mod measures;
pub mod openapi;
mod openid;
mod relying_party;
mod routes;
mod sandbox;
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
pub use openid::{Authentication, ClientConfig, KeyBroken, LevelConfig, OpenIdConfig, OpenIdFault, ScopeConfig};
pub use relying_party::{ForeignKey, RelyingParty};
pub use sandbox::{NotASandbox, Sandbox};
pub use serve::{ServeError, VerifierDeps, serve, serve_sandbox};
pub use vault::ServerSecret;
pub use webhook::{WebhookSecret, WebhookSecretError};
