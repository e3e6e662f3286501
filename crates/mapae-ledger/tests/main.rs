//! The ledger's formats and parties.
