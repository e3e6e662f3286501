//! The body of `add-checkpoint`.

use core::fmt;

use crate::{RequestError, SignedCheckpoint, TreeHash, note::MAX_NOTE, proof::read_hashes, text};

/// A checkpoint, and the proof that it extends what the witness has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    pub(super) old_size: u64,
    pub(super) proof: Vec<TreeHash>,
    pub(super) checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Bytes of a request that are read at all: 63 hashes, and a note.
    pub const MAX: usize = MAX_NOTE + (4 << 10);

    /// A request.
    pub const fn new(old_size: u64, proof: Vec<TreeHash>, checkpoint: SignedCheckpoint) -> Self {
        Self { old_size, proof, checkpoint }
    }

    /// Reads a request. Whatever is wrong here is a "400 Bad Request".
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > Self::MAX {
            return Err(RequestError::TooLarge { limit: Self::MAX });
        }
        let body = core::str::from_utf8(body).map_err(|_| RequestError::NotUtf8)?;
        let (head, checkpoint) = body.split_once("\n\n").ok_or(RequestError::CheckpointMissing)?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| text::decimal(line.strip_prefix("old ")?));
        let old_size = old_size.ok_or(RequestError::OldSizeMalformed)?;
        // "The client MUST NOT send more than 63 consistency proof lines."
        let proof = read_hashes(lines)?;
        Ok(Self { old_size, proof, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }

    /// The size from which the proof leads.
    pub const fn old_size(&self) -> u64 {
        self.old_size
    }

    /// The checkpoint, which nobody has checked yet: its origin says which record to fetch.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
