//! Scenarios of a holder: documents added, asked for and shown, with the network, the keys and the records outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test by panicking")]

mod adding;
mod asking;
mod authorising;
mod choosing;
mod driver;
mod history;
mod issuer;
mod linkability;
mod paged;
mod person;
mod provider;
mod records;
mod refusals;
mod scene;
mod signing_in;
mod status;
mod views;
