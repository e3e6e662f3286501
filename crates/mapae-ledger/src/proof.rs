//! Proofs that travel with what they prove (C2SP tlog-proof): a leaf's index, its inclusion proof and a checkpoint.

use core::fmt;

use crate::{
    Accepted, Checkpoint, Cosigned, LogProofError, MAX_PROOF, MajorityPolicy, MerkleError, SignedCheckpoint, TreeHash,
    note::MAX_NOTE, text,
};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Bytes of extra data that are read at all.
pub const MAX_EXTRA: usize = 64 << 10;

/// A proof whose form is right; it has not proved anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    path: Vec<TreeHash>,
    checkpoint: SignedCheckpoint,
}

/// A leaf is in the log, as enough of the policy's witnesses have seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    index: u64,
    leaf: TreeHash,
    accepted: Accepted,
}

impl TlogProof {
    /// Puts a proof together.
    pub const fn new(index: u64, path: Vec<TreeHash>, checkpoint: SignedCheckpoint) -> Self {
        Self { extra: None, index, path, checkpoint }
    }

    /// The same with extra data, which nothing authenticates.
    pub fn with_extra(self, extra: Vec<u8>) -> Result<Self, LogProofError> {
        if extra.is_empty() || extra.len() > MAX_EXTRA {
            return Err(LogProofError::ExtraMalformed);
        }
        Ok(Self { extra: Some(extra), ..self })
    }

    /// Reads a proof, whole and strictly.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogProofError> {
        let limit = MAX_NOTE + 2 * MAX_EXTRA;
        if bytes.len() > limit {
            return Err(LogProofError::TooLarge { limit });
        }
        let proof = core::str::from_utf8(bytes).map_err(|_| LogProofError::NotUtf8)?;
        // "After the inclusion proof lines and an empty line, the checkpoint … verbatim."
        let (head, checkpoint) = proof.split_once("\n\n").ok_or(LogProofError::CheckpointMissing)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(LogProofError::HeaderUnknown);
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(read_extra).transpose()?;
        let index = lines.next().and_then(|line| text::decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(LogProofError::IndexMalformed)?;
        let path = read_hashes(lines)?;
        Ok(Self { extra, index, path, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }

    /// Checks the proof of `leaf` (tlog-proof, "Verifying a tlog proof", steps 2 to 4; the leaf's hash is step 1).
    pub fn verify(&self, policy: &MajorityPolicy, leaf: TreeHash) -> Result<Proven, LogProofError> {
        let accepted = policy.accept(&self.checkpoint)?;
        accepted.checkpoint().head().includes(self.index, leaf, &self.path)?;
        Ok(Proven { index: self.index, leaf, accepted })
    }

    /// The extra data, which nothing authenticates.
    pub fn unauthenticated_extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The checkpoint, which nobody has checked yet.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

fn read_extra(line: &str) -> Result<Vec<u8>, LogProofError> {
    // "If no extra data is present, this line is omitted": it is never empty.
    let extra = line.strip_prefix("extra ").and_then(text::base64);
    extra.filter(|extra| !extra.is_empty() && extra.len() <= MAX_EXTRA).ok_or(LogProofError::ExtraMalformed)
}

/// Base64 lines of one hash each, no more than any proof has.
pub(crate) fn read_hashes<'t>(lines: impl Iterator<Item = &'t str>) -> Result<Vec<TreeHash>, MerkleError> {
    let mut hashes = Vec::new();
    for line in lines {
        if hashes.len() == MAX_PROOF {
            return Err(MerkleError::ProofTooLong { limit: MAX_PROOF });
        }
        hashes.push(line.parse()?);
    }
    Ok(hashes)
}

impl Proven {
    /// The leaf's index.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The leaf's hash.
    pub const fn leaf(&self) -> TreeHash {
        self.leaf
    }

    /// The checkpoint in whose tree the leaf is.
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.accepted.checkpoint()
    }

    /// Who cosigned, and when they say they did. No age is counted from these times (design D3): a fresh checkpoint over
    /// an old leaf makes the leaf no younger.
    pub fn cosigned(&self) -> &[Cosigned] {
        self.accepted.cosigned()
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
