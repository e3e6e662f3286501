//! The program as its users run it: real files, real exit codes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod authority;
mod bundle;
mod help;
mod inspect;
mod issue;
mod offline;
mod readme;
mod sandbox;
mod verify;
