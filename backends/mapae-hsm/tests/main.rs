//! Signers in memory and in SoftHSM 2, each scenario of which has a process and a token of its own.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may panic, and say what is missing")]

mod absent;
mod keys;
mod outage;
mod scene;
mod software;
