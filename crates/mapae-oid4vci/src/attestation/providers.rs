//! The wallet providers that an issuer trusts, by their roots.

use std::sync::{Mutex, PoisonError};

use mapae_crypto::{PublicKey, sha256_of};
use mapae_types::Timestamp;
use mapae_x509::{Certificate, Role, TrustAnchor, verify_chain};

use crate::JwtFault;

/// Chains that are remembered at most: providers are few, and each has a signer or two.
const MAX_REMEMBERED: usize = 32;

/// Roots of wallet providers. Chains that led to one are remembered, since all wallets of a provider bring the same.
pub struct TrustedProviders {
    anchors: Vec<TrustAnchor>,
    remembered: Mutex<Vec<Remembered>>,
}

/// A chain that led to a root, and the time in which all its certificates are valid.
struct Remembered {
    chain: [u8; 32],
    from: Timestamp,
    until: Timestamp,
    key: PublicKey,
}

impl TrustedProviders {
    /// Trusts these roots, and no other.
    pub const fn new(anchors: Vec<TrustAnchor>) -> Self {
        Self { anchors, remembered: Mutex::new(Vec::new()) }
    }

    /// Whether nobody is trusted.
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The key of the first certificate, if the chain leads to one of the roots (HAIP 1.0 §4.4.1: the leaf is not
    /// self-signed, the root not sent).
    pub(crate) fn signer(&self, x5c: &[Vec<u8>], now: Timestamp) -> Result<PublicKey, JwtFault> {
        if x5c.is_empty() {
            return Err(JwtFault::ChainMissing);
        }
        let chain = digest(x5c);
        if let Some(key) = self.recall(&chain, now) {
            return Ok(key);
        }
        let found = self.verify(chain, x5c, now)?;
        let key = found.key.clone();
        self.remember(found);
        Ok(key)
    }

    fn verify(&self, chain: [u8; 32], x5c: &[Vec<u8>], now: Timestamp) -> Result<Remembered, JwtFault> {
        let certificates = x5c.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
        let signer = verify_chain(&certificates, &self.anchors, Role::AttestationSigner, now)?;
        let path = certificates[..signer.path()].iter().chain([signer.anchor().certificate()]);
        let from = path.clone().map(Certificate::not_before).max().unwrap_or(now);
        let until = path.map(Certificate::not_after).min().unwrap_or(now);
        Ok(Remembered { chain, from, until, key: signer.certificate().public_key().clone() })
    }

    fn recall(&self, chain: &[u8; 32], now: Timestamp) -> Option<PublicKey> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let valid = |one: &&Remembered| one.chain == *chain && (one.from..=one.until).contains(&now);
        remembered.iter().find(valid).map(|one| one.key.clone())
    }

    fn remember(&self, found: Remembered) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() == MAX_REMEMBERED {
            remembered.remove(0);
        }
        remembered.push(found);
    }
}

/// One name for a chain: lengths first, so that no two chains run into one.
fn digest(x5c: &[Vec<u8>]) -> [u8; 32] {
    let lengths: Vec<[u8; 8]> = x5c.iter().map(|der| (der.len() as u64).to_be_bytes()).collect();
    let parts = x5c.iter().zip(&lengths).flat_map(|(der, len)| [len.as_slice(), der]);
    sha256_of(&parts.collect::<Vec<_>>())
}

impl core::fmt::Debug for TrustedProviders {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TrustedProviders({} roots)", self.anchors.len())
    }
}
