//! Grants.

use mapae_types::Timestamp;

use super::{Blob, Int, StoreError, Stored, Text};
use crate::{
    ids::{DocumentId, GrantId},
    store::{
        DocumentRecord, Grant, GrantKind,
        sql::{Reader, Row, Table, blob, int, opt_text},
    },
};

pub(in crate::store) static GRANT: Table = Table {
    name: "grants",
    columns: &[
        ("id", Blob),
        ("root", Blob),
        ("document", Blob),
        ("jkt", Blob),
        ("client_id", Text),
        ("copies", Int),
        ("kind", Int),
        ("made_at", Int),
        ("expires_at", Int),
        ("keep_until", Int),
    ],
};

/// A grant, whose person and name are its document's.
#[derive(Debug, Clone)]
pub(in crate::store) struct GrantRow {
    pub(in crate::store) id: GrantId,
    pub(in crate::store) root: GrantId,
    pub(in crate::store) document: DocumentId,
    pub(in crate::store) jkt: [u8; 32],
    pub(in crate::store) client_id: Option<String>,
    pub(in crate::store) copies: u32,
    pub(in crate::store) kind: GrantKind,
    pub(in crate::store) at: Timestamp,
    pub(in crate::store) expires_at: Timestamp,
    /// A root is kept for refills, as long as its document's device may ask for some.
    pub(in crate::store) keep_until: Timestamp,
}

impl GrantRow {
    /// The grant, with what its document says.
    pub(in crate::store) fn of(&self, document: &DocumentRecord) -> Grant {
        Grant {
            id: self.id,
            root: self.root,
            document: self.document,
            person: document.person.clone(),
            name: document.name.clone(),
            jkt: self.jkt,
            client_id: self.client_id.clone(),
            copies: self.copies,
            kind: self.kind,
            at: self.at,
            expires_at: self.expires_at,
        }
    }
}

impl Stored for GrantRow {
    const TABLE: &'static Table = &GRANT;

    fn to_row(&self) -> Result<Row, StoreError> {
        let kind = match self.kind {
            GrantKind::PreAuthorized => 0,
            GrantKind::Authorization => 1,
            GrantKind::Refill => 2,
        };
        Ok(vec![
            blob(self.id.as_bytes()),
            blob(self.root.as_bytes()),
            blob(self.document.as_bytes()),
            blob(&self.jkt),
            opt_text(self.client_id.as_deref()),
            int(self.copies.into()),
            int(kind),
            int(self.at.unix()),
            int(self.expires_at.unix()),
            int(self.keep_until.unix()),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.id()?,
            root: reader.id()?,
            document: reader.id()?,
            jkt: reader.array()?,
            client_id: reader.opt_text()?,
            copies: reader.count()?,
            kind: match reader.int()? {
                0 => GrantKind::PreAuthorized,
                1 => GrantKind::Authorization,
                _ => GrantKind::Refill,
            },
            at: reader.time()?,
            expires_at: reader.time()?,
            keep_until: reader.time()?,
        })
    }
}
