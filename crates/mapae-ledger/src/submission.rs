//! A log's side of `add-checkpoint`: what to ask a witness, and what its answer means.

use crate::{
    AddCheckpoint, MerkleError, NoteSignature, SignedCheckpoint, TreeHash, TreeQuery, VerifierKey, WitnessFault,
    note::read_signatures, text,
};

/// Bytes of an answer that are read at all.
const MAX_ANSWER: usize = 64 << 10;

/// A checkpoint on its way to one witness.
#[derive(Debug, Clone)]
pub struct Submission {
    witness: VerifierKey,
    old_size: u64,
    checkpoint: SignedCheckpoint,
    /// Whether the witness has told its size already; it may do so once.
    corrected: bool,
}

/// What a witness answered.
#[derive(Debug)]
pub enum Answer {
    /// It cosigned; the signature has been verified.
    Cosigned(NoteSignature),
    /// It has seen another size; ask again from there.
    Again(Box<Submission>),
}

impl Submission {
    pub(crate) const fn new(witness: VerifierKey, old_size: u64, checkpoint: SignedCheckpoint) -> Self {
        Self { witness, old_size, checkpoint, corrected: false }
    }

    /// The consistency proof that the request needs.
    pub fn query(&self) -> Result<TreeQuery, MerkleError> {
        TreeQuery::consistency(self.old_size, self.checkpoint.unverified().size())
    }

    /// The request, to be posted to the witness's `add-checkpoint`.
    pub fn request(&self, proof: Vec<TreeHash>) -> AddCheckpoint {
        AddCheckpoint::new(self.old_size, proof, self.checkpoint.clone())
    }

    /// Judges the answer. Signatures of other keys than the witness's are ignored.
    pub fn answered(self, status: u16, body: &[u8]) -> Result<Answer, WitnessFault> {
        match status {
            200 => self.cosigned(body).map(Answer::Cosigned),
            409 => self.conflict(body).map(|again| Answer::Again(Box::new(again))),
            status => Err(WitnessFault::Refused { status }),
        }
    }

    fn cosigned(self, body: &[u8]) -> Result<NoteSignature, WitnessFault> {
        let body = core::str::from_utf8(body).ok().filter(|body| body.len() <= MAX_ANSWER);
        let lines = body.and_then(|body| read_signatures(body).ok()).ok_or(WitnessFault::AnswerMalformed)?;
        let own = lines.into_iter().find(|line| line.is_by(&self.witness)).ok_or(WitnessFault::DidNotCosign)?;
        let text = self.checkpoint.note().unverified_text();
        match self.witness.verify(text, own.bytes()) {
            Ok(Some(_)) => Ok(own),
            _ => Err(WitnessFault::CosignatureInvalid),
        }
    }

    /// "The tree size of the latest cosigned checkpoint in decimal, followed by a newline."
    fn conflict(self, body: &[u8]) -> Result<Self, WitnessFault> {
        let size = core::str::from_utf8(body).ok().and_then(|body| text::decimal(body.strip_suffix('\n')?));
        let size = size.ok_or(WitnessFault::AnswerMalformed)?;
        let ours = self.checkpoint.unverified().size();
        if size > ours {
            // Another sequencer has been there, or our store was rolled back: not a thing to retry.
            return Err(WitnessFault::Ahead { size, ours });
        }
        if self.corrected || size == self.old_size {
            return Err(WitnessFault::KeepsChanging { size });
        }
        Ok(Self { old_size: size, corrected: true, ..self })
    }
}
