//! Randomness that can be had again, from 32 bytes: what an issuer's copy was made of, and what a wallet's step drew
//! before it had to wait for a key.
//!
//! A copy takes some 2 kB for its salts, digest ids and decoys. The system's own generator is the same one, behind a call
//! for each draw, and took a twentieth of the time.

use core::fmt;

use mapae_types::{Entropy, EntropyError};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// `ChaCha20` under a secret seed. Whoever has the seed can say everything that was drawn; a clone draws the same again.
#[derive(Clone)]
pub struct SeededEntropy(ChaCha20Rng);

impl SeededEntropy {
    /// The stream of a seed. The seed is the operating system's randomness, and is used once.
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(*seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl fmt::Debug for SeededEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeededEntropy")
    }
}
