//! CBOR has one reading and one writing; COSE structures hold what their key's holder signed, or nothing.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod allocation;
mod appendix_a;
mod cose_key;
mod headers;
mod hex;
mod json;
mod mac0;
mod reading;
mod sign;
mod sign1;
mod values;
mod working_group;
mod writing;
