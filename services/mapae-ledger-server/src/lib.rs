//! The trust ledger as a service.
