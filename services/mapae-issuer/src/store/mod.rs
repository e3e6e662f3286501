//! What the issuer must not lose: one trait, kept by SQLite and by PostgreSQL (design D12).
//!
//! Every change is one transaction, durable when the call returns `Ok`. Of several who want the same one gets it; the
//! others get an outcome that says so. Calls that come at the same time share a transaction, and none fails by another's
//! fault. After [`StoreError::Sql`] from a change nobody knows whether it stands: ask again, every change may be repeated.
//!
//! Nothing here is a secret. Codes and tokens are ids with a tag that [`Seal`](crate::seal::Seal) makes and checks before
//! the store is asked; transaction codes are kept as tags, nonces as hashes.
//!
//! - A [`DocumentRecord`] is all that one device may have of a document. A person has one pending and one live document
//!   of each name at most; a document has one newest offer and one newest grant, and older ones are good for nothing.
//! - Copies are only counted. A batch is one row with the range of its numbers; lists are made of ranges at publication.
//!
//! Left out: whether a person may have a document, and when ([`mapae_document`]); lists and indices.

mod decide;
mod domain;
mod engine;
mod error;
mod lane;
mod reader;
mod rows;
mod sql;
mod tasks;
mod world;
mod writer;

use core::{future::Future, ops::Range};

use mapae_document::LifeEvent;
use mapae_sql::Component;
use mapae_types::{DocumentName, Duration, PersonId, Timestamp};

pub use domain::*;
pub use engine::{PostgresIssuerStore, SqliteIssuerStore, Store};
pub use error::StoreError;
pub use mapae_sql::{Address, Party, SqlError, Swap};

use crate::ids::{BatchId, DeferredId, DocumentId, GrantId, OfferId, SignInId};

/// The issuer's tables.
pub const ISSUER: Component = Component {
    name: "issuer",
    sqlite: &[include_str!("schema/issuer.sqlite.sql")],
    postgres: &[include_str!("schema/issuer.postgres.sql")],
};

/// For how long a token request may be repeated (design D10).
pub const REPEAT: Duration = Duration::seconds(60);

