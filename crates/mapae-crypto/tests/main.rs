//! Wycheproof for every primitive, both backends on the same inputs, and the containers of keys.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod aead;
mod algorithms;
mod backends;
mod containers;
mod ed25519;
mod elements;
mod keys;
mod vectors;
