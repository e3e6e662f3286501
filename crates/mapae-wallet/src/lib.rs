//! The holder: documents and their copies, consent, history (design D5, D7, D15).
//!
//! - [`Wallet`]: what is held, read from records.
//! - [`Task`]: an errand (adding a document, answering a request) that says what it wants done outside: requests sent, messages
//!   signed, records written.
//!
//! Left out: sockets, screens, and where keys and records are kept, which a command line, a page and a phone each have.

mod asking;
mod card;
mod choosing;
mod error;
mod history;
mod key;
mod status;
mod store;
mod task;
mod wallet;
mod warning;
mod words;

pub use asking::{
    AnswerError, AskView, Asked, Consent, CopyState, CopyUse, DocumentView, ElementView, OptionView, Prepared,
    Proposal, ProposalView, ProposalWarning, Refusal, RefusalReason, Shared, TransactionView, VerifiedBy, Who,
};
pub use card::{Batch, Card, CardId, Format, Held, HeldCopy, Stamp, State, Verdict};
pub use error::Stopped;
pub use history::{ExportAs, HistoryLine, Outcome, SharedDocument, Which};
pub use key::{HeldKey, KeyHandle};
pub use status::{CardStatus, StatusState};
pub use store::{Change, RecordName};
pub use task::{NewKey, Reply, Start, Step, Task, ToSign, Want};
pub use wallet::{Damaged, Wallet};
pub use warning::CardWarning;
pub use words::{Image, Words};
