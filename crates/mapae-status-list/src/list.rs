//! An inflated list (draft §4.1).

use core::fmt;

use crate::{Bits, IndexOutOfRange, Status};

/// The statuses of many credentials, inflated and ready for look-ups.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Bits,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of its bytes: the first entry in the lowest bits of the first byte.
    pub const fn new(bits: Bits, bytes: Vec<u8>) -> Self {
        Self { bits, bytes }
    }

    /// The status of one entry. An index beyond the end says nothing about a credential, which must then be
    /// refused (draft §8.3 step 6).
    pub fn get(&self, index: u64) -> Result<Status, IndexOutOfRange> {
        let per_byte = 3 - self.bits.log2();
        let byte = usize::try_from(index >> per_byte).ok().and_then(|at| self.bytes.get(at));
        let byte = *byte.ok_or(IndexOutOfRange { index, len: self.len() })?;
        // §4.1 step 3: entries are packed from the least significant bit up.
        let shift = (index & ((1 << per_byte) - 1)) << self.bits.log2();
        let mask = u8::MAX >> (8 - self.bits.count());
        Ok(Status::from((byte >> shift) & mask))
    }

    /// How many entries the bytes hold. The issuer may have used fewer (§4.1 step 2).
    pub const fn len(&self) -> u64 {
        (self.bytes.len() as u64) << (3 - self.bits.log2())
    }

    /// Whether there is no entry.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The width of the entries.
    pub const fn bits(&self) -> Bits {
        self.bits
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for StatusList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusList({} entries of {} bits)", self.len(), self.bits.count())
    }
}
