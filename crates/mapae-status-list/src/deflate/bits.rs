//! Bits in the order of RFC 1951 §3.1.1: the first is the lowest of the first byte.

/// Collects bits. A call adds at most 16 of them.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    pending: u32,
    pending_bits: u32,
}

/// A place to come back to.
pub(super) struct Mark {
    bytes: usize,
    pending: u32,
    pending_bits: u32,
}

impl BitWriter {
    /// Goes on after `head`.
    pub(super) fn new(head: &[u8]) -> Self {
        Self { bytes: head.to_vec(), pending: 0, pending_bits: 0 }
    }

    /// Adds the `count` lowest bits of `value`; the others are zero.
    pub(super) fn push(&mut self, value: u32, count: u32) {
        self.pending |= value << self.pending_bits;
        self.pending_bits += count;
        while self.pending_bits >= 8 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    /// Fills the byte with zeros.
    pub(super) fn align(&mut self) {
        self.push(0, (8 - self.pending_bits) % 8);
    }

    /// Adds whole bytes. They begin where [`align`](Self::align) left the stream.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), pending: self.pending, pending_bits: self.pending_bits }
    }

    pub(super) fn bits_since(&self, mark: &Mark) -> usize {
        8 * (self.bytes.len() - mark.bytes) + self.pending_bits as usize - mark.pending_bits as usize
    }

    /// Forgets what came after the mark.
    pub(super) fn rewind(&mut self, mark: &Mark) {
        self.bytes.truncate(mark.bytes);
        (self.pending, self.pending_bits) = (mark.pending, mark.pending_bits);
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}
