//! The clock and the randomness of this machine: the only place of the program that has either.

use std::time::{SystemTime, UNIX_EPOCH};

use mapae_types::{Entropy, EntropyError, Timestamp};

/// The time that the caller gave, or the machine's.
pub(crate) fn now(at: Option<Timestamp>) -> anyhow::Result<Timestamp> {
    if let Some(at) = at {
        return Ok(at);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp::from_unix(i64::try_from(since.as_secs())?)?)
}

/// Randomness of the operating system.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}
