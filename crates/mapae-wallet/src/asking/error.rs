//! Why an answer was not made or not taken.

use mapae_mdoc::MdocError;
use mapae_oid4vp::AnswerFault;
use mapae_sd_jwt::{PresentError, SdJwtError};

/// Why an answer was not made or not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The consent leaves out what must be answered, or chooses what was not proposed.
    #[error("the consent does not fit the proposal")]
    ConsentForeign,
    /// The holder did not agree expressly.
    #[error("this takes an express consent")]
    NotExpress,
    /// The request may not be answered any more.
    #[error("the request has expired")]
    Expired,
    /// Newer trust data refuse what older ones proposed.
    #[error("the request is refused by now: {code}")]
    Refused {
        /// Why, as [`crate::Refusal::code`] says.
        code: &'static str,
    },
    /// The request was answered before.
    #[error("the request was answered before")]
    Replayed,
    /// The card was deleted, or its copies were, since it was proposed.
    #[error("the card is not in the wallet any more")]
    CardGone,
    /// The copy was shown to somebody since it was proposed: what the holder was told is not so any more.
    #[error("the proposal is not up to date")]
    ProposalOld,
    /// The request names no place to send an answer to.
    #[error("the answer to this request is handed over, not sent")]
    HandedOnly,
    /// There is no such answer to send.
    #[error("there is no such prepared answer")]
    NotPrepared,
    /// The relying party did not take the answer, though it may have read it.
    #[error("{host} did not take the answer: status {status}")]
    NotTaken {
        /// Who.
        host: String,
        /// HTTP's word for it.
        status: u16,
    },
    /// The answer cannot be made as the request wants it.
    #[error(transparent)]
    Fault(#[from] AnswerFault),
    /// A copy in the wallet cannot be presented.
    #[error(transparent)]
    Mdoc(#[from] MdocError),
    /// A copy in the wallet cannot be read.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// A copy in the wallet cannot be presented.
    #[error(transparent)]
    Select(#[from] PresentError),
}

impl AnswerError {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ConsentForeign => "consent_foreign",
            Self::NotExpress => "consent_not_express",
            Self::Expired => "expired",
            Self::Refused { code } => code,
            Self::Replayed => "replayed",
            Self::CardGone => "card_gone",
            Self::ProposalOld => "proposal_old",
            Self::HandedOnly => "handed_only",
            Self::Fault(fault) => fault.code(),
            Self::NotPrepared => "not_prepared",
            Self::NotTaken { .. } => "not_taken",
            Self::Mdoc(_) | Self::SdJwt(_) | Self::Select(_) => "copy_unreadable",
        }
    }
}
