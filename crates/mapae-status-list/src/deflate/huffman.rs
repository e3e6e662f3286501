//! Huffman codes of limited length (RFC 1951 §3.2.2).

/// The longest code of a literal, length or distance (RFC 1951 §3.2.7).
pub(super) const MAX_BITS: u8 = 15;

/// A prefix code over `N` symbols. Those that never occur have none.
pub(super) struct Codebook<const N: usize> {
    lengths: [u8; N],
    codes: [u16; N],
}

impl<const N: usize> Codebook<N> {
    /// The code for symbols that occur that often, none longer than `limit`. Equal ones are ordered by their
    /// number, so there is one result.
    pub(super) fn new(frequencies: &[u32; N], limit: u8) -> Self {
        let mut used: Vec<(u32, usize)> =
            frequencies.iter().copied().zip(0..).filter(|(frequency, _)| *frequency > 0).collect();
        used.sort_unstable();
        let mut lengths = [0; N];
        let mut rarest_first = used.iter().map(|(_, symbol)| *symbol);
        let counts = lengths_in_use(&used, limit);
        for length in (1..=limit).rev() {
            let count = counts[usize::from(length)];
            rarest_first.by_ref().take(count).for_each(|symbol| lengths[symbol] = length);
        }
        Self { codes: canonical(&lengths), lengths }
    }

    /// The bits of each symbol's code.
    pub(super) const fn lengths(&self) -> &[u8; N] {
        &self.lengths
    }

    /// The code as it is written, its first bit the lowest, and how many bits it has.
    pub(super) fn code(&self, symbol: usize) -> (u32, u32) {
        (self.codes[symbol].into(), self.lengths[symbol].into())
    }
}

/// How many codes there are of each length, for frequencies in ascending order.
fn lengths_in_use(used: &[(u32, usize)], limit: u8) -> [usize; MAX_BITS as usize + 1] {
    let mut counts = [0; MAX_BITS as usize + 1];
    let limit = usize::from(limit);
    depths(used).for_each(|depth| counts[depth.min(limit)] += 1);
    shorten(&mut counts, limit);
    counts
}

/// The depths of the leaves in Huffman's tree. A lone symbol has a code of one bit.
fn depths(used: &[(u32, usize)]) -> impl Iterator<Item = usize> {
    let parents = parents(used);
    let mut depths = vec![0_usize; parents.len() + 1];
    for (node, parent) in parents.iter().enumerate().rev() {
        depths[node] = depths[*parent] + 1;
    }
    depths.truncate(used.len());
    depths.into_iter().map(|depth| depth.max(1))
}

/// Joins the two lightest nodes until one is left. Joined ones arise in the order of their weight, so both queues
/// are sorted; of equals the leaf goes first. The root is the last node and has no parent.
fn parents(used: &[(u32, usize)]) -> Vec<usize> {
    let leaves = used.len();
    let mut weights: Vec<u32> = used.iter().map(|(frequency, _)| *frequency).collect();
    let mut parents = vec![0; (2 * leaves).saturating_sub(2)];
    let (mut leaf, mut joined) = (0, leaves);
    for node in leaves..(2 * leaves).saturating_sub(1) {
        let mut weight = 0;
        for _ in 0..2 {
            let takes_leaf = leaf < leaves && (joined == node || weights[leaf] <= weights[joined]);
            let lightest = if takes_leaf { &mut leaf } else { &mut joined };
            weight += weights[*lightest];
            parents[*lightest] = node;
            *lightest += 1;
        }
        weights.push(weight);
    }
    parents
}

/// Makes room for the codes that were cut to the limit: each step takes one of them away and hangs it beside the
/// longest shorter one, which gets longer by a bit.
fn shorten(counts: &mut [usize], limit: usize) {
    let room = 1_usize << limit;
    let mut taken: usize = (1..=limit).map(|length| counts[length] << (limit - length)).sum();
    while taken > room {
        let Some(shorter) = (1..limit).rev().find(|length| counts[*length] > 0) else { return };
        counts[limit] -= 1;
        counts[shorter] -= 1;
        counts[shorter + 1] += 2;
        taken -= 1;
    }
}

/// RFC 1951 §3.2.2: codes of one length count up in the order of the symbols, after all shorter ones.
fn canonical<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut codes = [0; N];
    let mut next = 0_u16;
    for length in 1..=MAX_BITS {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, own)| **own == length) {
            *code = next.reverse_bits() >> (16 - length);
            next += 1;
        }
    }
    codes
}
