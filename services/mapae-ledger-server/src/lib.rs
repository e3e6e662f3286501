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

pub use crash::{Crash, CrashPlanMalformed, Point};
pub use error::{ServeError, StateLost};
pub use key::{KeyFileError, NamedKey};
pub use rules::RuleBroken;
