//! The store over either database: changes of documents go through one lane, questions about grants through another,
//! everything else for itself.

use core::ops::Range;
use std::time::Duration;

use mapae_document::{LifeEvent, LifeState};
use mapae_sql::{PostgresDatabase, SqliteDatabase, Swap};
use mapae_types::{DocumentName, PersonId, Pii, Timestamp};

use super::{
    Application, Applied, BeginSignIn, Changed, Committed, Deferral, Deferred, DocumentRecord, Exchange, Exchanged,
    GrantView, Imported, IssuerStore, Journal, Lease, NewBatch, NewDeferred, NewOffer, NewSignIn, NotificationEvent,
    OfferView, Offered, PushedRequest, Redeemed, Redemption, Refresh, Refreshed, RegisterRow, Revocation, StoreError,
    StoredBatch, StoredRow, Sweep, Swept, TakenSignIn,
    decide::{Answer, Ask},
    lane::Lane,
    reader::{GrantAsked, GrantReader},
    rows::{DOCUMENT, DeferredRow, Document, Offer, Stored},
    sql::{Arg, Backend, Kind, Postgres, Query, Reader, Sqlite},
    tasks::{health, publication, register, sign_in, sweep},
    writer::Writer,
};
use crate::ids::{BatchId, DeferredId, DocumentId, GrantId, IssuerId, IssuerIdKind, OfferId, SignInId};

/// The issuer's store in a database. Cheap to clone; all clones share their lanes.
#[derive(Debug, Clone)]
pub struct Store<B: Backend> {
    backend: B,
    changes: Lane<Ask, Answer>,
    grants: Lane<GrantAsked, Option<GrantView>>,
}

/// The issuer's store in a file of SQLite.
pub type SqliteIssuerStore = Store<Sqlite>;

/// The issuer's store in PostgreSQL.
pub type PostgresIssuerStore = Store<Postgres>;

impl SqliteIssuerStore {
    /// A store in a database that has the tables of [`ISSUER`](super::ISSUER). Has to be called within Tokio.
    pub fn new(database: SqliteDatabase) -> Self {
        Self::over(Sqlite::new(database))
    }
}

impl PostgresIssuerStore {
    /// A store in a database that has the tables of [`ISSUER`](super::ISSUER). Has to be called within Tokio.
    pub fn new(database: PostgresDatabase) -> Self {
        Self::over(Postgres::new(database))
    }
}

const DOCUMENT_BY_ID: &str = "SELECT {columns} FROM documents WHERE id = $1";
/// `0` is the character after `/`.
const DOCUMENTS_OF: &str = "SELECT {columns} FROM documents WHERE owner > $1 || '/' AND owner < $1 || '0' ORDER BY id";
const MOST_URGENT: &str = "SELECT {columns} FROM documents WHERE state = 1
    ORDER BY urgency DESC, applied_at, id LIMIT $1";
const WAITING: &str = "SELECT COUNT(*) FROM documents WHERE state = 1";
const OFFER_BY_ID: &str = "SELECT {columns} FROM offers WHERE id = $1";
const DEFERRED_BY_ID: &str = "SELECT {columns} FROM deferred WHERE id = $1";
const REFUSE: &str = "UPDATE deferred SET state = 2 WHERE id = $1 AND state = 0";

fn id<K: IssuerIdKind>(id: IssuerId<K>) -> Vec<Arg> {
    vec![Arg::Blob(id.as_bytes().to_vec())]
}

impl<B: Backend> Store<B> {
    fn over(backend: B) -> Self {
        let changes = Lane::open(Writer::new(backend.clone(), Duration::ZERO), B::GROUPS);
        let grants = Lane::open(GrantReader(backend.clone()), B::GROUPS);
        Self { backend, changes, grants }
    }

    /// The same whose changes take so much longer to commit, as over a quorum of distant sites. For measurements.
    #[must_use]
    pub fn delayed(self, delay: Duration) -> Self {
        Self { changes: Lane::open(Writer::new(self.backend.clone(), delay), B::GROUPS), ..self }
    }

    async fn values<V: Stored>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<V>, StoreError> {
        let rows = self.backend.select(Query::of(V::TABLE, sql, args)).await?;
        rows.into_iter().map(V::of_row).collect()
    }

