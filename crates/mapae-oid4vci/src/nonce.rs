//! Nonces that need no memory: `c_nonce` (OpenID4VCI §7), DPoP nonces (RFC 9449 §8) and attestation challenges.
//!
//! A nonce is base64url(time ‖ random ‖ tag): unpredictable by its random part, ours by its tag, current by its time.
//! Whether one was used before is not known here; whoever must know keeps the used ones for as long as they live.

use mapae_types::{Duration, Timestamp};

use crate::MessageFault;

/// What a nonce is for: one made for one purpose is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceKind {
    /// `c_nonce` of key proofs.
    Credential,
    /// `DPoP-Nonce`.
    Dpop,
    /// `attestation_challenge`.
    Challenge,
}

/// What can be said of a nonce without memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceState {
    /// Ours, and current.
    Current,
    /// Ours, and too old.
    Expired,
    /// Not ours.
    Unknown,
}

/// Whether a nonce is demanded, and how one is judged.
#[derive(Clone, Copy)]
pub enum Nonces<'a> {
    /// One must be there, and this says of it [`NonceState::Current`].
    Required(&'a dyn Fn(&str) -> NonceState),
    /// None is demanded, and one that is there is not looked at.
    Unused,
}

/// Makes nonces of one kind and recognises them.
pub struct NonceMint {
    key: [u8; 32],
    kind: NonceKind,
    lifetime: Duration,
}

impl NonceMint {
    /// A mint by the server's secret, which all replicas share.
    pub const fn new(key: [u8; 32], kind: NonceKind, lifetime: Duration) -> Self {
        Self { key, kind, lifetime }
    }

    /// A nonce of that time; `random` is fresh entropy.
    pub fn mint(&self, now: Timestamp, random: [u8; 16]) -> String {
        let _ = (now, random, self.key, self.kind);
        String::new()
    }

    /// What a nonce that came is.
    pub fn check(&self, text: &str, now: Timestamp) -> NonceState {
        let _ = (text, now);
        NonceState::Unknown
    }

    /// How long a nonce is current.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

impl core::fmt::Debug for NonceMint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NonceMint").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Nonces<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if matches!(self, Self::Required(_)) { "Required" } else { "Unused" })
    }
}

/// The answer of the nonce endpoint (OpenID4VCI §7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonceResponse {
    /// `c_nonce`.
    pub c_nonce: String,
}

/// The answer of the challenge endpoint (Attestation-Based Client Authentication §8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeResponse {
    /// `attestation_challenge`.
    pub attestation_challenge: String,
}

impl NonceResponse {
    /// The body, `application/json`, never to be cached.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads an issuer's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let _ = json;
        Err(MessageFault::Missing { name: "c_nonce" })
    }
}

impl ChallengeResponse {
    /// The body, `application/json`, never to be cached.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads a server's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let _ = json;
        Err(MessageFault::Missing { name: "attestation_challenge" })
    }
}
