//! The holder: documents and their copies, consent, history (design D5, D7, D15).
//!
//! - [`Wallet`]: what is held, read from records.
//! - [`Task`]: an errand (adding a document, answering a request) that says what it wants done outside: requests sent, messages
//!   signed, records written.
//!
//! - [`Asked`]: what came of a request: a [`Proposal`] to agree to, or a [`Refusal`] of which nothing leaves.
//! - [`HistoryLine`]: to whom what was shown, on this device only.
//!
//! Left out: sockets, screens, and where keys and records are kept, which a command line, a page and a phone each have.
//!
//! ```
//! use mapae_wallet::{Asked, Start, Step, Wallet};
//!
//! let wallet = Wallet::default();
//! let start = Start { now: "2026-11-21T09:00:00Z".parse().unwrap(), seed: [7; 32] }; // of the operating system's randomness
//! let link = "openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=https%3A%2F%2Fshop.example%2Frequest";
//!
//! // Without a trust bundle the wallet knows nobody who may ask, and does not even fetch the request.
//! let mut task = wallet.ask(link, &start);
//! let Step::Done(Ok(Asked::Refusal(refusal))) = task.step(start.now) else { panic!("nothing is wanted from outside") };
//! assert_eq!(refusal.code(), "trust_missing");
//! ```

mod adding;
mod asking;
mod card;
mod case;
mod choosing;
mod contents;
mod error;
mod history;
mod key;
mod record;
mod sorted;
mod status;
mod store;
mod task;
mod views;
mod wallet;
mod warning;
mod words;

pub use adding::{AddOptions, Added, COPIES, CodeForm, OfferView, OfferedDocument, SignInAt};
pub use asking::{
    AnswerError, AskView, Asked, BeyondView, Consent, CopyState, CopyUse, DocumentView, ElementView, Handed,
    HandedRequest, OptionView, Prepared, Proposal, ProposalView, ProposalWarning, Refusal, RefusalReason, Shared,
    TRANSACTION_TYPES, TransactionLine, TransactionView, VerifiedBy, Who,
};
pub use card::{AttestedClient, Batch, Card, CardId, Format, Held, HeldCopy, Stamp, State, Verdict, document_of};
pub use error::Stopped;
pub use history::{ExportAs, HistoryLine, Outcome, SharedDocument, Which};
pub use key::{HeldKey, KeyHandle};
pub use status::{CardStatus, StatusState};
pub use store::{Change, RecordName};
pub use task::{NewKey, Reply, Start, Step, Task, ToSign, Want};
pub use views::{CardFacts, CardState, CardView, CopiesView, FactView, Holder};
pub use wallet::{Damaged, Wallet};
pub use warning::CardWarning;
pub use words::{Image, Words};
