//! The trust ledger, an issuer and a verifier under fire: real processes on the loopback, faults from a seeded stream, and an audit of what is left.
#![expect(clippy::unwrap_used, reason = "tests")]

mod agency;
mod auditor;
mod country;
mod dice;
mod durability;
mod http;
mod issuer;
mod merkle;
mod party;
mod program;
mod rogue;
mod runs;
mod server;
mod spoilt;
mod stage;
mod trace;
mod troubles;
mod verifier;
mod watch;
