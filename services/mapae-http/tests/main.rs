//! Scenarios.
#![expect(clippy::unwrap_used, reason = "tests")]

mod asking;
mod counting;
mod limiting;
mod logging;
mod probing;
mod problems;
mod serving;
mod settling;
mod shelled;
