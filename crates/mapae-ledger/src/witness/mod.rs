//! A witness (C2SP tlog-witness, "add-checkpoint"): checks that a log only grew, writes that down, and then cosigns.
//!
//! [`Witness::check`] → [`ToPersist`] → [`UnsignedCosignature`](crate::UnsignedCosignature): nothing to be signed exists
//! before [`ToPersist::persisted`], so that a service cannot cosign first. A witness that lost its record must retire its
//! key: it would cosign a second history.
//!
//! Left out: `sign-subtree` (optional, and not for Ed25519), logging of requests that fail, HTTP.

mod audit;
mod refusal;
mod request;

use mapae_types::Timestamp;

use crate::{
    CosignatureError, MerkleError, Origin, SignatureType, SignedCheckpoint, TreeHead, UnsignedCosignature, VerifierKey,
};

pub use audit::Audit;
pub use refusal::{Refusal, SIZE_CONTENT_TYPE};
pub use request::AddCheckpoint;

/// A witness: its key and the keys of the logs that it watches.
#[derive(Debug, Clone)]
pub struct Witness {
    key: VerifierKey,
    logs: Vec<VerifierKey>,
}

/// The latest checkpoint that a witness cosigned for a log. It must outlive everything but the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRecord {
    origin: Origin,
    head: TreeHead,
}

/// A checkpoint that may be cosigned once the record says so.
#[derive(Debug)]
#[must_use]
pub struct ToPersist {
    key: VerifierKey,
    before: WitnessRecord,
    checkpoint: SignedCheckpoint,
}

impl Witness {
    /// A witness. Logs' keys are of the plain type, and their names are the logs' origins.
    pub fn new(key: VerifierKey, logs: Vec<VerifierKey>) -> Result<Self, CosignatureError> {
        let fit =
            key.kind() == SignatureType::CosignatureV1 && logs.iter().all(|log| log.kind() == SignatureType::Ed25519);
        if fit { Ok(Self { key, logs }) } else { Err(CosignatureError::WrongKindOfKey) }
    }

    /// Its key.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Whether it watches a log, so that there should be a record of it.
    pub fn knows(&self, origin: &Origin) -> bool {
        self.logs.iter().any(|log| origin.is_name(log.name()))
    }

    /// Checks a request against the log's record, in the order of the specification's paragraphs.
    pub fn check(&self, request: AddCheckpoint, record: &WitnessRecord) -> Result<ToPersist, Refusal> {
        let AddCheckpoint { old_size, proof, checkpoint } = request;
        // 404, then 403.
        let head = checkpoint.signed_by_log(&self.logs)?.checkpoint().head();
        if record.origin != *checkpoint.origin() {
            return Err(Refusal::RecordOfAnotherLog);
        }
        // 400: "The old size MUST be equal to or lower than the checkpoint size."
        if old_size > head.size() {
            return Err(Refusal::OldSizeTooLarge { old: old_size, size: head.size() });
        }
        // 409: "The old size matches the size of the latest checkpoint it cosigned."
        if old_size != record.head.size() {
            return Err(Refusal::Conflict { size: record.head.size() });
        }
        // 422: the empty tree's root, the proof, equal roots of equal sizes.
        head.extends(record.head, &proof).map_err(Refusal::NotConsistent)?;
        let checkpoint = checkpoint.only_by(&self.logs);
        Ok(ToPersist { key: self.key.clone(), before: record.clone(), checkpoint })
    }
}

impl WitnessRecord {
    /// The record of a log of which nothing was cosigned yet.
    pub const fn new(origin: Origin) -> Self {
        Self { origin, head: TreeHead::EMPTY }
    }

    /// A record as it was stored.
    pub fn stored(origin: Origin, head: TreeHead) -> Result<Self, MerkleError> {
        head.extends(TreeHead::EMPTY, &[])?;
        Ok(Self { origin, head })
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The size and root that were cosigned last.
    pub const fn head(&self) -> TreeHead {
        self.head
    }
}

impl ToPersist {
    /// What the store must hold now. If it holds another record, somebody was faster: drop this and check anew, lest the
    /// store be rolled back ("checking … and persisting … must be performed atomically").
    pub const fn before(&self) -> &WitnessRecord {
        &self.before
    }

    /// What the store must hold, durably, before anything is signed.
    pub fn after(&self) -> WitnessRecord {
        WitnessRecord { origin: self.before.origin.clone(), head: self.checkpoint.unverified().head() }
    }

    /// The checkpoint with the log's signatures that were verified, and no others: what a witness serves to monitors once
    /// it has cosigned ("Monitor Retrieval Mechanism").
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// To be called when the store has been changed from [`before`](Self::before) to [`after`](Self::after) and has been
    /// forced to the disk: the cosignature to make.
    pub fn persisted(self, now: Timestamp) -> Result<UnsignedCosignature, CosignatureError> {
        UnsignedCosignature::new(&self.key, self.checkpoint.note().unverified_text(), now)
    }
}
