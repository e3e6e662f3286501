//! What publication asks of the store.

use core::{future::Future, ops::Range};

use mapae_sql::Swap;
use mapae_types::Timestamp;

use crate::store::{IssuerStore, Journal, Lease, Revocation, StoreError};

/// The part of [`IssuerStore`] that publication asks, so that it can be tried without the rest.
pub trait PublicationStore: Send + Sync {
    /// [`IssuerStore::reserve_numbers`].
    fn reserve_numbers(&self, count: u32) -> impl Future<Output = Result<Range<u64>, StoreError>> + Send;

    /// [`IssuerStore::revoked`].
    fn revoked(&self, after: u64, limit: u32) -> impl Future<Output = Result<Vec<Revocation>, StoreError>> + Send;

    /// [`IssuerStore::cover`].
    fn cover(&self, list: u64) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// [`IssuerStore::set_cover`].
    fn set_cover(&self, list: u64, before: u32, after: u32) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// [`IssuerStore::journal`].
    fn journal(&self, span: Range<Timestamp>) -> impl Future<Output = Result<Journal, StoreError>> + Send;

    /// [`IssuerStore::lease`].
    fn lease(&self, lease: &Lease) -> impl Future<Output = Result<Swap, StoreError>> + Send;
}

impl<S: IssuerStore> PublicationStore for S {
    fn reserve_numbers(&self, count: u32) -> impl Future<Output = Result<Range<u64>, StoreError>> + Send {
        IssuerStore::reserve_numbers(self, count)
    }

    fn revoked(&self, after: u64, limit: u32) -> impl Future<Output = Result<Vec<Revocation>, StoreError>> + Send {
        IssuerStore::revoked(self, after, limit)
    }

    fn cover(&self, list: u64) -> impl Future<Output = Result<u32, StoreError>> + Send {
        IssuerStore::cover(self, list)
    }

    fn set_cover(&self, list: u64, before: u32, after: u32) -> impl Future<Output = Result<Swap, StoreError>> + Send {
        IssuerStore::set_cover(self, list, before, after)
    }

    fn journal(&self, span: Range<Timestamp>) -> impl Future<Output = Result<Journal, StoreError>> + Send {
        IssuerStore::journal(self, span)
    }

    fn lease(&self, lease: &Lease) -> impl Future<Output = Result<Swap, StoreError>> + Send {
        IssuerStore::lease(self, lease)
    }
}
