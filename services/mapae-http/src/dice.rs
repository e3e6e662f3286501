//! Randomness as an argument: the operating system's in a service, a seeded generator in a test.

use core::fmt;
use std::sync::Arc;

use mapae_types::{Entropy, EntropyError};

type Fill = dyn Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync;

/// Fills bytes with randomness; shared by everything that needs some.
#[derive(Clone)]
pub struct Dice(Arc<Fill>);

impl Dice {
    /// From a function that fills its argument entirely, or fails.
    pub fn from_fn(fill: impl Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }
}

impl Entropy for &Dice {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        (self.0)(bytes)
    }
}

impl fmt::Debug for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dice")
    }
}
