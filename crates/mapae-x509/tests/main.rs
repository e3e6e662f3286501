//! Certificates read, chained, issued and revoked.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may panic and say what they skip")]
#![expect(clippy::disallowed_methods, reason = "files of others' test data, and files for openssl to read")]

mod chains;
mod contents;
mod foreign;
mod forge;
mod issuing;
mod links;
mod lists;
mod openssl;
mod parties;
mod reading;
