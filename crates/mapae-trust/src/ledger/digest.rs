//! Hashes that name things.

use core::fmt;

use mapae_crypto::sha256_of;
use mapae_ledger::TreeHash;
use mapae_types::hex;
use mapae_x509::Certificate;

/// SHA-256 of a certificate in DER, or of what is released.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

/// What was entered so far, as one hash: two states that have it in common were fed the same entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StateDigest([u8; 32]);

impl StateDigest {
    /// The digest after one more entry.
    pub(super) fn then(self, leaf: &TreeHash) -> Self {
        Self(sha256_of(&[&self.0, leaf.as_bytes()]))
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<&Certificate> for Fingerprint {
    fn from(certificate: &Certificate) -> Self {
        Self(certificate.fingerprint())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}
