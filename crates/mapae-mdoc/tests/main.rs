//! Documents of ISO 18013-5: what is issued verifies for its holder in its session, and nothing else does.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests may panic and say what they skip")]
#![expect(clippy::disallowed_methods, reason = "the test data of others is read from files")]

mod annex_d;
mod arbitrary;
mod device_mac;
mod device_signature;
mod editing;
mod every_byte;
mod fixture;
mod handovers;
mod issuer_signature;
mod issuing;
mod mso;
mod other_encodings;
mod presenting;
mod reader_authentication;
mod response;
mod status;
mod validity;
mod vectors;
