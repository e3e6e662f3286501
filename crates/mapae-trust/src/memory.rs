//! What a reader remembers of the bundles that it used, lest an older one be put in their place.
//!
//! What is new in a memory comes from [`Memory::admit`] alone, which takes a store, hence a bundle that passed every
//! check: what a forger writes into a file is never remembered (TUF's rule: persist only after all checks).

use core::{fmt, str::FromStr};

use mapae_types::{Timestamp, hex};

use crate::{TrustStore, policy_fingerprint};

/// The first word of a memory as text.
const MARK: &str = "mapae-memory-1";

/// The newest bundle that was ever used, and who vouched for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    sealed_by: [u8; 32],
    newest: Timestamp,
    /// The newest policy of a ledger.
    policy: Option<[u8; 32]>,
}

/// Why a bundle is not to be used by who has this memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// A newer bundle was used before (design §6: an operator who rolls back trust data).
    #[error("the bundle is as of {as_of}, and one as of {newest} was used before")]
    RolledBack {
        /// The time of which the bundle speaks.
        as_of: Timestamp,
        /// The newest such time seen.
        newest: Timestamp,
    },
    /// Design D3: the clock is earlier than the newest `as_of` ever seen, so it is wrong.
    #[error("the clock shows {now}, and a bundle as of {newest} was used before")]
    ClockBehind {
        /// The newest `as_of` seen, or that of the bundle itself.
        newest: Timestamp,
        /// The clock.
        now: Timestamp,
    },
    /// Another key or ledger vouched for the bundles that were used before.
    #[error("the bundle is vouched for by another key or ledger than those used before")]
    OtherKey,
    /// The ledger's policy has changed since, and the keys of the old one may be in anybody's hands.
    #[error("the bundle rests on a policy of its ledger that was replaced before")]
    PolicySuperseded,
}

/// The text is not a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the memory of a reader")]
pub struct MemoryUnreadable;

impl Memory {
    /// What to remember when the store is used at `now` by who remembers `before`.
    pub fn admit(before: Option<&Self>, store: &TrustStore, now: Timestamp) -> Result<Self, MemoryError> {
        let this = Self {
            sealed_by: store.sealed_by().fingerprint(),
            newest: store.as_of(),
            policy: store.policies().map(|policies| policy_fingerprint(policies.newest())),
        };
        let newest = before.map_or(this.newest, |before| before.newest.max(this.newest));
        if before.is_some_and(|before| before.sealed_by != this.sealed_by) {
            return Err(MemoryError::OtherKey);
        }
        if now < newest {
            return Err(MemoryError::ClockBehind { newest, now });
        }
        if this.newest < newest {
            return Err(MemoryError::RolledBack { as_of: this.newest, newest });
        }
        let follows = |policy: &[u8; 32]| store.policies().is_some_and(|policies| policies.passed(policy));
        if before.and_then(|before| before.policy).is_some_and(|policy| !follows(&policy)) {
            return Err(MemoryError::PolicySuperseded);
        }
        Ok(this)
    }

    /// The newest time of which a bundle that was used speaks.
    pub const fn newest(&self) -> Timestamp {
        self.newest
    }

    /// Who vouched for the bundles ([`crate::SealedBy::fingerprint`]).
    pub const fn sealed_by(&self) -> &[u8; 32] {
        &self.sealed_by
    }
}

/// One line: a mark, who vouches in hexadecimal, the time, and the fingerprint of a ledger's newest policy.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK} {} {}", hex::encode(&self.sealed_by), self.newest)?;
        self.policy.map_or(Ok(()), |policy| write!(f, " {}", hex::encode(&policy)))
    }
}

impl FromStr for Memory {
    type Err = MemoryUnreadable;

    fn from_str(text: &str) -> Result<Self, MemoryUnreadable> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let (sealed_by, newest, policy) = match words[..] {
            [MARK, sealed_by, newest] => (sealed_by, newest, None),
            [MARK, sealed_by, newest, policy] => (sealed_by, newest, Some(policy)),
            _ => return Err(MemoryUnreadable),
        };
        let hash = |text| hex::decode(text).and_then(|bytes| bytes.try_into().ok()).ok_or(MemoryUnreadable);
        let newest = newest.parse().map_err(|_| MemoryUnreadable)?;
        Ok(Self { sealed_by: hash(sealed_by)?, newest, policy: policy.map(hash).transpose()? })
    }
}
