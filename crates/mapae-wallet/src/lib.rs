//! The holder: documents and their copies, consent, history (design D5, D7, D15).
//!
//! - [`Wallet`]: what is held, read from records.
//! - [`Task`]: an errand (adding a document, answering a request) that says what it wants done outside: requests sent, messages
//!   signed, records written.
//!
//! Left out: sockets, screens, and where keys and records are kept, which a command line, a page and a phone each have.

mod card;
mod error;
mod key;
mod store;
mod task;
mod wallet;

pub use card::{Batch, Card, CardId, Format, Held, HeldCopy, State, Verdict};
pub use error::Stopped;
pub use key::{HeldKey, KeyHandle};
pub use store::{Change, RecordName};
pub use task::{NewKey, Reply, Start, Step, Task, ToSign, Want};
pub use wallet::{Damaged, Wallet};
