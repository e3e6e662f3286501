//! The one secret of an issuer, from which its keys follow.

use core::fmt;

use mapae_crypto::hmac_sha256;
use zeroize::Zeroizing;

/// 32 random bytes, the same on all replicas. Whoever has them can redeem every offer and read every encrypted request;
/// whoever changes them ends every token.
pub struct ServerSecret(Zeroizing<[u8; 32]>);

impl ServerSecret {
    /// From the operator's file.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key of its own for each purpose.
    pub(crate) fn key(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(self.0.as_ref(), &[purpose.as_bytes()])
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret([redacted])")
    }
}
