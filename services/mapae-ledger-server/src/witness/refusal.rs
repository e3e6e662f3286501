//! Why there is no cosignature, and what the log is told of it.

use std::io;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use mapae_crypto::CryptoError;
use mapae_http::{ClockError, Fault, Notices, Problem};
use mapae_ledger::{AuditError, CosignatureError, Refusal, RequestError, SIZE_CONTENT_TYPE};

use crate::{RuleBroken, StateLost, client::LedgerError, store::StoreError};

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotCosigned {
    /// What the protocol knows: the client is at fault, or must prove from elsewhere.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The log has an entry that breaks a rule.
    #[error("entry {index} breaks a rule: {broken}")]
    RuleBroken {
        /// Its index.
        index: u64,
        /// Which rule.
        broken: RuleBroken,
    },
    /// The log does not serve the entries that it claims to have.
    #[error("the entries: {0}")]
    Entries(#[source] LedgerError),
    /// The log serves other entries, or claims too many at once.
    #[error("the entries: {0}")]
    Audit(#[from] AuditError),
    /// More than is read for one cosignature.
    #[error("{entries} entries at once")]
    TooManyEntries {
        /// How many.
        entries: u64,
    },
    /// Our own record of judged entries is incomplete.
    #[error("the entry {index} that we judged is gone")]
    OwnEntriesLost {
        /// Which.
        index: u64,
    },
    /// Our state is lost: no cosignature ever again.
    #[error("retire this key: {0}")]
    RetireKey(#[from] StateLost),
    /// Others keep moving our record: two processes on one store.
    #[error("the record keeps moving")]
    KeepsMoving,
    /// Our store failed; nobody knows whether the record has moved.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// Our disk failed.
    #[error("the disk: {0}")]
    Disk(#[from] io::Error),
    /// Our clock is far off.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// Our key does not sign.
    #[error("signing: {0}")]
    Signing(#[from] CryptoError),
    /// The same.
    #[error("signing: {0}")]
    Cosignature(#[from] CosignatureError),
}

impl From<RequestError> for NotCosigned {
    fn from(error: RequestError) -> Self {
        Self::Refused(error.into())
    }
}

impl NotCosigned {
    /// The answer that the specification prescribes; for what it does not know, a problem document with a status of which
    /// it says nothing else.
    pub(super) fn answer(self, notices: &Notices) -> Response {
        match self {
            Self::Refused(refusal) => refused(&refusal),
            Self::RuleBroken { index, broken } => {
                notices.say(format_args!("not cosigned: entry {index} breaks a rule: {broken}"));
                let detail = format!("entry {index}: {broken}");
                unprocessable(broken.code(), "An entry breaks a rule").detail(detail).into_response()
            }
            Self::Audit(AuditError::OwnTreeDiffers { .. }) => fault(Fault::internal(self), notices),
            Self::Audit(_) | Self::TooManyEntries { .. } => {
                notices.say(format_args!("not cosigned: {self}"));
                unprocessable("entries_differ", "The entries are not those of the checkpoint").into_response()
            }
            Self::Entries(_) => fault(Fault::unavailable("entries_unavailable", self), notices),
            Self::KeepsMoving | Self::Store(_) => fault(Fault::unavailable("store_unavailable", self), notices),
            _ => fault(Fault::internal(self), notices),
        }
    }
}

fn fault(fault: Fault, notices: &Notices) -> Response {
    fault.tell(notices).into_response()
}

fn unprocessable(code: &str, title: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match refusal.size_body() {
        Some(size) => (status, [(header::CONTENT_TYPE, SIZE_CONTENT_TYPE)], size).into_response(),
        None => Problem::new(status, code(refusal), "Not cosigned").detail(refusal.to_string()).into_response(),
    }
}

const fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Request(_) => "request_malformed",
        Refusal::OldSizeTooLarge { .. } => "old_size_too_large",
        Refusal::LogUnknown { .. } => "log_unknown",
        Refusal::NotSigned(_) => "not_signed",
        Refusal::NotConsistent(_) => "not_consistent",
        _ => "refused",
    }
}
