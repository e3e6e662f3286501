//! Randomness for one batch, in one thread.

use mapae_crypto::SeededEntropy;
use mapae_types::{Entropy as _, EntropyError};
use zeroize::Zeroizing;

use crate::environment::SystemEntropy;

/// A stream of its own for each batch.
pub(super) fn batch_entropy() -> Result<SeededEntropy, EntropyError> {
    let mut seed = Zeroizing::new([0; 32]);
    SystemEntropy.fill(seed.as_mut())?;
    Ok(SeededEntropy::new(&seed))
}
