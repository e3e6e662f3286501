//! A keyed permutation of the indices of a list (design D6).
//!
//! A balanced Feistel network over 10 + 10 bits with ten rounds, the number that NIST SP 800-38G chose for
//! FF1. The round function is HMAC-SHA-256 cut to 10 bits. A half has only 1,024 values, so every round is
//! computed beforehand as a table: making a permutation costs 640 HMACs, using it ten look-ups.

use core::fmt;

use mapae_crypto::hmac_sha256;

use crate::LIST_LEN;

const HALF_BITS: u32 = 10;
const HALF_LEN: usize = 1 << HALF_BITS;
const HALF_MASK: u16 = (1 << HALF_BITS) - 1;
const ROUNDS: usize = 10;

/// Round values that one HMAC yields, two bytes each.
const PER_TAG: usize = 16;

const LABEL: &[u8] = b"mapae status index v1";

/// The order in which the indices of one list are given away. It is as secret as its key.
#[derive(Clone)]
pub struct IndexPermutation {
    rounds: Vec<[u16; HALF_LEN]>,
}

impl IndexPermutation {
    /// The permutation of list `list_number` under `key`, which is for this purpose alone. Some 0.4 ms and
    /// 20 kB: keep it while the list is open.
    pub fn new(key: &[u8; 32], list_number: u64) -> Self {
        let mut rounds = vec![[0; HALF_LEN]; ROUNDS];
        for (round, table) in (0_u8..).zip(rounds.iter_mut()) {
            for (block, values) in (0_u8..).zip(table.chunks_exact_mut(PER_TAG)) {
                let tag = hmac_sha256(key, &[LABEL, &list_number.to_be_bytes(), &[round, block]]);
                fill(values, &tag);
            }
        }
        Self { rounds }
    }

    /// The index of the `counter`-th entry in the order; `None` from [`LIST_LEN`] on. Two counters never have the
    /// same index.
    pub fn index(&self, counter: u32) -> Option<u32> {
        (counter < LIST_LEN).then(|| self.permute(counter))
    }

    fn permute(&self, counter: u32) -> u32 {
        let (mut left, mut right) = (counter >> HALF_BITS, counter & u32::from(HALF_MASK));
        for table in &self.rounds {
            let value = table.get(right as usize).copied().unwrap_or_default();
            (left, right) = (right, left ^ u32::from(value));
        }
        (left << HALF_BITS) | right
    }
}

/// 10 bits of every two bytes: 1,024 divides 65,536, so no value is likelier than another.
fn fill(values: &mut [u16], tag: &[u8; 32]) {
    for (value, bytes) in values.iter_mut().zip(tag.chunks_exact(2)) {
        *value = u16::from_be_bytes([bytes[0], bytes[1]]) & HALF_MASK;
    }
}

impl fmt::Debug for IndexPermutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexPermutation([redacted])")
    }
}
