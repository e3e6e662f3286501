//! The issuer by HTTP, and its store on both databases.
#![expect(clippy::unwrap_used, reason = "tests")]

mod abuse;
mod issuing;
mod openapi;
mod publication;
mod redaction;
mod registers;
mod scene;
mod sign_in;
mod store;
