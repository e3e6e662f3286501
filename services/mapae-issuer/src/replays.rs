//! Which proofs of possession were seen before (RFC 9449 §11.1).
//!
//! A proof carries a server's nonce, so that one older than a nonce's life is refused anyhow. What is remembered is two
//! such lives, and then forgotten at once: memory is bounded by the rate of requests. Each process remembers for itself; a
//! proof that is repeated at another replica within two minutes passes there, and all that it can do is repeat a request
//! whose outcome the store decides.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use mapae_types::{Duration, Timestamp};

/// As many proofs as are remembered in one life of a nonce; beyond that, older ones are forgotten early.
const CAPACITY: usize = 1 << 20;

/// The proofs seen lately.
#[derive(Debug)]
pub(crate) struct Replays {
    life: Duration,
    seen: Mutex<Generations>,
}

#[derive(Debug)]
struct Generations {
    since: Timestamp,
    now: HashSet<u128>,
    before: HashSet<u128>,
}

/// The proof was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenBefore;

impl Replays {
    /// For proofs that are refused for their age after `life`.
    pub(crate) fn new(life: Duration, now: Timestamp) -> Self {
        let generations = Generations { since: now, now: HashSet::new(), before: HashSet::new() };
        Self { life, seen: Mutex::new(generations) }
    }

    /// Remembers a proof by its name.
    pub(crate) fn first(&self, replay_key: &[u8; 32], now: Timestamp) -> Result<(), SeenBefore> {
        let [front @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *replay_key;
        let name = u128::from_be_bytes(front);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= seen.since + self.life || seen.now.len() >= CAPACITY {
            let full = std::mem::take(&mut seen.now);
            seen.before = full;
            seen.since = now;
        }
        if seen.before.contains(&name) || !seen.now.insert(name) { Err(SeenBefore) } else { Ok(()) }
    }
}
