//! Copies are equal in nothing but the facts, and the same entropy makes the same copy.
#![expect(clippy::unwrap_used, reason = "tests")]

mod copies;
