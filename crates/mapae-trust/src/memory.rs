//! What a reader remembers of the bundles that it used, lest an older one be put in their place.
//!
//! What is new in a memory comes from [`Memory::admit`] alone, which takes a store, hence a bundle that passed every
//! check: what a forger writes into a file is never remembered (TUF's rule: persist only after all checks).

use core::{fmt, str::FromStr};

use mapae_crypto::{PublicKey, sha256};
use mapae_types::{Timestamp, hex};

use crate::TrustStore;

/// The first word of a memory as text.
const MARK: &str = "mapae-memory-1";

/// The newest bundle that was ever used, and who signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    key: [u8; 32],
    newest: Timestamp,
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
    /// Another key signed the bundles that were used before.
    #[error("the bundle is signed by another key than those used before")]
    OtherKey,
}

/// The text is not a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the memory of a reader")]
pub struct MemoryUnreadable;

impl Memory {
    /// What to remember when the store is used at `now` by who remembers `before`.
    pub fn admit(before: Option<&Self>, store: &TrustStore, now: Timestamp) -> Result<Self, MemoryError> {
        let this = Self { key: fingerprint(store.key()), newest: store.as_of() };
        let newest = before.map_or(this.newest, |before| before.newest.max(this.newest));
        if before.is_some_and(|before| before.key != this.key) {
            return Err(MemoryError::OtherKey);
        }
        if now < newest {
            return Err(MemoryError::ClockBehind { newest, now });
        }
        if this.newest < newest {
            return Err(MemoryError::RolledBack { as_of: this.newest, newest });
        }
        Ok(this)
    }

    /// The newest time of which a bundle that was used speaks.
    pub const fn newest(&self) -> Timestamp {
        self.newest
    }

    /// The SHA-256 of the `SubjectPublicKeyInfo` that signed the bundles.
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }
}

fn fingerprint(key: &PublicKey) -> [u8; 32] {
    sha256(&key.to_spki_der())
}

/// One line: a mark, the key's fingerprint in hexadecimal, the time.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK} {} {}", hex::encode(&self.key), self.newest)
    }
}

impl FromStr for Memory {
    type Err = MemoryUnreadable;

    fn from_str(text: &str) -> Result<Self, MemoryUnreadable> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let [MARK, key, newest] = words[..] else { return Err(MemoryUnreadable) };
        let newest = newest.parse().map_err(|_| MemoryUnreadable)?;
        let key = hex::decode(key).and_then(|key| key.try_into().ok()).ok_or(MemoryUnreadable)?;
        Ok(Self { key, newest })
    }
}
