//! C2SP's own examples, a naive Merkle tree beside ours, the parties on one log, and each rule broken for itself.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod checkpoints;
mod cosignatures;
mod forks;
mod keys;
mod merkle;
mod notes;
mod parties;
mod policies;
mod proofs;
mod sequencing;
mod specification;
mod story;
mod submissions;
mod tiles;
mod witnessing;
