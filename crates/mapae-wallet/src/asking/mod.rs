//! A request from its link to the holder's answer (design D15, OpenID4VP 1.0).
//!
//! - [`Wallet::ask`]: fetches and authenticates a request, compares it with the registration of who asks, and says what would
//!   answer it: a [`Proposal`], or a [`Refusal`] of which nothing leaves and nothing is written.
//! - [`Wallet::answer`]: shares what the holder agreed to, by copies that nobody has seen if there are any (design D7). The
//!   usage, the line of the history and the mark against a second answer are written before anything leaves.
//! - [`Wallet::prepare`] and [`Wallet::send_prepared`]: the same in two steps, the first without a network.
//! - [`Wallet::decline`]: says no.
//! - [`Wallet::ask_by_browser`]: the same for a wallet that a browser calls, which a page cannot be.
//!
//! What an answer authorises beside (§8.4) is of [`TRANSACTION_TYPES`], shown before, signed with the answer, and kept in the history.

mod answer;
mod answered;
mod book;
mod error;
mod hear;
mod kept;
mod licence;
mod occasion;
mod present;
mod proposal;
mod refusal;
mod standing;
mod transaction;

use core::fmt;
use std::collections::BTreeMap;

use mapae_oid4vp::BrowserCall;
use mapae_x509::TrustAnchor;
use serde::Serialize;
use serde_json::Value;

pub(crate) use answered::Answered;
pub use error::AnswerError;
pub(crate) use kept::KeptAnswer;
pub use occasion::HandedRequest;
pub use proposal::{
    AskView, Consent, CopyState, CopyUse, DocumentView, ElementView, OptionView, Proposal, ProposalView,
    ProposalWarning, VerifiedBy, Who,
};
pub use refusal::{BeyondView, Refusal, RefusalReason};
pub use transaction::{TRANSACTION_TYPES, TransactionLine, TransactionView};

use crate::{Start, Stopped, Task, Wallet};
use hear::{Rule, Unheard};
use occasion::{Occasion, Source};

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

/// An answer for whoever hands it over.
#[derive(Clone, PartialEq, Eq)]
pub struct Handed {
    /// The line of the history.
    pub history: String,
    /// The presentations by the credential queries that they answer: `DeviceResponse` in CBOR, or an SD-JWT as text.
    pub presentations: BTreeMap<String, Vec<u8>>,
    /// What a browser hands to the page that asked, if one did: `{protocol, data}`.
    pub for_page: Option<Value>,
}

impl Wallet {
    /// Reads a request: a link, or the text of a signed request that was handed over as it is. Nothing is sent but what
    /// fetches the request, and nothing is written.
    pub fn ask(&self, link_or_text: &str, start: &Start) -> Task<Result<Asked, Stopped>> {
        self.ask_by(link_or_text, Rule::Registered, start)
    }

    /// The same without insisting on a registration: for a command line and for tests, never for a citizen's screen. The
    /// proposal says what is missing. A signature is believed below the bundle's registrars and these roots.
    pub fn ask_unregistered(
        &self,
        link_or_text: &str,
        roots: Vec<TrustAnchor>,
        start: &Start,
    ) -> Task<Result<Asked, Stopped>> {
        self.ask_by(link_or_text, Rule::Anybody(roots), start)
    }

    /// The same for a request that came in a file, say. Its answer can only be handed over.
    pub fn ask_handed(&self, request: HandedRequest, start: &Start) -> Asked {
        let occasion = Occasion { source: Source::Handed(request), certificate: None };
        self.consider(occasion, &Rule::Anybody(Vec::new()), start.now)
    }

    /// Reads a request that a browser or an operating system handed over (OpenID4VP 1.0 Appendix A). Its answer is made by
    /// [`Wallet::make`], and goes back the same way.
    pub fn ask_by_browser(&self, call: &BrowserCall, start: &Start) -> Asked {
        self.hear_browser(call, &Rule::Registered, start.now)
    }

    /// The same without insisting on a registration, as [`Wallet::ask_unregistered`].
    pub fn ask_by_browser_unregistered(&self, call: &BrowserCall, roots: Vec<TrustAnchor>, start: &Start) -> Asked {
        self.hear_browser(call, &Rule::Anybody(roots), start.now)
    }

    fn ask_by(&self, text: &str, rule: Rule, start: &Start) -> Task<Result<Asked, Stopped>> {
        let (wallet, text) = (self.clone(), text.to_owned());
        Task::begin(start, |mut outside| async move {
            match wallet.hear(&mut outside, &text, &rule).await {
                Ok(asked) => Ok(asked),
                Err(Unheard::Refused(refusal)) => Ok(Asked::Refusal(refusal)),
                Err(Unheard::Stopped(stopped)) => Err(stopped),
            }
        })
    }

    /// Shares what the holder agreed to. [`Stopped::Silent`]: they may have it; [`Wallet::send_prepared`] sends the same
    /// again, by the id of the line that is [`crate::Outcome::Unanswered`].
    pub fn answer(&self, proposal: Proposal, consent: Consent, start: &Start) -> Task<Result<Shared, Stopped>> {
        let wallet = self.clone();
        Task::begin(start, |mut outside| async move { wallet.share(&mut outside, &proposal, &consent).await })
    }

    /// Makes the answer without sending it: what works without a network.
    pub fn prepare(&self, proposal: Proposal, consent: Consent, start: &Start) -> Task<Result<Prepared, Stopped>> {
        let wallet = self.clone();
        Task::begin(start, |mut outside| async move { wallet.put_by(&mut outside, &proposal, &consent).await })
    }

    /// Makes the answer for whoever hands it over.
    pub fn make(&self, proposal: Proposal, consent: Consent, start: &Start) -> Task<Result<Handed, Stopped>> {
        let wallet = self.clone();
        Task::begin(start, |mut outside| async move { wallet.hand_over(&mut outside, &proposal, &consent).await })
    }

    /// Sends an answer that was prepared, or one whose arrival is not known, again.
    pub fn send_prepared(&self, id: &str, start: &Start) -> Task<Result<Shared, Stopped>> {
        let (wallet, id) = (self.clone(), id.to_owned());
        Task::begin(start, |outside| async move { wallet.send_again(&outside, id).await })
    }

    /// Says no. A relying party that is registered is told so.
    pub fn decline(&self, proposal: Proposal, start: &Start) -> Task<Result<Shared, Stopped>> {
        let wallet = self.clone();
        Task::begin(start, |mut outside| async move { wallet.refuse(&mut outside, &proposal).await })
    }
}

impl fmt::Debug for Handed {
    /// The presentations are personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handed").field("history", &self.history).finish_non_exhaustive()
    }
}
