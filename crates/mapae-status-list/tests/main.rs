//! Lists, tokens and index allocation: the draft's vectors, the holes of others, one case per rule.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may panic and say what they skip")]
#![expect(clippy::disallowed_methods, reason = "the test data of others is read from files")]

mod allocation;
mod cwt;
mod deflate;
mod delta;
mod draft;
mod jwt;
mod lists;
mod tokens;
mod vectors;
mod zlib;
