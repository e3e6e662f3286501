//! Grants: what access tokens stand for.

use mapae_document::LifeState;
use mapae_types::{DocumentName, PersonId, Timestamp};

use super::{BatchSummary, DocumentRecord, StoredRow};
use crate::ids::{DocumentId, GrantId, OfferId};

/// How a grant came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantKind {
    /// A pre-authorized code.
    PreAuthorized,
    /// An authorization code.
    Authorization,
    /// A refresh token.
    Refill,
}

/// The leave to fetch copies of a document with one DPoP key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id; sealed, the access token.
    pub id: GrantId,
    /// The grant that came of the code, itself or a refill's; sealed, the refresh token.
    pub root: GrantId,
    /// Which document.
    pub document: DocumentId,
    /// Whose.
    pub person: PersonId,
    /// Which of the catalogue's.
    pub name: DocumentName,
    /// The DPoP key's thumbprint: the device.
    pub jkt: [u8; 32],
    /// The wallet's, if it said.
    pub client_id: Option<String>,
    /// How many copies of each configuration.
    pub copies: u32,
    /// How it came about.
    pub kind: GrantKind,
    /// Since when.
    pub at: Timestamp,
    /// Its last second.
    pub expires_at: Timestamp,
}

/// A pre-authorized code comes back, and a DPoP key with it.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// The offer that the code stood for.
    pub offer: OfferId,
    /// The tag of the transaction code that came with it.
    pub tx_code: [u8; 32],
    /// The DPoP key's thumbprint.
    pub jkt: [u8; 32],
    /// The wallet's id, if it said.
    pub client_id: Option<String>,
    /// The grant's id, if it comes to one.
    pub grant: GrantId,
    /// The grant's last second.
    pub expires_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// A new grant.
    Done(Grant),
    /// The same key was here within the last [`REPEAT`](crate::store::REPEAT): the grant that it got then.
    Repeated(Grant),
    /// Another transaction code is wanted.
    WrongTxCode {
        /// How often one may still try; with none left, the offer is void.
        left: u32,
    },
    /// Another key was here, or this one too long ago.
    Used,
    /// It was not redeemed in time.
    Expired,
    /// There is no such offer.
    Unknown,
    /// It came to nothing before: too many wrong codes, or the document's end.
    Void,
}

/// A refresh token comes back.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// The grant that the token stood for.
    pub root: GrantId,
    /// The DPoP key's thumbprint.
    pub jkt: [u8; 32],
    /// The new grant's id, if it comes to one.
    pub grant: GrantId,
    /// How many copies of each configuration.
    pub copies: u32,
    /// The new grant's last second.
    pub expires_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// A new grant.
    Done(Grant),
    /// A refresh within the last [`REPEAT`](crate::store::REPEAT) led to this one.
    Repeated(Grant),
    /// There are copies enough until then.
    TooSoon {
        /// From when on.
        from: Timestamp,
    },
    /// Another key than the device's.
    OtherKey,
    /// The document is in a state that gets no copies.
    Not(LifeState),
    /// There is no such grant.
    Unknown,
}

/// A grant with all that decides about a request of copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// Its document.
    pub document: DocumentRecord,
    /// What the register says of the person; nothing if it does not know them (any more).
    pub row: Option<StoredRow>,
    /// What was made by this grant before.
    pub batches: Vec<BatchSummary>,
}

impl GrantView {
    /// The batch that was made for the same keys: this is a retry (design D10).
    pub fn batch(&self, configuration: &str, keys: &[u8; 32]) -> Option<&BatchSummary> {
        let same = |batch: &&BatchSummary| batch.configuration == configuration && batch.keys == Some(*keys);
        self.batches.iter().find(same)
    }

    /// Copies of a configuration that may still be made.
    pub fn left(&self, configuration: &str) -> u32 {
        let made = self.batches.iter().filter(|batch| batch.configuration == configuration);
        made.fold(self.grant.copies, |left, batch| left.saturating_sub(batch.copies))
    }
}
