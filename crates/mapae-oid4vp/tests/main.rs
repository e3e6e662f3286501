//! The crate's tests: one binary.
