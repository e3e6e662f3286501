//! Proof Key for Code Exchange (RFC 7636), with S256 alone (HAIP 1.0 §4.1).

use mapae_crypto::{constant_time_eq, sha256};
use mapae_jose::base64url;

use crate::{MessageFault, OAuthFault};

/// `code_verifier`: 43 to 128 unreserved characters (RFC 7636 §4.1). `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PkceVerifier(String);

/// `code_challenge` of the method S256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PkceChallenge([u8; 32]);

impl PkceVerifier {
    /// A verifier from 32 random bytes, as RFC 7636 §4.1 recommends.
    pub fn from_entropy(random: [u8; 32]) -> Self {
        Self(base64url::encode(random))
    }

    /// Reads `code_verifier`.
    pub fn parse(text: &str) -> Result<Self, OAuthFault> {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            return Ok(Self(text.to_owned()));
        }
        Err(MessageFault::Malformed { name: "code_verifier" }.into())
    }

    /// The challenge that belongs to it (RFC 7636 §4.2).
    pub fn challenge(&self) -> PkceChallenge {
        PkceChallenge(sha256(self.0.as_bytes()))
    }

    /// The text, for the token request.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for PkceVerifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PkceVerifier([secret])")
    }
}

impl PkceChallenge {
    /// A challenge by its hash, out of a store.
    pub const fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Reads `code_challenge`: base64url of a SHA-256.
    pub fn parse(text: &str) -> Result<Self, OAuthFault> {
        let mut hash = [0; 32];
        let full = base64url::decode_to(text, &mut hash).is_ok_and(|read| read.len() == 32);
        if full { Ok(Self(hash)) } else { Err(MessageFault::Malformed { name: "code_challenge" }.into()) }
    }

    /// The hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the verifier belongs to it (RFC 7636 §4.6).
    pub fn check(&self, verifier: &PkceVerifier) -> Result<(), OAuthFault> {
        let equal = constant_time_eq(&self.0, &verifier.challenge().0);
        if equal { Ok(()) } else { Err(OAuthFault::VerifierMismatch) }
    }
}

impl core::fmt::Display for PkceChallenge {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&base64url::encode(self.0))
    }
}
