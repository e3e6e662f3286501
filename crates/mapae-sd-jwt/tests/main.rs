//! Scenarios of issuer, holder and verifier, and each rule of RFC 9901 and SD-JWT VC broken on its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod binding;
mod changed;
mod disclosures;
mod issue;
mod issuer;
mod present;
mod scene;
mod vectors;
