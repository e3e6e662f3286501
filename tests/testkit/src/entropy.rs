//! Randomness from a seed.

use mapae_types::{Entropy, EntropyError};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// `ChaCha20` under a seed: salts and keys that look random and are the same in every run.
pub struct Seeded(ChaCha20Rng);

impl Seeded {
    /// The stream of one seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}
