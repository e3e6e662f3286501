//! What a verifier must not lose, nor keep: one trait, kept by SQLite and by PostgreSQL (design D12).
//!
//! A session goes from waiting to fetched to done, each step by compare-and-swap (peers' holes 8 and 10), and each durable
//! when the call returns `Ok`. Of two posts of one answer, on whatever replica, the result of one is [`Finish::Done`].
//!
//! An answer itself is not kept: it is judged as it comes, and what came of it is noted before the wallet is thanked. If the
//! replica dies before that, the session is as it was, and the wallet may answer again.
//!
//! Left out: what is in the sealed columns, which is the service's.

mod both;
mod group;
pub(crate) mod openid;
mod postgres;
mod row;
mod rows;
mod sqlite;
mod steps;
mod together;

use core::future::Future;

use mapae_sql::{Component, SqlError, Swap};
use mapae_types::Timestamp;

use crate::ids::{Lookup, SessionId};

pub use mapae_sql::{Address, Database};

/// Rows that one [`SessionStore::sweep`] does away with at most, of each kind.
pub(crate) const SWEPT_AT_ONCE: u64 = both::SWEPT_AT_ONCE.unsigned_abs();

pub use openid::{Kept, Named, OpenIdStore, Thing};
pub use postgres::PostgresSessionStore;
pub use sqlite::SqliteSessionStore;

/// The tables of a verifier.
pub const VERIFIER: Component = Component {
    name: "verifier",
    sqlite: &[include_str!("schema/verifier.sqlite.sql"), include_str!("schema/openid.sqlite.sql")],
    postgres: &[include_str!("schema/verifier.postgres.sql"), include_str!("schema/openid.postgres.sql")],
};

/// How the wallet is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flow {
    /// On the device of the page that asks; the result is for the browser that the wallet sends back.
    SameDevice,
    /// By a QR code on another screen.
    CrossDevice,
    /// By the Digital Credentials API of the browser that the page is in.
    Browser,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No wallet has asked for the request.
    Waiting,
    /// One has.
    Fetched,
    /// There is a result.
    Done,
    /// Nobody answered in time.
    Expired,
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The name of the API key by which it was begun.
    pub owner: String,
    /// The end of the address of its request.
    pub request: Lookup,
    /// The end of the address of its answer.
    pub response: Lookup,
    /// How the wallet is reached.
    pub flow: Flow,
    /// What it waits with, sealed.
    pub context: Vec<u8>,
    /// Until when a wallet may answer.
    pub expires_at: Timestamp,
    /// When the row is deleted, if nobody answers.
    pub keep_until: Timestamp,
}

impl NewSession {
    /// As it is kept, but for what it waits with.
    pub(crate) fn begun(self) -> Session {
        let Self { id, owner, response, flow, expires_at, .. } = self;
        Session {
            id,
            owner,
            response,
            flow,
            state: State::Waiting,
            expires_at,
            context: None,
            result: None,
            code: None,
        }
    }
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The name of the API key by which it was begun.
    pub owner: String,
    /// The end of the address of its answer.
    pub response: Lookup,
    /// How the wallet is reached.
    pub flow: Flow,
    /// Where it stands.
    pub state: State,
    /// Until when a wallet may answer.
    pub expires_at: Timestamp,
    /// What it waits with, sealed; until there is a result.
    pub context: Option<Vec<u8>>,
    /// The result, sealed; until it is delivered.
    pub result: Option<Vec<u8>>,
    /// What the browser that the wallet sends back has to show.
    pub code: Option<Lookup>,
}

/// What became of asking for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is this wallet's.
    Done {
        /// Of which session.
        id: SessionId,
        /// The end of the address of its answer.
        response: Lookup,
    },
    /// Another was faster, or the same without a nonce.
    Taken,
    /// The time is over.
    Expired,
    /// There is none, or no longer.
    Unknown,
}

