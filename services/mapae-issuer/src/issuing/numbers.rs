//! Copy numbers, and the status entries that they stand for (design D6).
//!
//! Numbers are reserved in blocks, one write to the store for each: no issuance waits for another's. A crash wastes what
//! is left of a block.

use core::ops::Range;
use std::sync::{Mutex, PoisonError};

use mapae_status_list::{Allocation, IndexAllocator};
use mapae_types::StatusReference;

use crate::store::{IssuerStore, StoreError};

/// Numbers reserved at once.
const BLOCK: u32 = 8192;

/// Numbers that no copy ever had.
pub(crate) struct Numbers {
    free: tokio::sync::Mutex<Range<u64>>,
    allocator: Mutex<IndexAllocator>,
    /// Where lists are published, up to their number.
    prefix: String,
}

impl Numbers {
    /// Under the key that permutes indices; lists are published at `<base>/status/<number>`.
    pub(crate) fn new(status_index_key: [u8; 32], base_url: &str) -> Self {
        let allocator = Mutex::new(IndexAllocator::new(status_index_key));
        let prefix = format!("{}/status/", base_url.trim_end_matches('/'));
        Self { free: tokio::sync::Mutex::new(0..0), allocator, prefix }
    }

    /// `count` numbers in a row.
    pub(crate) async fn take(&self, store: &impl IssuerStore, count: u32) -> Result<Range<u64>, StoreError> {
        let mut free = self.free.lock().await;
        if free.end - free.start < u64::from(count) {
            *free = store.reserve_numbers(BLOCK.max(count)).await?;
        }
        let taken = free.start..free.start + u64::from(count);
        free.start = taken.end;
        Ok(taken)
    }

    /// Where the status of each of them will stand.
    pub(crate) fn entries(&self, numbers: Range<u64>) -> Vec<StatusReference> {
        let mut allocator = self.allocator.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |number| {
            let Allocation { list, index } = allocator.allocate(number);
            StatusReference { uri: format!("{}{list}", self.prefix), idx: index.into() }
        };
        numbers.map(entry).collect()
    }
}
