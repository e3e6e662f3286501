//! Documents, from application to their end.

use mapae_document::LifeState;
use mapae_types::{DocumentName, PersonId, Pii, Timestamp};

use crate::ids::{DocumentId, GrantId, OfferId};

/// How the person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// To a clerk.
    Office,
    /// By signing in at a provider of identities.
    SignIn,
}

/// Somebody asks for a document.
#[derive(Debug, Clone)]
pub struct Application {
    /// The document's id from now on.
    pub id: DocumentId,
    /// Who.
    pub person: PersonId,
    /// For which.
    pub name: DocumentName,
    /// How.
    pub channel: Channel,
    /// How much hangs on it; the larger go first in a surge.
    pub urgency: u8,
    /// Whether it is known who the person is, so that the document begins as identified.
    pub identified: bool,
    /// Whether copies are made only after [`approve`](crate::store::IssuerStore::approve).
    pub held: bool,
    /// When.
    pub at: Timestamp,
}

/// What came of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The document is on its way.
    Done(DocumentRecord),
    /// Another one of that person and name is already.
    Pending(DocumentRecord),
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Its id.
    pub id: DocumentId,
    /// Whose.
    pub person: PersonId,
    /// Which of the catalogue's.
    pub name: DocumentName,
    /// Where it is in its life.
    pub state: LifeState,
    /// Whether an approval is awaited.
    pub held: bool,
    /// How the person came.
    pub channel: Channel,
    /// How much hangs on it.
    pub urgency: u8,
    /// When it was asked for.
    pub applied_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// Why it did, if somebody said so.
    pub reason: Option<Pii<String>>,
    /// The newest offer.
    pub offer: Option<OfferId>,
    /// The newest grant, the only one by which copies are made.
    pub grant: Option<GrantId>,
    /// The key of the device that has it (the DPoP key's RFC 7638 thumbprint).
    pub device: Option<[u8; 32]>,
    /// When its first copies were committed.
    pub activated_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// From when on its copies may be refilled.
    pub refill_from: Option<Timestamp>,
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum Changed {
    /// It happened.
    Done(DocumentRecord),
    /// It cannot, in this state.
    Not(LifeState),
    /// There is no such document.
    Unknown,
}
