//! Scenarios.
#![expect(clippy::unwrap_used, reason = "tests")]

mod publishing;
mod scene;
mod store;
