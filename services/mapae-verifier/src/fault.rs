//! What goes wrong at a request, in two faces: a problem document for who asked, a line for the operator.

use axum::http::StatusCode;
use mapae_crypto::CryptoError;
use mapae_http::{Fault, Problem};
use mapae_oid4vp::verifier::{DraftFault, ResponseFault};
use mapae_sql::SqlError;
use mapae_types::EntropyError;

use crate::{
    asking::{ExchangeFault, WishFault},
    vault::VaultError,
};

/// Why a request is not answered as it hoped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The relying party's program.
    #[error(transparent)]
    Wish(#[from] WishFault),
    /// Whoever asks: no such session, or no longer, or another's.
    #[error("there is no such session, or no longer")]
    Unknown,
    /// The time.
    #[error("the session is over: nobody answered in time")]
    Expired,
    /// A second wallet, or somebody who is none (peers' hole 10).
    #[error("the request was fetched before, and is given to one wallet")]
    RequestTaken,
    /// The wallet, or somebody who is none (peers' holes 8 and 10).
    #[error("an answer was taken before, and there is one")]
    AnswerTaken,
    /// Somebody who is no wallet.
    #[error("nobody has fetched the request yet, so this answers nothing")]
    NotFetched,
    /// The wallet.
    #[error("{0}")]
    Answer(ResponseFault),
    /// The relying party's program: the browser that came back is of another session.
    #[error("the response code is not that of this session")]
    CodeForeign,
    /// The relying party's program: it had the result.
    #[error("the result was delivered, and is not kept")]
    Delivered,
    /// The operator's source.
    #[error("there is no trust bundle yet")]
    BundleMissing,
    /// Ours.
    #[error("{0}")]
    Draft(#[from] DraftFault),
    /// Ours, or the store's.
    #[error("{0}")]
    Exchange(#[from] ExchangeFault),
    /// The store.
    #[error("{0}")]
    Store(#[from] SqlError),
    /// The store, or the secret.
    #[error("{0}")]
    Vault(#[from] VaultError),
    /// The key.
    #[error("{0}")]
    Signature(#[from] CryptoError),
    /// The machine.
    #[error("{0}")]
    Entropy(#[from] EntropyError),
    /// The machine.
    #[error("{0}")]
    Machine(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let problem = |status, code| Problem::new(status, code, refusal.to_string()).into();
        match refusal {
            Refusal::Wish(fault) => fault.into(),
            // The page's origin is the relying party's to say.
            Refusal::Draft(DraftFault::OriginMalformed) => problem(StatusCode::BAD_REQUEST, "origin_malformed"),
            Refusal::Draft(DraftFault::TransactionUnusable) => {
                problem(StatusCode::BAD_REQUEST, "transaction_data_invalid")
            }
            Refusal::Unknown => problem(StatusCode::NOT_FOUND, "session_unknown"),
            Refusal::Expired => problem(StatusCode::GONE, "session_expired"),
            Refusal::RequestTaken => problem(StatusCode::CONFLICT, "request_taken"),
            Refusal::AnswerTaken => problem(StatusCode::CONFLICT, "answer_taken"),
            Refusal::NotFetched => problem(StatusCode::CONFLICT, "request_not_fetched"),
            Refusal::Answer(ref fault) => problem(StatusCode::BAD_REQUEST, fault.code()),
            Refusal::CodeForeign => problem(StatusCode::FORBIDDEN, "response_code_foreign"),
            Refusal::Delivered => problem(StatusCode::GONE, "result_delivered"),
            Refusal::BundleMissing => Self::unavailable("bundle_missing", refusal),
            Refusal::Store(_) => Self::unavailable("store_failed", refusal),
            Refusal::Vault(_)
            | Refusal::Draft(_)
            | Refusal::Exchange(_)
            | Refusal::Signature(_)
            | Refusal::Entropy(_)
            | Refusal::Machine(_) => Self::internal(refusal),
        }
    }
}
