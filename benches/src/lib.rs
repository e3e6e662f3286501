//! Our time over the cryptographic limit's, in the same run.
//!
//! The limit of an operation is what nobody can avoid: its signatures by aws-lc-rs alone, public keys parsed, and
//! SHA-256 over the same bytes. What we take beyond it is reading, writing, checking and copying. As both are
//! measured in alternating batches, the ratio holds on a machine that is busy or slow; microseconds do not.
//!
//! - [`harness`]: batches in turn, and what is made of their times.
//! - [`limit`]: the limit's own pieces, which share no code with ours.
//! - [`scene`]: an authority, one licence holder and a trust bundle, from a seed.
//! - [`operations`]: what is measured; one file for each kind.
//! - [`counting`], [`report`]: allocations, counted by a second program, and the output.
//!
//! Left out: other people's libraries (`tests/interop` compares what they check, and they share no process), threads,
//! files and sockets.

pub mod counting;
pub mod harness;
pub mod limit;
pub mod operations;
pub mod report;
pub mod scene;
