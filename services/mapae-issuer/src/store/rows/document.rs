//! Documents.

use core::fmt;

use mapae_document::{LifeSlot, LifeState};
use mapae_types::{DocumentName, PersonId, Pii};

use super::{Blob, Int, StoreError, Stored, Text};
use crate::{
    ids::GrantId,
    store::{
        Channel, DocumentRecord,
        sql::{Reader, Row, Table, blob, int, opt_blob, opt_int, opt_text, text},
    },
};

pub(in crate::store) static DOCUMENT: Table = Table {
    name: "documents",
    columns: &[
        ("id", Blob),
        ("owner", Text),
        ("state", Int),
        ("slot", Int),
        ("held", Int),
        ("channel", Int),
        ("urgency", Int),
        ("applied_at", Int),
        ("changed_at", Int),
        ("reason", Text),
        ("offer", Blob),
        ("grant_id", Blob),
        ("root", Blob),
        ("device", Blob),
        ("activated_at", Int),
        ("expires_at", Int),
        ("refill_from", Int),
    ],
};

/// A person and a document's name: `person/name`. No id holds a slash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Owner(String);

/// A document, with what only the store needs.
#[derive(Debug, Clone)]
pub(in crate::store) struct Document {
    pub(in crate::store) record: DocumentRecord,
    /// The grant that came of the newest code.
    pub(in crate::store) root: Option<GrantId>,
}

impl Owner {
    pub(in crate::store) fn new(person: &PersonId, name: &DocumentName) -> Self {
        Self(format!("{person}/{name}"))
    }

    pub(in crate::store) fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> Option<(PersonId, DocumentName)> {
        let (person, name) = self.0.split_once('/')?;
        Some((person.parse().ok()?, name.parse().ok()?))
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner([redacted])")
    }
}

impl Document {
    pub(in crate::store) fn owner(&self) -> Owner {
        Owner::new(&self.record.person, &self.record.name)
    }

    pub(in crate::store) const fn slot(&self) -> Option<LifeSlot> {
        self.record.state.slot()
    }
}

impl Stored for Document {
    const TABLE: &'static Table = &DOCUMENT;

    fn to_row(&self) -> Result<Row, StoreError> {
        let record = &self.record;
        Ok(vec![
            blob(record.id.as_bytes()),
            text(self.owner().as_str()),
            int(number_of(record.state)),
            opt_int(record.state.slot().map(|slot| i64::from(slot == LifeSlot::Live))),
            int(record.held.into()),
            int(match record.channel {
                Channel::Office => 0,
                Channel::SignIn => 1,
            }),
            int(record.urgency.into()),
            int(record.applied_at.unix()),
            int(record.changed_at.unix()),
            opt_text(record.reason.as_ref().map(|reason| reason.expose().as_str())),
            opt_blob(record.offer.as_ref().map(|id| id.as_bytes().as_slice())),
            opt_blob(record.grant.as_ref().map(|id| id.as_bytes().as_slice())),
            opt_blob(self.root.as_ref().map(|id| id.as_bytes().as_slice())),
            opt_blob(record.device.as_ref().map(<[u8; 32]>::as_slice)),
            opt_int(record.activated_at.map(mapae_types::Timestamp::unix)),
            opt_int(record.expires_at.map(mapae_types::Timestamp::unix)),
            opt_int(record.refill_from.map(mapae_types::Timestamp::unix)),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        let id = reader.id()?;
        let (person, name) = Owner(reader.text()?).parts().ok_or_else(|| reader.damaged())?;
        let state = state_of(reader.int()?).ok_or_else(|| reader.damaged())?;
        reader.opt_int()?;
        let held = reader.flag()?;
        let channel = if reader.int()? == 0 { Channel::Office } else { Channel::SignIn };
        let (urgency, applied_at, changed_at) = (reader.count()?, reader.time()?, reader.time()?);
        let reason = reader.opt_text()?.map(Pii::new);
        let (offer, grant, root) = (reader.opt_id()?, reader.opt_id()?, reader.opt_id()?);
        let device = reader.opt_array()?;
        let (activated_at, expires_at) = (reader.opt_time()?, reader.opt_time()?);
        let refill_from = reader.opt_time()?;
        let record = DocumentRecord {
            id,
            person,
            name,
            state,
            held,
            channel,
            urgency,
            applied_at,
            changed_at,
            reason,
            offer,
            grant,
            device,
            activated_at,
            expires_at,
            refill_from,
        };
        Ok(Self { record, root })
    }
}

/// Kept for good: only appended to. An index is on 1.
const STATES: [LifeState; 8] = LifeState::ALL;

fn number_of(state: LifeState) -> i64 {
    let place = STATES.iter().position(|known| *known == state);
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
}

fn state_of(number: i64) -> Option<LifeState> {
    STATES.get(usize::try_from(number).ok()?).copied()
}
