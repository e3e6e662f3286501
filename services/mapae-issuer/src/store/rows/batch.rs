//! Batches, and requests that are answered later.

use core::ops::Range;

use mapae_crypto::sha256_of;
use mapae_types::Timestamp;

use super::{Blob, Int, StoreError, Stored, Text};
use crate::{
    ids::{BatchId, DeferredId, DocumentId, GrantId},
    store::{
        BatchSummary, Deferred, DeferredState, JournalLeaf, NewBatch, NotificationEvent, StoredBatch,
        sql::{Cell, Kind, Reader, Row, Table, blob, int, number, opt_blob, opt_int, text},
    },
};

pub(in crate::store) static BATCH: Table = Table {
    name: "batches",
    columns: &[
        ("id", Blob),
        ("document", Blob),
        ("grant_id", Blob),
        ("configuration", Text),
        ("keys", Blob),
        ("thumbprints", Blob),
        ("seed", Blob),
        ("first_number", Int),
        ("copies", Int),
        ("hashes", Blob),
        ("revision", Int),
        ("memo", Blob),
        ("valid_until", Int),
        ("made_at", Int),
        ("notified", Int),
        ("revoked", Int),
    ],
};

/// The same, as far as a notification changes it.
pub(in crate::store) static NOTIFIED: Table = Table { name: "batches", columns: &[("id", Blob), ("notified", Int)] };

/// Columns of a [`BatchSummary`], after the grant's id.
pub(in crate::store) const SUMMARY: &[Kind] = &[Blob, Blob, Text, Blob, Int];

pub(in crate::store) static DEFERRED: Table = Table {
    name: "deferred",
    columns: &[
        ("id", Blob),
        ("grant_id", Blob),
        ("configuration", Text),
        ("keys", Blob),
        ("request", Blob),
        ("made_at", Int),
        ("state", Int),
        ("batch", Blob),
    ],
};

/// A batch that is new.
#[derive(Debug)]
pub(in crate::store) struct BatchRow {
    pub(in crate::store) document: DocumentId,
    pub(in crate::store) new: NewBatch,
    /// Whether its document lost its copies in the same transaction.
    pub(in crate::store) revoked_at: Option<Timestamp>,
}

/// A request that is answered later, with what tells it from another.
#[derive(Debug, Clone)]
pub(in crate::store) struct DeferredRow {
    pub(in crate::store) deferred: Deferred,
    pub(in crate::store) keys: [u8; 32],
}

impl BatchRow {
    pub(in crate::store) fn to_row(&self) -> Result<Row, StoreError> {
        let new = &self.new;
        Ok(vec![
            blob(new.id.as_bytes()),
            blob(self.document.as_bytes()),
            blob(new.grant.as_bytes()),
            text(&new.configuration),
            blob(&new.keys),
            Cell::Blob(new.thumbprints.concat()),
            blob(&new.seed),
            int(number(new.numbers.start)?),
            int(number(new.numbers.end - new.numbers.start)?),
            Cell::Blob(new.hashes.concat()),
            int(number(new.revision)?),
            blob(&new.memo),
            int(new.valid_until.unix()),
            int(new.at.unix()),
            Cell::Null,
            int(self.revoked_at.is_some().into()),
        ])
    }

    /// What the list of revocations has of it, but for its place there.
    pub(in crate::store) fn revocation(&self) -> Result<Option<Row>, StoreError> {
        let Some(at) = self.revoked_at else { return Ok(None) };
        let Range { start, end } = self.new.numbers;
        let until = self.new.valid_until.unix();
        Ok(Some(vec![int(number(start)?), int(number(end - start)?), int(until), int(at.unix())]))
    }

    pub(in crate::store) fn summary(&self) -> BatchSummary {
        let copies = u32::try_from(self.new.numbers.end - self.new.numbers.start).unwrap_or(u32::MAX);
        let configuration = self.new.configuration.clone();
        BatchSummary { id: self.new.id, configuration, keys: Some(self.new.keys), copies }
    }
}

