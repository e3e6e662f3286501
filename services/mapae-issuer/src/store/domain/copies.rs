//! Batches of copies, and requests that are answered later.

use core::ops::Range;

use mapae_document::LifeState;
use mapae_types::Timestamp;

use crate::{
    ids::{BatchId, DeferredId, DocumentId, GrantId},
    store::StoreError,
};

/// A nonce that was proven with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedNonce {
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// Its last second; it need not be remembered longer.
    pub expires_at: Timestamp,
}

/// Copies about to be signed (design D10): all that is needed to make the same ones again.
#[derive(Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// Its id; sealed, the notification id.
    pub id: BatchId,
    /// The grant that it is made by.
    pub grant: GrantId,
    /// The credential configuration.
    pub configuration: String,
    /// One hash over the set of the device keys' thumbprints.
    pub keys: [u8; 32],
    /// The device keys' thumbprints, in the order of the copies.
    pub thumbprints: Vec<[u8; 32]>,
    /// What all randomness in the copies is made of.
    pub seed: [u8; 32],
    /// The copies' numbers, from [`reserve_numbers`](crate::store::IssuerStore::reserve_numbers).
    pub numbers: Range<u64>,
    /// The hashes of what will be signed, in the order of the copies.
    pub hashes: Vec<[u8; 32]>,
    /// The register row's revision.
    pub revision: u64,
    /// Whatever else the caller needs to make them again, such as the signer's fingerprint.
    pub memo: Vec<u8>,
    /// When the copies end.
    pub valid_until: Timestamp,
    /// When the document does.
    pub document_expires_at: Timestamp,
    /// From when on the document may be refilled.
    pub refill_from: Timestamp,
    /// The nonce of the keys' proofs, which is used up with this; nothing if it was before, by a deferral.
    pub nonce: Option<UsedNonce>,
    /// The deferred request that this settles.
    pub deferred: Option<DeferredId>,
    /// When.
    pub at: Timestamp,
}

impl NewBatch {
    /// As many numbers as keys and hashes, and some.
    pub(in crate::store) fn even(&self) -> Result<(), StoreError> {
        let numbers = self.numbers.end.saturating_sub(self.numbers.start);
        let (thumbprints, hashes) = (self.thumbprints.len(), self.hashes.len());
        let even = numbers > 0 && numbers == thumbprints as u64 && numbers == hashes as u64;
        if even { Ok(()) } else { Err(StoreError::BatchUneven { numbers, thumbprints, hashes }) }
    }
}

/// A batch as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredBatch {
    /// Its id.
    pub id: BatchId,
    /// Of which document.
    pub document: DocumentId,
    /// The grant that it was made by.
    pub grant: GrantId,
    /// The credential configuration.
    pub configuration: String,
    /// One hash over the set of the device keys' thumbprints; gone after the retry window (design D7).
    pub keys: Option<[u8; 32]>,
    /// The device keys' thumbprints; none after the retry window.
    pub thumbprints: Vec<[u8; 32]>,
    /// What all randomness in the copies was made of; gone with them.
    pub seed: Option<[u8; 32]>,
    /// The copies' numbers.
    pub numbers: Range<u64>,
    /// The hashes of what was to be signed.
    pub hashes: Vec<[u8; 32]>,
    /// The register row's revision.
    pub revision: u64,
    /// Whatever else the caller needed.
    pub memo: Vec<u8>,
    /// When the copies end.
    pub valid_until: Timestamp,
    /// When it was committed.
    pub at: Timestamp,
    /// What the wallet said of it.
    pub notified: Option<NotificationEvent>,
    /// Whether its numbers are among the revoked.
    pub revoked: bool,
}

/// As much of a batch as decides about the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSummary {
    /// Its id.
    pub id: BatchId,
    /// The credential configuration.
    pub configuration: String,
    /// One hash over the set of the device keys' thumbprints.
    pub keys: Option<[u8; 32]>,
    /// How many copies.
    pub copies: u32,
}

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It stands, and its copies may be signed.
    Done {
        /// The document that another device had until now.
        replaced: Option<DocumentId>,
    },
    /// The same grant, configuration and keys committed this one before.
    Same(Box<StoredBatch>),
    /// The nonce was used before.
    NonceUsed,
    /// The document is in a state that gets no copies, or another device has it.
    NotAllowed(LifeState),
    /// An approval is awaited.
    Held,
    /// More copies than the grant is good for.
    LimitReached {
        /// How many more there may be.
        left: u32,
    },
    /// A newer grant of the document took this one's place.
    Superseded,
    /// The deferred request was settled before.
    Settled(DeferredState),
    /// The grant has expired, or there is none.
    Unknown,
}

/// What a wallet says of a batch (OpenID4VCI §11.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotificationEvent {
    /// It has the copies.
    Accepted,
    /// It could not keep them.
    Failure,
    /// The person does not want them.
    Deleted,
}

/// A request that is to be answered later.
#[derive(Debug, Clone)]
pub struct NewDeferred {
    /// Its id; sealed, the transaction id.
    pub id: DeferredId,
    /// The grant.
    pub grant: GrantId,
    /// The credential configuration.
    pub configuration: String,
    /// One hash over the set of the device keys' thumbprints.
    pub keys: [u8; 32],
    /// The request.
    pub request: Vec<u8>,
    /// The nonce of the keys' proofs, which is used up with this.
    pub nonce: UsedNonce,
    /// When.
    pub at: Timestamp,
}

/// What came of deferring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferral {
    /// It waits.
    Done,
    /// The same grant, configuration and keys wait already under this id.
    Same(DeferredId),
    /// The nonce was used before.
    NonceUsed,
    /// The document is in a state that gets no copies.
    NotAllowed(LifeState),
    /// A newer grant of the document took this one's place.
    Superseded,
    /// The grant has expired, or there is none.
    Unknown,
}

/// Whether a deferred request has its answer. It gets one once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeferredState {
    /// It has none yet.
    Waiting,
    /// This batch.
    Issued(BatchId),
    /// There will be none.
    Refused,
}

/// A deferred request as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Deferred {
    /// Its id.
    pub id: DeferredId,
    /// The grant.
    pub grant: GrantId,
    /// The credential configuration.
    pub configuration: String,
    /// The request.
    pub request: Vec<u8>,
    /// Since when it waits.
    pub at: Timestamp,
    /// Whether it has its answer.
    pub state: DeferredState,
}

impl core::fmt::Debug for NewBatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "NewBatch({}, {}, {:?})", self.id, self.configuration, self.numbers)
    }
}

impl core::fmt::Debug for StoredBatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StoredBatch({}, {}, {:?})", self.id, self.configuration, self.numbers)
    }
}

impl core::fmt::Debug for Deferred {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Deferred({}, {}, {:?})", self.id, self.configuration, self.state)
    }
}
