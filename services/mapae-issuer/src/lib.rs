//! The issuer as a service: registers, a document's life, OpenID4VCI, status lists.
//!
//! [`serve`] answers at two addresses: wallets ask at one (OpenID4VCI 1.0, HAIP 1.0), the office and the monitoring at the
//! other. What must not be lost is the [`store`]'s; in which order things happen is [`serve`]'s (design D10): a batch of
//! copies is on record before it is signed, and signed before it is handed out, and who repeats a request gets the same.
//!
//! Left out: TLS (a proxy's task), who clerks are (the office console's), how a bundle is made (`mapae bundle`).

mod config;
pub mod crash;
mod desk;
pub mod ids;
mod issuing;
mod measures;
mod office;
pub mod openapi;
mod outbox;
mod providers;
pub mod publication;
pub mod register;
mod replays;
mod routes;
pub mod seal;
mod secret;
mod serve;
mod service;
pub mod sign_in;
pub mod store;

pub use config::{IssuerConfig, Lifetimes, Surge, WalletAttestation};
pub use desk::{Configuration, Denied, Desk, DocumentSigner, Signers};
pub use office::OfficeToken;
pub use outbox::Outbox;
pub use providers::ProviderLedger;
pub use secret::ServerSecret;
pub use serve::{IssuerDeps, ServeError, Serving, serve};
pub use service::Providers;
