//! What the wallet keeps, as records by name. Whoever keeps them encrypts them: a record's content is personal.
//!
//! ```text
//! card.<id>       one offer and what came of it: grant, batches, copies
//! shown.<id>      one line of the history
//! prepared.<id>   the answer of that line, until it has arrived
//! answered        requests that were answered, until they could not be answered again
//! instance        the key by which a wallet provider knows this wallet
//! ```
//!
//! Keys are none of the records: the wallet names them by handles and never sees them.

use core::fmt;

use crate::KeyHandle;

/// What the names of cards' records begin with.
pub(crate) const CARD: &str = "card.";
/// What the names of lines of the history begin with.
pub(crate) const SHOWN: &str = "shown.";
/// What the names of answers that are to be sent begin with.
pub(crate) const PREPARED: &str = "prepared.";
/// The record of requests that were answered.
pub(crate) const ANSWERED: &str = "answered";
/// The record of the instance's key.
pub(crate) const INSTANCE: &str = "instance";

/// A record's name: letters, digits, `.` and `-`.
pub type RecordName = String;

/// One change of what is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// A record has this content from now on.
    Put(RecordName, Vec<u8>),
    /// A record goes.
    Remove(RecordName),
    /// A key is never used again, and goes.
    ForgetKey(KeyHandle),
}

impl fmt::Debug for Change {
    /// Contents are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(name, content) => write!(f, "Put({name}, {} bytes)", content.len()),
            Self::Remove(name) => write!(f, "Remove({name})"),
            Self::ForgetKey(handle) => write!(f, "ForgetKey({handle:?})"),
        }
    }
}
