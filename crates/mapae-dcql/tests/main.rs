//! Queries are read strictly, credentials are selected as §6.4 says, and the specification's own
//! examples do both.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may panic and say what they skip")]
#![expect(clippy::disallowed_methods, reason = "the test data of others is read from files")]

mod answers;
mod claims;
mod examples;
mod paths;
mod reading;
mod vectors;