/// A row of [`BATCH`].
pub(in crate::store) fn stored(row: Row) -> Result<StoredBatch, StoreError> {
    let mut reader = Reader::new("batches", row);
    let (id, document, grant, configuration) = (reader.id()?, reader.id()?, reader.id()?, reader.text()?);
    let (keys, thumbprints, seed) = (reader.opt_array()?, reader.hashes()?, reader.opt_array()?);
    let (first, copies): (u64, u64) = (reader.count()?, reader.count()?);
    Ok(StoredBatch {
        id,
        document,
        grant,
        configuration,
        keys,
        thumbprints,
        seed,
        numbers: first..first.saturating_add(copies),
        hashes: reader.hashes()?,
        revision: reader.count()?,
        memo: reader.bytes()?,
        valid_until: reader.time()?,
        at: reader.time()?,
        notified: reader.opt_int()?.map(|event| match event {
            0 => NotificationEvent::Accepted,
            1 => NotificationEvent::Failure,
            _ => NotificationEvent::Deleted,
        }),
        revoked: reader.flag()?,
    })
}

/// What [`NOTIFIED`] keeps of an event.
pub(in crate::store) fn notified(batch: BatchId, event: NotificationEvent) -> Row {
    let event = match event {
        NotificationEvent::Accepted => 0,
        NotificationEvent::Failure => 1,
        NotificationEvent::Deleted => 2,
    };
    vec![blob(batch.as_bytes()), int(event)]
}

/// A row of [`SUMMARY`]: the grant, and what it made.
pub(in crate::store) fn summary(row: Row) -> Result<(GrantId, BatchSummary), StoreError> {
    let mut reader = Reader::new("batches", row);
    let grant = reader.id()?;
    let (id, configuration) = (reader.id()?, reader.text()?);
    Ok((grant, BatchSummary { id, configuration, keys: reader.opt_array()?, copies: reader.count()? }))
}

/// What the journal has of a batch: all that was committed, but for keys and seeds, which are deleted.
pub(in crate::store) fn journal_leaf(batch: &StoredBatch) -> JournalLeaf {
    let configuration = batch.configuration.as_bytes();
    let hash = sha256_of(&[
        b"mapae-journal-1",
        batch.id.as_bytes(),
        batch.document.as_bytes(),
        &(configuration.len() as u64).to_be_bytes(),
        configuration,
        &batch.numbers.start.to_be_bytes(),
        &batch.numbers.end.to_be_bytes(),
        &batch.at.unix().to_be_bytes(),
        &batch.valid_until.unix().to_be_bytes(),
        &batch.hashes.concat(),
    ]);
    JournalLeaf { batch: batch.id, hash }
}

impl DeferredRow {
    pub(in crate::store) const fn id(&self) -> DeferredId {
        self.deferred.id
    }
}

impl Stored for DeferredRow {
    const TABLE: &'static Table = &DEFERRED;

    fn to_row(&self) -> Result<Row, StoreError> {
        let (state, batch) = match &self.deferred.state {
            DeferredState::Waiting => (0, None),
            DeferredState::Issued(batch) => (1, Some(batch)),
            DeferredState::Refused => (2, None),
        };
        Ok(vec![
            blob(self.deferred.id.as_bytes()),
            blob(self.deferred.grant.as_bytes()),
            text(&self.deferred.configuration),
            blob(&self.keys),
            blob(&self.deferred.request),
            int(self.deferred.at.unix()),
            opt_int(Some(state)),
            opt_blob(batch.map(|batch| batch.as_bytes().as_slice())),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        let (id, grant, configuration) = (reader.id()?, reader.id()?, reader.text()?);
        let (keys, request, at) = (reader.array()?, reader.bytes()?, reader.time()?);
        let state = match (reader.int()?, reader.opt_id()?) {
            (0, _) => DeferredState::Waiting,
            (1, Some(batch)) => DeferredState::Issued(batch),
            _ => DeferredState::Refused,
        };
        Ok(Self { keys, deferred: Deferred { id, grant, configuration, request, at, state } })
    }
}