    async fn value<V: Stored>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<V>, StoreError> {
        Ok(self.values(sql, args).await?.pop())
    }
}

/// An answer of the kind that belongs to the call; [`Ask::decide`] gives no other.
macro_rules! call {
    ($store:ident, $ask:expr => $kind:ident) => {
        match $store.changes.call($ask).await? {
            Answer::$kind(answer) => Ok(answer),
            _ => Err(StoreError::Closed),
        }
    };
}

impl<B: Backend> IssuerStore for Store<B> {
    async fn import(&self, name: &DocumentName, rows: Vec<RegisterRow>, at: Timestamp) -> Result<Imported, StoreError> {
        register::import(&self.backend, name, rows, at).await
    }

    async fn remove(&self, name: &DocumentName, people: &[PersonId], at: Timestamp) -> Result<u64, StoreError> {
        register::remove(&self.backend, name, people, at).await
    }

    async fn row(&self, name: &DocumentName, person: &PersonId) -> Result<Option<StoredRow>, StoreError> {
        register::row(&self.backend, name, person).await
    }

    async fn row_at(
        &self,
        name: &DocumentName,
        person: &PersonId,
        revision: u64,
    ) -> Result<Option<StoredRow>, StoreError> {
        register::row_at(&self.backend, name, person, revision).await
    }

    async fn people(
        &self,
        name: &DocumentName,
        after: Option<&PersonId>,
        limit: u32,
    ) -> Result<Vec<PersonId>, StoreError> {
        register::people(&self.backend, name, after, limit).await
    }

    async fn apply(&self, application: &Application) -> Result<Applied, StoreError> {
        call!(self, Ask::Apply(application.clone()) => Applied)
    }

    async fn offer(&self, offer: &NewOffer) -> Result<Offered, StoreError> {
        call!(self, Ask::Offer(offer.clone()) => Offered)
    }

    async fn apply_and_offer(&self, application: &Application, offer: &NewOffer) -> Result<Offered, StoreError> {
        call!(self, Ask::ApplyAndOffer(application.clone(), offer.clone()) => Offered)
    }

    async fn change(
        &self,
        document: DocumentId,
        event: LifeEvent,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        let reason = reason.map(|reason| Pii::new(reason.to_owned()));
        call!(self, Ask::Change(document, event, reason, at) => Changed)
    }

    async fn approve(&self, document: DocumentId, at: Timestamp) -> Result<Changed, StoreError> {
        call!(self, Ask::Approve(document, at) => Changed)
    }

    async fn document(&self, document: DocumentId) -> Result<Option<DocumentRecord>, StoreError> {
        Ok(self.value::<Document>(DOCUMENT_BY_ID, id(document)).await?.map(|document| document.record))
    }

    async fn documents_of(&self, person: &PersonId) -> Result<Vec<DocumentRecord>, StoreError> {
        let documents = self.values::<Document>(DOCUMENTS_OF, vec![Arg::Text(person.as_str().to_owned())]).await?;
        Ok(documents.into_iter().map(|document| document.record).collect())
    }

    async fn most_urgent(&self, limit: u32) -> Result<Vec<DocumentRecord>, StoreError> {
        let documents = self.values::<Document>(MOST_URGENT, vec![Arg::Int(limit.into())]).await?;
        Ok(documents.into_iter().map(|document| document.record).collect())
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        let count = self.backend.select(Query::giving(&[Kind::Int], WAITING, Vec::new())).await?;
        Reader::new(DOCUMENT.name, count.into_iter().next().unwrap_or_default()).count()
    }

    async fn offer_of(&self, offer: OfferId) -> Result<Option<OfferView>, StoreError> {
        let Some(offer) = self.value::<Offer>(OFFER_BY_ID, id(offer)).await? else { return Ok(None) };
        let document = self.value::<Document>(DOCUMENT_BY_ID, id(offer.document)).await?;
        Ok(document.map(|document| offer.of(&document.record)))
    }

    async fn redeem(&self, redemption: &Redemption) -> Result<Redeemed, StoreError> {
        call!(self, Ask::Redeem(redemption.clone()) => Redeemed)
    }

    async fn refresh(&self, refresh: &Refresh) -> Result<Refreshed, StoreError> {
        call!(self, Ask::Refresh(refresh.clone()) => Refreshed)
    }