/// What the issuer keeps.
pub trait IssuerStore: Send + Sync + 'static {
    /// Takes in rows of a document's register. A removed row that comes again counts as added.
    fn import(
        &self,
        name: &DocumentName,
        rows: Vec<RegisterRow>,
        at: Timestamp,
    ) -> impl Future<Output = Result<Imported, StoreError>> + Send;

    /// Takes rows out of a register; how many of them were in it.
    fn remove(
        &self,
        name: &DocumentName,
        people: &[PersonId],
        at: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// A row of a register.
    fn row(
        &self,
        name: &DocumentName,
        person: &PersonId,
    ) -> impl Future<Output = Result<Option<StoredRow>, StoreError>> + Send;

    /// A row as it was: its last two revisions are kept, also of one that was removed, until it is swept.
    fn row_at(
        &self,
        name: &DocumentName,
        person: &PersonId,
        revision: u64,
    ) -> impl Future<Output = Result<Option<StoredRow>, StoreError>> + Send;

    /// People of a register in the order of their ids, after one of them: a page.
    fn people(
        &self,
        name: &DocumentName,
        after: Option<&PersonId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<PersonId>, StoreError>> + Send;

    /// Begins a document.
    fn apply(&self, application: &Application) -> impl Future<Output = Result<Applied, StoreError>> + Send;

    /// Offers a document. Takes the place of an offer that came to nothing.
    fn offer(&self, offer: &NewOffer) -> impl Future<Output = Result<Offered, StoreError>> + Send;

    /// Both at once, of a person who stands before the clerk; a document that is on its way already is the one offered,
    /// and told by [`OfferView::document`].
    fn apply_and_offer(
        &self,
        application: &Application,
        offer: &NewOffer,
    ) -> impl Future<Output = Result<Offered, StoreError>> + Send;

    /// Lets something happen to a document: [`LifeEvent::Identify`], `Suspend`, `Resume`, `Revoke` or `Expire`; others
    /// come of the calls that are named after them. Copies that the event revokes are revoked in the same transaction.
    fn change(
        &self,
        document: DocumentId,
        event: LifeEvent,
        reason: Option<&str>,
        at: Timestamp,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;

    /// Ends the wait of a document that was [held](Application::held).
    fn approve(&self, document: DocumentId, at: Timestamp) -> impl Future<Output = Result<Changed, StoreError>> + Send;

    /// A document.
    fn document(&self, document: DocumentId)
    -> impl Future<Output = Result<Option<DocumentRecord>, StoreError>> + Send;

    /// All documents that a person has or had.
    fn documents_of(&self, person: &PersonId) -> impl Future<Output = Result<Vec<DocumentRecord>, StoreError>> + Send;

    /// Identified documents that wait for an offer: the most urgent first, then who came first.
    fn most_urgent(&self, limit: u32) -> impl Future<Output = Result<Vec<DocumentRecord>, StoreError>> + Send;

    /// How many wait for an offer.
    fn waiting(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// An offer.
    fn offer_of(&self, offer: OfferId) -> impl Future<Output = Result<Option<OfferView>, StoreError>> + Send;

    /// Makes a grant of an offer. Of two phones one gets it; the same one may ask again for a while.
    fn redeem(&self, redemption: &Redemption) -> impl Future<Output = Result<Redeemed, StoreError>> + Send;

    /// Makes another grant of a document that has copies (refill). Only the newest grant of a document commits.
    fn refresh(&self, refresh: &Refresh) -> impl Future<Output = Result<Refreshed, StoreError>> + Send;

    /// A grant that has not expired, its document, its person's row and what it made.
    fn grant(
        &self,
        grant: GrantId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<GrantView>, StoreError>> + Send;

    /// Keeps a pushed request.
    fn push(&self, sign_in: &NewSignIn) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Spends a request URI.
    fn begin_sign_in(
        &self,
        begin: &BeginSignIn,
    ) -> impl Future<Output = Result<Option<PushedRequest>, StoreError>> + Send;

    /// Spends the `state` with which the browser came back.
    fn take_sign_in(
        &self,
        sign_in: SignInId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<TakenSignIn>, StoreError>> + Send;

    /// Says who the citizen is; from now on the authorization code is good until `expires_at`. Once.
    fn signed_in(
        &self,
        sign_in: SignInId,
        person: &PersonId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<PushedRequest>, StoreError>> + Send;

    /// Makes a grant of an authorization code, and of the person's pending document or a new one an offered one.
    fn exchange(&self, exchange: &Exchange) -> impl Future<Output = Result<Exchanged, StoreError>> + Send;

    /// Numbers for so many copies, which nobody else gets. They need not be used.
    fn reserve_numbers(&self, count: u32) -> impl Future<Output = Result<Range<u64>, StoreError>> + Send;

    /// A batch.
    fn batch(&self, batch: BatchId) -> impl Future<Output = Result<Option<StoredBatch>, StoreError>> + Send;

    /// The batches of a document, the oldest first.
    fn batches(&self, document: DocumentId) -> impl Future<Output = Result<Vec<StoredBatch>, StoreError>> + Send;

    /// Commits a batch, whose copies may be signed after it. The first one activates the document, and replaces the one
    /// that another device of the person has (design D9), all in one transaction.
    fn commit(&self, batch: NewBatch) -> impl Future<Output = Result<Committed, StoreError>> + Send;

    /// Keeps what the wallet says of a batch; nothing if there is no such batch. What it said last counts.
    fn acknowledge(
        &self,
        batch: BatchId,
        event: NotificationEvent,
        at: Timestamp,
    ) -> impl Future<Output = Result<Option<StoredBatch>, StoreError>> + Send;

    /// Keeps a request that is to be answered later.
    fn defer(&self, deferred: &NewDeferred) -> impl Future<Output = Result<Deferral, StoreError>> + Send;

    /// Such a request.
    fn deferred(&self, deferred: DeferredId) -> impl Future<Output = Result<Option<Deferred>, StoreError>> + Send;

    /// Settles such a request without copies. [`Swap::Lost`]: it was settled before, or there is none.
    /// [`IssuerStore::commit`] settles it with copies.
    fn refuse_deferred(&self, deferred: DeferredId) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// Revocations after the `after`-th, in their order: a page.
    fn revoked(&self, after: u64, limit: u32) -> impl Future<Output = Result<Vec<Revocation>, StoreError>> + Send;

    /// How many entries of a list are revoked as cover.
    fn cover(&self, list: u64) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// Moves that count, if it still is `before`.
    fn set_cover(&self, list: u64, before: u32, after: u32) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// What was issued from `span.start` until before `span.end`.
    fn journal(&self, span: Range<Timestamp>) -> impl Future<Output = Result<Journal, StoreError>> + Send;

    /// Takes or prolongs a task. [`Swap::Lost`]: another holds it.
    fn lease(&self, lease: &Lease) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// Forgets what has expired, and ends documents whose last day is over.
    fn sweep(&self, sweep: Sweep) -> impl Future<Output = Result<Swept, StoreError>> + Send;

    /// Writes so many bytes durably and reads them again: what a health check asks.
    fn probe(&self, bytes: u32, at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}
