//! What leaves the issuer without being asked for: status lists every 15 minutes, and each day's count in the ledger.
//!
//! - [`Publisher::round`] reads what was revoked since the last time, adds cover (design D6, decision 0008), signs each
//!   list anew in both forms, and replaces the files of a [`ListFolder`]. Of several replicas one does it, by a lease.
//! - [`DailyJournal`] enters into the ledger, for each day that is over, how many batches were committed by then and the
//!   root of their Merkle tree (design D13).
//! - [`routes`] answers from the folder; so can any server of files, and `mapae bundle build --lists`.
//!
//! A list is never written before the store has what it shows: revocations are committed when they are made, cover
//! before it is published. What is lost with the folder is made again.
//!
//! Left out: lists of copies that have all ended are published for ever, since a few hundred cost nothing.

mod daily;
mod error;
mod folder;
mod lists;
mod publisher;
mod render;
mod routes;
mod source;
mod tree;

pub use daily::{DailyJournal, JournalParts};
pub use error::PublicationError;
pub use folder::{Form, ListFolder};
pub use publisher::{PublicationConfig, PublicationParts, Published, Publisher, Round};
pub use render::ListSigner;
pub use routes::routes;
pub use source::PublicationStore;
pub use tree::JournalTree;