/// Whether an answer is the one of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It is.
    Done,
    /// Another was.
    Taken,
    /// The request was never fetched, so nobody can have made an answer to it.
    NotFetched,
    /// The time is over.
    Expired,
    /// There is no such session, or no longer.
    Unknown,
}

impl Finish {
    /// What would become of an answer that comes to a session as it stands.
    pub fn of(session: &Session, at: Timestamp) -> Self {
        match session.state {
            State::Done => Self::Taken,
            State::Expired => Self::Expired,
            _ if session.expires_at <= at => Self::Expired,
            State::Waiting => Self::NotFetched,
            State::Fetched => Self::Done,
        }
    }
}

/// A result, and what is to be told of it.
#[derive(Debug, Clone)]
pub struct Finished {
    /// When the answer came.
    pub at: Timestamp,
    /// Sealed.
    pub result: Vec<u8>,
    /// What the browser that the wallet sends back has to show.
    pub code: Option<Lookup>,
    /// When the row is deleted, if nobody asks for the result.
    pub keep_until: Timestamp,
    /// The webhook.
    pub message: Option<NewMessage>,
}

/// The id of a webhook's message, the same at every attempt.
pub type MessageId = [u8; 16];

/// A webhook to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Its body, sealed.
    pub body: Vec<u8>,
    /// When it is first sent.
    pub next_at: Timestamp,
    /// Until when that is tried.
    pub keep_until: Timestamp,
}

/// A webhook that is this replica's to send for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Of which session.
    pub session: SessionId,
    /// Its body, sealed.
    pub body: Vec<u8>,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

/// How many rows were done away with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Sessions that nobody answered in time.
    pub expired: u64,
    /// Sessions that are no longer kept.
    pub deleted: u64,
    /// Webhooks that nobody took in time.
    pub given_up: u64,
}

/// What a verifier keeps.
pub trait SessionStore: Clone + Send + Sync + 'static {
    /// Begins a session.
    fn begin(&self, new: &NewSession) -> impl Future<Output = Result<(), SqlError>> + Send;

    /// A session by its id.
    fn session(&self, id: SessionId) -> impl Future<Output = Result<Option<Session>, SqlError>> + Send;

    /// Gives the request to one wallet: the first, and that same one again if it has a nonce by which it is known.
    fn fetch(
        &self,
        request: Lookup,
        nonce: Option<Lookup>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Fetched, SqlError>> + Send;

    /// The session to whose answer that address belongs.
    fn awaiting(&self, response: Lookup) -> impl Future<Output = Result<Option<Session>, SqlError>> + Send;

    /// Notes the result of an answer, with its webhook: of one answer, to a request that was given out, in time.
    fn finish(&self, id: SessionId, finished: &Finished) -> impl Future<Output = Result<Finish, SqlError>> + Send;

    /// The result is delivered: it is kept until then at most. `forget`: it is not kept at all.
    fn delivered(
        &self,
        id: SessionId,
        keep_until: Timestamp,
        forget: bool,
    ) -> impl Future<Output = Result<(), SqlError>> + Send;

    /// Deletes a session and what was to be told of it. [`Swap::Lost`]: there is none.
    fn delete(&self, id: SessionId) -> impl Future<Output = Result<Swap, SqlError>> + Send;

    /// Webhooks that are due; they are the caller's until `lease_until`.
    fn due(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> impl Future<Output = Result<Vec<Message>, SqlError>> + Send;

    /// A webhook was taken.
    fn sent(&self, id: MessageId) -> impl Future<Output = Result<(), SqlError>> + Send;

    /// It was not; it is tried again then.
    fn postpone(&self, id: MessageId, next_at: Timestamp) -> impl Future<Output = Result<(), SqlError>> + Send;

    /// Does away with what is over, a bounded number of rows.
    fn sweep(&self, now: Timestamp) -> impl Future<Output = Result<Swept, SqlError>> + Send;

    /// Writes so many bytes and reads them back.
    fn probe(&self, bytes: &[u8]) -> impl Future<Output = Result<(), SqlError>> + Send;
}
