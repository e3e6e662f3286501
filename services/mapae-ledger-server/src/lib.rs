//! The trust ledger as a service.

pub mod store;
