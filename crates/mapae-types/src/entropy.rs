//! Randomness as an argument (design D5).

/// A source of unpredictable bytes, handed in by the caller: the operating system's in a service, a
/// seeded generator in a test.
pub trait Entropy {
    /// Fills `bytes` entirely, or fails and leaves them unusable.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError>;

    /// An array of random bytes.
    fn array<const N: usize>(&mut self) -> Result<[u8; N], EntropyError>
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

impl<E: Entropy + ?Sized> Entropy for &mut E {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        (**self).fill(bytes)
    }
}

/// The random source gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed")]
pub struct EntropyError;
