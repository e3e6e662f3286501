//! Scenarios.
#![expect(clippy::unwrap_used, reason = "tests")]

mod asking;
mod problems;
mod serving;
