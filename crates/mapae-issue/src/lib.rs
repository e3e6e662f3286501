//! A person's copies in both formats, up to what the issuer signs (design D1, D5, D7).
//!
//! A [`Blank`] is a person's document in one format before it belongs to a device: the facts are encoded once. Each
//! [`Blank::copy`] adds a device's key, salts and a status entry of its own, so that two relying parties find nothing equal
//! in two copies but the facts.
//!
//! Left out: who may have the document and for how long (`mapae-document`), the signer, and where a copy is on record
//! before it is signed (design D10): the caller's.

mod blank;
mod claims;
mod format;

pub use blank::{Blank, IssueError, UnsignedCopy};
pub use format::{Format, FormatUnknown};
