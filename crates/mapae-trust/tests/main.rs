//! The bundle, what it says, and how its questions are answered.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod classes;
mod delta;
mod forging;
mod freshness;
mod ledger;
mod logged;
mod memory;
mod naming;
mod orders;
mod reading;
mod registration;
mod signers;
mod status;
mod vical;