    async fn grant(&self, grant: GrantId, now: Timestamp) -> Result<Option<GrantView>, StoreError> {
        self.grants.call((grant, now)).await
    }

    async fn push(&self, sign_in: &NewSignIn) -> Result<(), StoreError> {
        sign_in::push(&self.backend, sign_in).await
    }

    async fn begin_sign_in(&self, begin: &BeginSignIn) -> Result<Option<PushedRequest>, StoreError> {
        sign_in::begin(&self.backend, begin).await
    }

    async fn take_sign_in(&self, sign_in: SignInId, now: Timestamp) -> Result<Option<TakenSignIn>, StoreError> {
        sign_in::take(&self.backend, sign_in, now).await
    }

    async fn signed_in(
        &self,
        sign_in: SignInId,
        person: &PersonId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<PushedRequest>, StoreError> {
        sign_in::signed_in(&self.backend, sign_in, person, expires_at, now).await
    }

    async fn exchange(&self, exchange: &Exchange) -> Result<Exchanged, StoreError> {
        call!(self, Ask::Exchange(exchange.clone()) => Exchanged)
    }

    async fn reserve_numbers(&self, count: u32) -> Result<Range<u64>, StoreError> {
        publication::reserve(&self.backend, count).await
    }

    async fn batch(&self, batch: BatchId) -> Result<Option<StoredBatch>, StoreError> {
        publication::batch(&self.backend, batch).await
    }

    async fn batches(&self, document: DocumentId) -> Result<Vec<StoredBatch>, StoreError> {
        publication::batches_of(&self.backend, document).await
    }

    async fn commit(&self, batch: NewBatch) -> Result<Committed, StoreError> {
        batch.even()?;
        call!(self, Ask::Commit(Box::new(batch)) => Committed)
    }

    async fn acknowledge(
        &self,
        batch: BatchId,
        event: NotificationEvent,
        _at: Timestamp,
    ) -> Result<Option<StoredBatch>, StoreError> {
        call!(self, Ask::Acknowledge(batch, event) => Acknowledged)
    }

    async fn defer(&self, deferred: &NewDeferred) -> Result<Deferral, StoreError> {
        call!(self, Ask::Defer(deferred.clone()) => Deferred)
    }

    async fn deferred(&self, deferred: DeferredId) -> Result<Option<Deferred>, StoreError> {
        let deferred = self.value::<DeferredRow>(DEFERRED_BY_ID, id(deferred)).await?;
        Ok(deferred.map(|row| row.deferred))
    }

    async fn refuse_deferred(&self, deferred: DeferredId) -> Result<Swap, StoreError> {
        publication::swap(&self.backend, Query::new(REFUSE, id(deferred))).await
    }

    async fn revoked(&self, after: u64, limit: u32) -> Result<Vec<Revocation>, StoreError> {
        publication::revoked(&self.backend, after, limit).await
    }

    async fn cover(&self, list: u64) -> Result<u32, StoreError> {
        publication::cover(&self.backend, list).await
    }

    async fn set_cover(&self, list: u64, before: u32, after: u32) -> Result<Swap, StoreError> {
        publication::set_cover(&self.backend, list, before, after).await
    }

    async fn journal(&self, span: Range<Timestamp>) -> Result<Journal, StoreError> {
        publication::journal(&self.backend, span).await
    }

    async fn lease(&self, lease: &Lease) -> Result<Swap, StoreError> {
        publication::lease(&self.backend, lease).await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<Swept, StoreError> {
        let (rows, more) = sweep::sweep(&self.backend, sweep).await?;
        let ending = sweep::ending(&self.backend, sweep.now, sweep.limit).await?;
        let more = more || ending.len() as u64 >= sweep.limit.into();
        let mut expired = 0;
        for document in ending {
            let changed = self.change(document, LifeEvent::Expire, None, sweep.now).await?;
            expired += u64::from(matches!(changed, Changed::Done(record) if record.state == LifeState::Expired));
        }
        Ok(Swept { rows, expired, more })
    }

    async fn probe(&self, bytes: u32, at: Timestamp) -> Result<(), StoreError> {
        health::probe(&self.backend, bytes, at).await
    }
}
