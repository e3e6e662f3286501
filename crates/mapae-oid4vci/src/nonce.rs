//! Nonces that need no memory: `c_nonce` (OpenID4VCI §7), DPoP nonces (RFC 9449 §8) and attestation challenges.
//!
//! A nonce is base64url(time ‖ random ‖ tag): unpredictable by its random part, ours by its tag, current by its time.
//! Whether one was used before is not known here; whoever must know keeps the used ones for as long as they live.

use mapae_crypto::{constant_time_eq, hmac_sha256};
use mapae_jose::{base64url, json};
use mapae_types::{Duration, Timestamp};

use crate::{
    MessageFault,
    jwt::SKEW,
    members::{self, MAX_ID},
};

/// Time (8), random (16), tag (16).
const LEN: usize = 40;
/// Bytes of an answer with a nonce at most.
const MAX_RESPONSE: usize = 8 << 10;

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

impl NonceKind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Credential => b"mapae c_nonce",
            Self::Dpop => b"mapae dpop",
            Self::Challenge => b"mapae challenge",
        }
    }
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
        let mut nonce = [0; LEN];
        nonce[..8].copy_from_slice(&now.unix().to_be_bytes());
        nonce[8..24].copy_from_slice(&random);
        let tag = self.tag(&nonce);
        nonce[24..].copy_from_slice(&tag);
        base64url::encode(nonce)
    }

    /// What a nonce that came is.
    pub fn check(&self, text: &str, now: Timestamp) -> NonceState {
        match self.minted(text) {
            // A replica's clock may be ahead of ours by a little.
            Some(minted) if minted > now + SKEW => NonceState::Unknown,
            Some(minted) if minted.age_at(now) <= self.lifetime => NonceState::Current,
            Some(_) => NonceState::Expired,
            None => NonceState::Unknown,
        }
    }

    /// Until when a used nonce of ours has to be remembered, so that no replica takes it again; the same whenever it is
    /// asked.
    pub fn remembered_until(&self, text: &str) -> Option<Timestamp> {
        Some(self.minted(text)? + self.lifetime + SKEW)
    }

    /// When it was made, if it is ours.
    fn minted(&self, text: &str) -> Option<Timestamp> {
        let mut nonce = [0; LEN];
        let whole = base64url::decode_to(text, &mut nonce).is_ok_and(|read| read.len() == LEN);
        let is_ours = whole && constant_time_eq(&self.tag(&nonce), &nonce[24..]);
        is_ours.then(|| minted_at(&nonce)).flatten()
    }

    fn tag(&self, nonce: &[u8; LEN]) -> [u8; 16] {
        let tag = hmac_sha256(&self.key, &[self.kind.label(), &nonce[..24]]);
        *tag.first_chunk().unwrap_or(&[0; 16])
    }

    /// How long a nonce is current.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

fn minted_at(nonce: &[u8; LEN]) -> Option<Timestamp> {
    Timestamp::from_unix(i64::from_be_bytes(*nonce.first_chunk()?)).ok()
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
        one_member("c_nonce", &self.c_nonce)
    }

    /// Reads an issuer's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let object = members::object(json, MAX_RESPONSE)?;
        Ok(Self { c_nonce: members::required(&object, "c_nonce", MAX_ID)?.to_owned() })
    }
}

impl ChallengeResponse {
    /// The body, `application/json`, never to be cached.
    pub fn to_json(&self) -> Vec<u8> {
        one_member("attestation_challenge", &self.attestation_challenge)
    }

    /// Reads a server's answer.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let object = members::object(json, MAX_RESPONSE)?;
        Ok(Self { attestation_challenge: members::required(&object, "attestation_challenge", MAX_ID)?.to_owned() })
    }
}

fn one_member(name: &str, value: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    out.push(b'{');
    json::append_text(name, &mut out);
    out.push(b':');
    json::append_text(value, &mut out);
    out.push(b'}');
    out
}
