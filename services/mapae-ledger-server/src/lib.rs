//! The trust ledger as a service (design D13): the only place where the ledger has sockets, files and a clock.
//!
//! - [`log`]: takes entries, judges them by the rules, orders them, and publishes what a quorum of witnesses has seen.
//! - [`witness`]: checks that the log only grew, writes that down, and then cosigns; an auditing one judges every entry.
//! - [`monitor`]: reads along at several places and reports a fork with evidence that anybody can check.
//! - [`client`]: submits entries, and fetches what can be verified.
//! - [`store`]: what log and witness must not lose, in SQLite or PostgreSQL.
//!
//! `log::serve` and `witness::serve` return when they answer at their address, so that several run in one process.
//!
//! Left out: what entries say and which rules they keep (`mapae-trust`), the state machines (`mapae-ledger`).
//!
//! A witness, from nothing:
//!
//! ```
//! use mapae_http::{Clock, Notices};
//! use mapae_ledger_server::{Crash, store::{SqliteWitnessStore, WITNESS}, witness::{self, WitnessConfig, WitnessDeps}};
//! use mapae_sql::{Address, Database};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (scratch, mut entropy) = (tempfile::tempdir()?, testkit::Seeded::new(1));
//! # let key = mapae_crypto::Ed25519SigningKey::from_seed(&[1; 32])?.public().clone();
//! # let kind = mapae_ledger::SignatureType::Ed25519;
//! # let log_key = mapae_ledger::VerifierKey::new("ledger.example".parse()?, kind, key).to_string();
//! # let dir = scratch.path().join("witness");
//! # std::fs::create_dir(&dir)?;
//! let Database::Sqlite(file) = Database::create(&Address::sqlite(dir.join("witness.db")), &WITNESS).await? else {
//!     return Ok(());
//! };
//! let store = SqliteWitnessStore::new(file);
//! let key = witness::init(&dir, "agency.example".parse()?, &store, &mut entropy).await?;
//! println!("for the log's policy: {}", key.verifier());
//!
//! let config = WitnessConfig { listen: "127.0.0.1:0".parse()?, dir, logs: vec![log_key.parse()?], audit: None };
//! let deps = WitnessDeps { store, clock: Clock::system(), notices: Notices::stderr("witness"), crash: Crash::never() };
//! let running = witness::serve(config, deps).await?;
//! println!("logs may post to {}/add-checkpoint", running.url());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod client;
mod crash;
mod disk;
mod error;
mod key;
pub mod log;
pub mod monitor;
mod rules;
pub mod store;
pub mod witness;

pub use crash::{Crash, Point};
pub use error::{ServeError, StateLost};
pub use key::{KeyFileError, NamedKey};
pub use rules::RuleBroken;
