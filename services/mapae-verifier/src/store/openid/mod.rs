//! What the OpenID provider must not lose, nor keep: things with a name, of which each is good once. One trait, kept by
//! SQLite and by PostgreSQL.
//!
//! Whatever is good once is marked as used by compare-and-swap (peers' holes 8 and 10): of two who bring one code, on
//! whatever replica, one is told [`Swap::Done`].
//!
//! Left out: what is in the sealed records, which is the service's.

mod both;

use core::future::Future;

use mapae_sql::{SqlError, Swap};
use mapae_types::Timestamp;

pub(crate) use both::openid_store;

/// What something with a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thing {
    /// A sign-in, by its id.
    Login,
    /// A pushed request, by the hash of its address.
    Pushed,
    /// A code, by its hash.
    Code,
    /// An access token, by its hash.
    Access,
    /// An assertion of a client, by the hash of its name.
    Assertion,
    /// A key that signs, by its number.
    Key,
}

/// Something that is kept from now on.
#[derive(Debug, Clone)]
pub struct Named {
    /// What it is.
    pub thing: Thing,
    /// Its name.
    pub name: Vec<u8>,
    /// The sign-in that it came of.
    pub login: Option<[u8; 16]>,
    /// Sealed.
    pub record: Option<Vec<u8>>,
    /// When it is deleted.
    pub keep_until: Timestamp,
}

/// Something as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: Vec<u8>,
    /// Sealed; until it is used, where it is of no use afterwards.
    pub record: Option<Vec<u8>>,
    /// Whether it was used.
    pub used: bool,
}

/// What an OpenID provider keeps. Each call is durable when it returns `Ok`.
pub trait OpenIdStore: Clone + Send + Sync + 'static {
    /// Keeps something. [`Swap::Lost`]: there is one of that name.
    fn keep(&self, new: &Named) -> impl Future<Output = Result<Swap, SqlError>> + Send;

    /// Something by its name.
    fn kept(&self, thing: Thing, name: &[u8]) -> impl Future<Output = Result<Option<Kept>, SqlError>> + Send;

    /// Everything of a kind.
    fn all(&self, thing: Thing) -> impl Future<Output = Result<Vec<Kept>, SqlError>> + Send;

    /// Marks something as used. [`Swap::Lost`]: it was, or is not there.
    fn spend(&self, thing: Thing, name: &[u8]) -> impl Future<Output = Result<Swap, SqlError>> + Send;

    /// The same, which forgets its record, and keeps what comes of it: both, or nothing.
    fn exchange(
        &self,
        thing: Thing,
        name: &[u8],
        new: Option<&Named>,
    ) -> impl Future<Output = Result<Swap, SqlError>> + Send;

    /// Keeps an access token for a code that was used once. [`Swap::Lost`]: it was used again in the meantime, or what it
    /// gave was withdrawn.
    fn grant(&self, code: &[u8], access: &Named) -> impl Future<Output = Result<Swap, SqlError>> + Send;

    /// Withdraws the access tokens of a sign-in, and those that its code could still give.
    fn withdraw(&self, login: [u8; 16]) -> impl Future<Output = Result<(), SqlError>> + Send;

    /// Does away with what is over, a bounded number of rows; how many.
    fn sweep_openid(&self, now: Timestamp) -> impl Future<Output = Result<u64, SqlError>> + Send;
}

impl Thing {
    const fn number(self) -> i64 {
        match self {
            Self::Login => 0,
            Self::Pushed => 1,
            Self::Code => 2,
            Self::Access => 3,
            Self::Assertion => 4,
            Self::Key => 5,
        }
    }
}

/// The kind's number, for a query.
pub(super) const fn number(thing: Thing) -> i64 {
    thing.number()
}

/// A row: name, record, used.
pub(super) type NamedRow = (Vec<u8>, Option<Vec<u8>>, i64);

pub(super) fn kept((name, record, used): NamedRow) -> Kept {
    Kept { name, record, used: used != 0 }
}
