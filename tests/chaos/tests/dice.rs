//! Numbers from a seed (`SplitMix64`).

/// A stream of numbers.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to below.
    pub(crate) const fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.roll(high - low + 1)
    }

    /// Once in so many times.
    pub(crate) const fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }

    pub(crate) fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        let at = self.roll(u64::try_from(among.len()).unwrap());
        &among[usize::try_from(at).unwrap()]
    }

    /// So many of them, in any order, none twice.
    pub(crate) fn some<T: Clone>(&mut self, among: &[T], many: usize) -> Vec<T> {
        let mut left = among.to_vec();
        (0..many)
            .map(|_| left.remove(usize::try_from(self.roll(u64::try_from(left.len()).unwrap())).unwrap()))
            .collect()
    }

    /// A stream for somebody else.
    pub(crate) const fn fork(&mut self) -> Self {
        Self(self.roll(u64::MAX))
    }
}
