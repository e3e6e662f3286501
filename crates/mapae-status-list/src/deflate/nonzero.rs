//! A list as its nonzero bytes and the zeros between them.

/// The nonzero bytes of a block, by number.
pub(super) struct Nonzero<'d> {
    data: &'d [u8],
    at: Vec<u32>,
    gaps: Vec<u32>,
}

impl<'d> Nonzero<'d> {
    pub(super) fn of(data: &'d [u8]) -> Self {
        let mut at: Vec<u32> = (0_u32..).zip(data).filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
        // As if one followed the end, so that the last zeros lie before something like all the others.
        at.push(u32::try_from(data.len()).unwrap_or(u32::MAX));
        let starts = std::iter::once(0).chain(at.iter().map(|at| at.saturating_add(1)));
        let gaps = at.iter().zip(starts).map(|(at, start)| at - start).collect();
        Self { data, at, gaps }
    }

    /// How many nonzero bytes there are.
    pub(super) fn count(&self) -> usize {
        self.at.len() - 1
    }

    /// Where one lies; that numbered [`count`](Self::count) is the end of the block.
    pub(super) fn at(&self, number: usize) -> u32 {
        self.at[number]
    }

    /// How many zeros lie before it, and after the one before it.
    pub(super) fn zeros_before(&self, number: usize) -> u32 {
        self.gaps[number]
    }

    /// The byte itself.
    pub(super) fn value(&self, number: usize) -> u8 {
        self.data[self.at[number] as usize]
    }

    /// The block.
    pub(super) const fn data(&self) -> &'d [u8] {
        self.data
    }
}
