//! What a wallet provider attests: the wallet itself (client attestation) and its keys (key attestation).

mod client;
mod key;
mod providers;

pub use client::{AttestedClient, ClientAttestation, ClientAttestationContents, ClientExpected, PopContents};
pub use key::{
    AttackResistance, KeyAttestation, KeyAttestationContents, KeyAttestationExpected, VerifiedKeyAttestation,
};
pub use providers::TrustedProviders;
