//! A request from its link to the holder's answer (design D15, OpenID4VP 1.0).
//!
//! - [`Wallet::ask`]: fetches and authenticates a request, compares it with the registration of who asks, and says what would
//!   answer it: a [`Proposal`], or a [`Refusal`] of which nothing leaves and nothing is written.
//! - [`Wallet::answer`]: shares what the holder agreed to, by copies that nobody has seen if there are any (design D7). The
//!   usage, the line of the history and the mark against a second answer are written before anything leaves.
//! - [`Wallet::prepare`] and [`Wallet::send_prepared`]: the same in two steps, the first without a network.
//! - [`Wallet::decline`]: says no.

mod error;
mod occasion;
mod proposal;
mod refusal;

use serde::Serialize;

pub use error::AnswerError;
pub use proposal::{
    AskView, Consent, CopyState, CopyUse, DocumentView, ElementView, OptionView, Proposal, ProposalView,
    ProposalWarning, TransactionView, VerifiedBy, Who,
};
pub use refusal::{Refusal, RefusalReason};

use crate::{Start, Stopped, Task, Wallet};

/// What came of a request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// The holder is asked.
    Proposal(Box<Proposal>),
    /// The holder is told.
    Refusal(Refusal),
}

/// What was shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// The line of the history.
    pub history: String,
    /// Where the relying party wants the holder's browser to go on.
    pub redirect_uri: Option<String>,
}

/// An answer that is kept until it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prepared {
    /// By which [`Wallet::send_prepared`] finds it; the line of the history has the same id.
    pub id: String,
}

impl Wallet {
    /// Reads a request: a link, or the text of a signed request that was handed over as it is.
    pub fn ask(&self, link_or_text: &str, start: &Start) -> Task<Result<Asked, Stopped>> {
        drop((self.clone(), link_or_text.len()));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }

    /// The same without asking for a registration: for a command line and for tests, never for a citizen's screen. The
    /// proposal says so.
    pub fn ask_unregistered(&self, link_or_text: &str, start: &Start) -> Task<Result<Asked, Stopped>> {
        self.ask(link_or_text, start)
    }

    /// Shares what the holder agreed to.
    pub fn answer(&self, proposal: Proposal, consent: Consent, start: &Start) -> Task<Result<Shared, Stopped>> {
        drop((self.clone(), proposal, consent));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }

    /// Makes the answer without sending it: what works without a network.
    pub fn prepare(&self, proposal: Proposal, consent: Consent, start: &Start) -> Task<Result<Prepared, Stopped>> {
        drop((self.clone(), proposal, consent));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }

    /// Sends an answer that was prepared, or one whose arrival is not known, again.
    pub fn send_prepared(&self, id: &str, start: &Start) -> Task<Result<Shared, Stopped>> {
        drop((self.clone(), id.len()));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }

    /// Says no. A relying party that is registered is told so.
    pub fn decline(&self, proposal: Proposal, start: &Start) -> Task<Result<Shared, Stopped>> {
        drop((self.clone(), proposal));
        Task::begin(start, |_| async { Err(Stopped::NotWritten) })
    }
}
