//! What a reader holds before anything else: the key of one authority, or the policy of a ledger that several keep.

use mapae_crypto::{PublicKey, sha256};
use mapae_ledger::{MajorityPolicy, Origin};

use crate::SealedBy;

/// By what a reader knows a true bundle.
#[derive(Debug, Clone, Copy)]
pub enum Anchor<'a> {
    /// The bundle is signed with this key.
    Key(&'a PublicKey),
    /// The bundle stands in the log of this policy, and a quorum of its cosigners has seen it there.
    Policy(&'a MajorityPolicy),
}

impl<'a> From<&'a PublicKey> for Anchor<'a> {
    fn from(key: &'a PublicKey) -> Self {
        Self::Key(key)
    }
}

impl<'a> From<&'a MajorityPolicy> for Anchor<'a> {
    fn from(policy: &'a MajorityPolicy) -> Self {
        Self::Policy(policy)
    }
}

impl SealedBy {
    /// The same for all bundles of one signer, or of one log whatever its policy is by now: what a reader remembers.
    pub fn fingerprint(&self) -> [u8; 32] {
        match self {
            Self::Key(key) => sha256(&key.to_spki_der()),
            Self::Log(origin) => sha256(origin.to_string().as_bytes()),
        }
    }

    /// The signer's key, if one key vouches.
    pub const fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Log(_) => None,
        }
    }

    /// The log, if one vouches.
    pub const fn log(&self) -> Option<&Origin> {
        match self {
            Self::Key(_) => None,
            Self::Log(origin) => Some(origin),
        }
    }
}
