//! A token bucket for each key, in bounded memory.
//!
//! A bucket is one number: the time at which it will be full again (the generic cell rate algorithm, ITU-T I.371 §A).

use core::hash::Hash;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::Rate;

/// A token bucket for each key. Of more keys than it has room for it forgets those that were seen longest ago.
#[derive(Debug)]
pub struct RateLimiter<K> {
    interval: u64,
    ahead: u64,
    room: usize,
    began: Instant,
    seen: Mutex<Generations<K>>,
}

/// Too often; so long until the next is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too often")]
pub struct Wait(pub Duration);

/// When each bucket will be full, in nanoseconds since the beginning.
#[derive(Debug)]
struct Generations<K> {
    young: HashMap<K, u64>,
    old: HashMap<K, u64>,
}

impl<K: Hash + Eq> RateLimiter<K> {
    /// Buckets of this rate for up to `keys` keys.
    pub fn new(rate: Rate, keys: usize) -> Self {
        let interval = nanoseconds(rate.interval());
        let seen = Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() });
        let ahead = interval.saturating_mul(u64::from(rate.burst() - 1));
        Self { interval, ahead, room: (keys / 2).max(1), began: Instant::now(), seen }
    }

    /// Takes one token from the key's bucket.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Wait> {
        let now = nanoseconds(now.saturating_duration_since(self.began));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let full = seen.full(&key).max(now);
        let early = (full - now).saturating_sub(self.ahead);
        if early > 0 {
            return Err(Wait(Duration::from_nanos(early)));
        }
        seen.set(key, full + self.interval, self.room);
        Ok(())
    }

    /// Keys that it remembers.
    pub fn remembered(&self) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.young.len() + seen.old.len()
    }
}

impl<K: Hash + Eq> Generations<K> {
    fn full(&self, key: &K) -> u64 {
        self.young.get(key).or_else(|| self.old.get(key)).copied().unwrap_or_default()
    }

    fn set(&mut self, key: K, full: u64, room: usize) {
        if self.young.len() >= room && !self.young.contains_key(&key) {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(key, full);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
