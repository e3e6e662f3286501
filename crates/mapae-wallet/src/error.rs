//! Why an errand ended before its end.

use mapae_oid4vci::wallet::{OfferFault, WalletError};
use mapae_types::EntropyError;

use crate::{AnswerError, CardId};

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
    /// The card is not, or no longer, in this wallet.
    #[error("no such card")]
    CardUnknown,
    /// The card was never finished: its offer is to be taken again.
    #[error("this card was never finished")]
    CardUnfinished,
    /// The offer has no code: the person signs in first ([`crate::Wallet::sign_in`]).
    #[error("the offer is taken by signing in")]
    SignInNeeded,
    /// Every `c_nonce` that the issuer gave was refused by itself.
    #[error("the issuer refused every nonce of its own")]
    NoncesRefused,
    /// The copies are of somebody else than the cards in this wallet: one wallet holds one person's documents. They
    /// were not kept, and the issuer was told.
    #[error("the document is of another person than those in this wallet")]
    OtherPerson {
        /// The card on which that is noted.
        card: CardId,
    },
    /// The copies do not hold by the trust bundle. They are kept as they came, never shown, and the issuer was told.
    #[error("the copies of {configuration} do not hold by the bundle: {code}")]
    CopiesRefused {
        /// The card that holds them.
        card: CardId,
        /// Which copies.
        configuration: String,
        /// The rule that is broken, as `mapae-verify` names it.
        code: String,
    },
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// The same within the wallet: one word to hand on from step to step, where [`Stopped`] itself is dozens of bytes.
#[derive(Debug)]
pub(crate) struct Halt(pub(crate) Box<Stopped>);

impl<E: Into<Stopped>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<OfferFault> for Stopped {
    fn from(fault: OfferFault) -> Self {
        WalletError::from(fault).into()
    }
}

impl Stopped {
    /// Nobody answered at `url`, of which the host alone is told: the rest may hold a code.
    pub(crate) fn silent(url: &str) -> Self {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        Self::Silent { host: host.split(['/', '?', '#']).next().unwrap_or_default().to_owned() }
    }
}
