//! Why an errand ended before its end.

use mapae_oid4vci::wallet::WalletError;
use mapae_types::EntropyError;

use crate::AnswerError;

/// Why an errand ended before its end. Nothing that was written before is lost.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// By the issuance protocol, whose error names the party at fault.
    #[error(transparent)]
    Issuance(#[from] WalletError),
    /// An answer to a request was not made, or not taken.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// Nobody answered; whether the request arrived is not known. The same errand begun again goes on.
    #[error("{host} did not answer")]
    Silent {
        /// Who.
        host: String,
    },
    /// The device did not sign or make keys: it is locked, or the person did not agree.
    #[error("this device did not let its keys be used")]
    DeviceRefused,
    /// The device did not write.
    #[error("this device did not keep what it was given")]
    NotWritten,
    /// The driver of a task replied to something that was not asked.
    #[error("the reply is not to what was wanted")]
    ReplyForeign,
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Stopped {
    /// Nobody answered at `url`, of which the host alone is told: the rest may hold a code.
    pub(crate) fn silent(url: &str) -> Self {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        Self::Silent { host: host.split(['/', '?', '#']).next().unwrap_or_default().to_owned() }
    }
}
