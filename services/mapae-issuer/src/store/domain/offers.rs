//! Offers.

use mapae_document::LifeState;
use mapae_types::{DocumentName, PersonId, Timestamp};

use crate::ids::{DocumentId, OfferId};

/// Wrong transaction codes after which an offer is void.
pub const TX_CODE_TRIES: u32 = 5;

/// An offer to be made.
#[derive(Debug, Clone)]
pub struct NewOffer {
    /// Its id; sealed, the pre-authorized code.
    pub id: OfferId,
    /// Of which document.
    pub document: DocumentId,
    /// The tag of the transaction code ([`Seal::tx_code`](crate::seal::Seal::tx_code)).
    pub tx_code: [u8; 32],
    /// Copies of each format that it is good for.
    pub copies: u32,
    /// Its last second.
    pub expires_at: Timestamp,
    /// When it is made.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It stands.
    Done,
    /// Another one stands, open or in use, until then.
    AlreadyOffered {
        /// The document that it offers.
        document: DocumentId,
        /// Which.
        offer: OfferId,
        /// Its last second.
        expires_at: Timestamp,
    },
    /// The document cannot be offered in this state.
    Not(LifeState),
    /// There is no such document.
    Unknown,
}

/// Whether an offer can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfferStage {
    /// It can.
    Open,
    /// It has been.
    Redeemed,
    /// It came to nothing: too many wrong codes, or the document's end.
    Void,
}

/// An offer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// Its id.
    pub id: OfferId,
    /// Of which document.
    pub document: DocumentId,
    /// Whose.
    pub person: PersonId,
    /// Which of the catalogue's.
    pub name: DocumentName,
    /// Whether it can be redeemed.
    pub stage: OfferStage,
    /// Copies of each format that it is good for.
    pub copies: u32,
    /// Its last second.
    pub expires_at: Timestamp,
}
