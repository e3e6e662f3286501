//! Randomness for one batch: `ChaCha20` under 256 bits of the operating system's.
//!
//! A copy takes some 2 kB for its key, salts, digest ids and decoys. The system's own generator is the same one, behind a
//! call for each draw, and took a twentieth of the time.

use mapae_types::{Entropy, EntropyError};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use zeroize::Zeroizing;

use crate::environment::SystemEntropy;

/// Lives as long as a batch, in one thread.
pub(super) struct BatchEntropy(ChaCha20Rng);

impl BatchEntropy {
    pub(super) fn new() -> Result<Self, EntropyError> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemEntropy.fill(seed.as_mut())?;
        Ok(Self(ChaCha20Rng::from_seed(*seed)))
    }
}

impl Entropy for BatchEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}
