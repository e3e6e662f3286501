//! What a reader is handed, and what it says.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod altering;
mod bundle;
mod handed;
mod pasting;
mod reporting;
mod requests;
mod scene;
mod viewing;
mod vouching;
