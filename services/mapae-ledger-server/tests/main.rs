//! Scenarios.
#![expect(clippy::unwrap_used, reason = "tests")]

mod auditing;
mod bundles;
mod monitoring;
mod publishing;
mod rogue;
mod rotating;
mod scene;
mod store;
mod witnessing;
