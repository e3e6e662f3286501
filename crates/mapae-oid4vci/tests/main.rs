//! Scenarios of issuer and wallet, and each rule of OpenID4VCI, HAIP and the texts under them broken on its own.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

mod authorization;
mod client;
mod credential;
mod dpop;
mod encryption;
mod key_attestation;
mod metadata;
mod nonce;
mod offer;
mod proof;
mod scene;
mod token;
mod total;
mod wallet;
mod wire;
