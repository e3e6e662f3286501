//! Offers.

use mapae_types::Timestamp;

use super::{Blob, Int, StoreError, Stored};
use crate::{
    ids::{DocumentId, OfferId},
    store::{
        DocumentRecord, NewOffer, OfferStage, OfferView,
        sql::{Reader, Row, Table, blob, int},
    },
};

pub(in crate::store) static OFFER: Table = Table {
    name: "offers",
    columns: &[
        ("id", Blob),
        ("document", Blob),
        ("tx_code", Blob),
        ("copies", Int),
        ("stage", Int),
        ("wrong", Int),
        ("expires_at", Int),
    ],
};

/// An offer.
#[derive(Debug, Clone)]
pub(in crate::store) struct Offer {
    pub(in crate::store) id: OfferId,
    pub(in crate::store) document: DocumentId,
    pub(in crate::store) tx_code: [u8; 32],
    pub(in crate::store) copies: u32,
    pub(in crate::store) stage: OfferStage,
    /// How often a wrong code came.
    pub(in crate::store) wrong: u32,
    pub(in crate::store) expires_at: Timestamp,
}

impl From<&NewOffer> for Offer {
    fn from(new: &NewOffer) -> Self {
        Self {
            id: new.id,
            document: new.document,
            tx_code: new.tx_code,
            copies: new.copies,
            stage: OfferStage::Open,
            wrong: 0,
            expires_at: new.expires_at,
        }
    }
}

impl Offer {
    /// The offer, with what its document says.
    pub(in crate::store) fn of(&self, document: &DocumentRecord) -> OfferView {
        OfferView {
            id: self.id,
            document: self.document,
            person: document.person.clone(),
            name: document.name.clone(),
            stage: self.stage,
            copies: self.copies,
            expires_at: self.expires_at,
        }
    }
}

impl Stored for Offer {
    const TABLE: &'static Table = &OFFER;

    fn to_row(&self) -> Result<Row, StoreError> {
        let stage = match self.stage {
            OfferStage::Open => 0,
            OfferStage::Redeemed => 1,
            OfferStage::Void => 2,
        };
        Ok(vec![
            blob(self.id.as_bytes()),
            blob(self.document.as_bytes()),
            blob(&self.tx_code),
            int(self.copies.into()),
            int(stage),
            int(self.wrong.into()),
            int(self.expires_at.unix()),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.id()?,
            document: reader.id()?,
            tx_code: reader.array()?,
            copies: reader.count()?,
            stage: match reader.int()? {
                0 => OfferStage::Open,
                1 => OfferStage::Redeemed,
                _ => OfferStage::Void,
            },
            wrong: reader.count()?,
            expires_at: reader.time()?,
        })
    }
}
