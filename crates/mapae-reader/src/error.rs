//! What can be wrong with what a reader is handed.

use mapae_dcql::QueryError;
use mapae_jose::{JsonError, JwkError};
use mapae_ledger::Origin;
use mapae_trust::{BundleError, MemoryError, OrderError};
use mapae_types::{OrderId, TimeError};

/// The request cannot be used. Who made it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Not JSON, or not an object.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A member that an answer depends on.
    #[error("{member} is missing or is not text")]
    Missing {
        /// Its name.
        member: &'static str,
    },
    /// OpenID4VP 1.0 §5.9.3: only a browser may say from which origin a request came.
    #[error("client_id must not start with origin:")]
    OriginClaimed,
    /// The query breaks a rule.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The time at which it was made is none.
    #[error("iat: {0}")]
    Time(#[from] TimeError),
    /// OpenID4VP 1.0 §8.3: an encrypted answer needs a key to encrypt to.
    #[error("an encrypted response is asked for without a key for it")]
    EncryptionKeyMissing,
    /// That key cannot be used.
    #[error(transparent)]
    EncryptionKey(#[from] JwkError),
}

/// The text is neither an SD-JWT nor base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an SD-JWT nor a DeviceResponse in base64url")]
pub struct NotAPresentation;

/// Why a reader does not use a bundle that it was handed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleRefused {
    /// The file is at fault.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It does not follow the bundles that were used before.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A ledger cannot vouch for itself: the reader lacks its policy.
    #[error("the bundle stands in the ledger {ledger}, whose policy is not here")]
    PolicyMissing {
        /// Which ledger, by the file's own word.
        ledger: Origin,
    },
}

/// Why a reader does not use an order that it was handed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderRefused {
    /// The file is at fault.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// One that was decided later is in use.
    #[error("the order {in_use}, which was decided later, is in use")]
    Older {
        /// The later one.
        in_use: OrderId,
    },
}

/// The reader rests on another policy or on a key; whoever wants to change that begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this reader rests on another policy, or on a key")]
pub struct OtherAnchor;
