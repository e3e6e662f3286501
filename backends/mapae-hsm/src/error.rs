//! What can go wrong between a service and its keys, and whose matter it is.

use std::path::PathBuf;
use std::sync::Arc;

/// What the module answered, or why it could not be asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(Arc<cryptoki::error::Error>);

impl From<cryptoki::error::Error> for Refusal {
    fn from(error: cryptoki::error::Error) -> Self {
        Self(Arc::new(error))
    }
}

/// A key that cannot be used, or could not be for this once.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum HsmError {
    /// The configuration names a file that is missing or no PKCS#11 module, or the module does not start.
    #[error("the PKCS#11 module {} cannot be used", module.display())]
    ModuleUnusable {
        /// The file.
        module: PathBuf,
        /// Why.
        source: Refusal,
    },
    /// No slot has a token of that label: never had, or it was taken out.
    #[error("no token {token:?} in the PKCS#11 module")]
    TokenAbsent {
        /// The label.
        token: String,
    },
    /// The PIN is wrong. It is not tried again until the service is started anew: a token locks after a few tries.
    #[error("the token {token:?} refuses the PIN; it will not be tried again")]
    PinWrong {
        /// The token's label.
        token: String,
    },
    /// The token is locked: its security officer has to set a new PIN.
    #[error("the PIN of the token {token:?} is locked")]
    PinLocked {
        /// The token's label.
        token: String,
    },
    /// The token has no key pair of that label, or half of one.
    #[error("the token {token:?} has no key pair {key:?}")]
    KeyAbsent {
        /// The token's label, or `memory`.
        token: String,
        /// The key's label.
        key: String,
    },
    /// Several keys have that label; which one signs must not be left to chance.
    #[error("the token {token:?} has several keys {key:?}")]
    KeyAmbiguous {
        /// The token's label.
        token: String,
        /// The key's label.
        key: String,
    },
    /// Not a P-256 key, or a signature by its private half that its public half does not verify.
    #[error("the key {key:?} of the token {token:?} is no P-256 key that signs")]
    KeyUnsuitable {
        /// The token's label.
        token: String,
        /// The key's label.
        key: String,
    },
    /// A key of that label is there already, and is not replaced.
    #[error("the token {token:?} has a key {key:?} already")]
    KeyPresent {
        /// The token's label.
        token: String,
        /// The key's label.
        key: String,
    },
    /// The token failed at something, and did so again after it was opened anew.
    #[error("the token {token:?} failed")]
    TokenFailed {
        /// The token's label.
        token: String,
        /// What it said.
        source: Refusal,
    },
    /// A software key could not sign, for want of memory or randomness.
    #[error("a software key could not sign")]
    SoftwareFailed,
    /// The threads that sign have ended: this process is going down.
    #[error("the signers have stopped")]
    Stopped,
}
