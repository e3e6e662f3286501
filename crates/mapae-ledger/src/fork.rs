//! Evidence that a log forked: two checkpoints that it signed, of which the newer one's tree is not the older one's with
//! leaves added (tlog-checkpoint, "Signatures": a log must not sign inconsistent checkpoints).
//!
//! A consistency proof leads from the newer checkpoint back to the root that its tree had at the older one's size. If
//! that is another than the older checkpoint names, the log has signed two histories. Anybody who knows the log's key can
//! check this, with no network and without believing whoever reports it. C2SP has no format for it; this one is ours:
//!
//! ```text
//! mapae-tlog-fork@v1
//! root <the root of the newer tree at the older size, base64>
//! <hashes of the consistency proof, base64, one on a line>
//!
//! <the older checkpoint, verbatim>
//! <empty line>
//! <the newer checkpoint, verbatim>
//! ```
//!
//! Left out: which of the two histories is the true one, and what cosigners signed; a fork is the log's alone.

use core::fmt;

use crate::{
    CheckpointError, ForkError, LogSigned, Origin, SignedCheckpoint, TreeHash, TreeHead, VerifierKey, note::MAX_NOTE,
    proof::read_hashes,
};

/// The first line.
const HEADER: &str = "mapae-tlog-fork@v1";

/// Two checkpoints that are said to contradict each other; nothing has been checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkEvidence {
    older: SignedCheckpoint,
    newer: SignedCheckpoint,
    root_then: TreeHash,
    proof: Vec<TreeHash>,
}

/// A log forked: it signed for two trees of which neither extends the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forked {
    origin: Origin,
    older: TreeHead,
    newer: TreeHead,
    root_then: TreeHash,
}

impl ForkEvidence {
    /// Bytes of evidence that are read at all: 63 hashes, and two notes.
    pub const MAX: usize = 2 * MAX_NOTE + (4 << 10);

    /// Puts evidence together: `proof` leads from `root_then`, the root that the newer tree had when it was as large as
    /// the older one, to the newer root ([`TreeQuery::root`](crate::TreeQuery::root) and
    /// [`TreeQuery::consistency`](crate::TreeQuery::consistency) over the newer tree's tiles). With trees of one size the
    /// proof is empty, and `root_then` is the newer root.
    pub const fn new(
        older: SignedCheckpoint,
        newer: SignedCheckpoint,
        root_then: TreeHash,
        proof: Vec<TreeHash>,
    ) -> Self {
        Self { older, newer, root_then, proof }
    }

    /// Reads evidence, whole and strictly.
    pub fn parse(bytes: &[u8]) -> Result<Self, ForkError> {
        if bytes.len() > Self::MAX {
            return Err(ForkError::TooLarge { limit: Self::MAX });
        }
        let text = core::str::from_utf8(bytes).map_err(|_| ForkError::NotUtf8)?;
        let (head, checkpoints) = text.split_once("\n\n").ok_or(ForkError::CheckpointMissing)?;
        let (root_then, proof) = read_head(head)?;
        let (older, newer) = split_checkpoints(checkpoints).ok_or(ForkError::CheckpointMissing)?;
        let older = SignedCheckpoint::parse(older.as_bytes()).map_err(ForkError::Older)?;
        let newer = SignedCheckpoint::parse(newer.as_bytes()).map_err(ForkError::Newer)?;
        Ok(Self { older, newer, root_then, proof })
    }

    /// Checks that the log with this key forked.
    ///
    /// Refused if the log did not sign both, if the proof does not hold, and if the two agree after all.
    pub fn verify(&self, log: &VerifierKey) -> Result<Forked, ForkError> {
        let older = signed_by(&self.older, log).map_err(ForkError::Older)?.checkpoint().head();
        let newer = signed_by(&self.newer, log).map_err(ForkError::Newer)?.checkpoint().head();
        // Whoever signs a root fixes every hash of a proof from it, and with them the root at each smaller size. So this
        // is the log's own word on its past, whoever found the hashes.
        newer.extends(TreeHead::new(older.size(), self.root_then), &self.proof)?;
        let origin = self.newer.origin().clone();
        if self.root_then == older.root() {
            return Err(ForkError::Agree { origin });
        }
        Ok(Forked { origin, older, newer, root_then: self.root_then })
    }

    /// The checkpoint of fewer leaves, or either of two of one size. Nobody has checked it yet.
    pub const fn older(&self) -> &SignedCheckpoint {
        &self.older
    }

    /// The other checkpoint. Nobody has checked it yet.
    pub const fn newer(&self) -> &SignedCheckpoint {
        &self.newer
    }
}

/// The log's signature, and no other's, makes the log answer for a checkpoint.
fn signed_by<'c>(checkpoint: &'c SignedCheckpoint, log: &VerifierKey) -> Result<LogSigned<'c>, CheckpointError> {
    checkpoint.signed_by_log(core::slice::from_ref(log))
}

/// The lines before the first empty one.
fn read_head(head: &str) -> Result<(TreeHash, Vec<TreeHash>), ForkError> {
    let mut lines = head.split('\n');
    if lines.next() != Some(HEADER) {
        return Err(ForkError::HeaderUnknown);
    }
    let root = lines.next().and_then(|line| line.strip_prefix("root ")?.parse().ok());
    Ok((root.ok_or(ForkError::RootMalformed)?, read_hashes(lines)?))
}

/// A checkpoint's text has no empty lines, nor have its signatures: the second empty line ends the older one.
fn split_checkpoints(text: &str) -> Option<(&str, &str)> {
    let signatures = text.find("\n\n")? + 2;
    let end = signatures + text.get(signatures..)?.find("\n\n")?;
    Some((text.get(..=end)?, text.get(end + 2..)?))
}

impl Forked {
    /// The log that forked.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What it signed for fewer leaves, or for as many.
    pub const fn older(&self) -> TreeHead {
        self.older
    }

    /// What it signed besides.
    pub const fn newer(&self) -> TreeHead {
        self.newer
    }

    /// The root that the newer tree had at the older size, where the older checkpoint names another.
    pub const fn root_then(&self) -> TreeHash {
        self.root_then
    }
}

impl fmt::Display for ForkEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nroot {}", self.root_then)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}\n{}", self.older, self.newer)
    }
}
