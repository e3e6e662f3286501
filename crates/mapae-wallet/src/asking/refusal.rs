//! Why a request is refused. Nothing has left and nothing was written.

use mapae_trust::{Beyond, OverAsking};
use mapae_types::{Duration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::proposal::Who;

/// A request that the holder is not asked about, and why.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub(crate) who: Option<Box<Who>>,
    pub(crate) reason: RefusalReason,
}

/// Why a request is refused.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The wallet has no trust bundle: it knows of nobody.
    #[error("the wallet has no trust bundle")]
    TrustMissing,
    /// The trust bundle is older than its own rule allows for this class of use.
    #[error("the trust bundle is too old for this use")]
    TrustTooOld {
        /// Its time.
        as_of: Timestamp,
        /// How old it may be.
        greatest: Duration,
    },
    /// The clock is earlier than the trust bundle.
    #[error("this device's clock is earlier than the trust bundle")]
    ClockBehind {
        /// The bundle's time.
        as_of: Timestamp,
    },
    /// The trust bundle does not know the registered class of use.
    #[error("the class of use is not known")]
    UseClassUnknown,
    /// Nobody registered who asks.
    #[error("who asks is not registered")]
    Unregistered,
    /// The registration was withdrawn.
    #[error("the registration of who asks was withdrawn")]
    RegistrationRevoked {
        /// When.
        since: Option<Timestamp>,
    },
    /// More is asked for than is registered.
    #[error(transparent)]
    OverAsking(OverAsking),
    /// The request was answered before.
    #[error("the request was answered before")]
    Replayed,
    /// No document in the wallet answers it.
    #[error("nothing in the wallet answers the request")]
    NothingFits,
    /// A document would answer it, but is revoked.
    #[error("the document that would answer is revoked")]
    DocumentRevoked,
    /// A document would answer it, but no copy is valid at this time.
    #[error("the document that would answer is out of date")]
    DocumentExpired,
}

impl Refusal {
    /// Who asked, as far as that is known for certain.
    pub fn who(&self) -> Option<&Who> {
        self.who.as_deref()
    }

    /// Why.
    pub const fn reason(&self) -> &RefusalReason {
        &self.reason
    }

    /// A word for programs that stays the same.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }
}

impl RefusalReason {
    /// A word for programs that stays the same.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TrustMissing => "trust_missing",
            Self::TrustTooOld { .. } => "trust_too_old",
            Self::ClockBehind { .. } => "clock_behind",
            Self::UseClassUnknown => "use_class_unknown",
            Self::Unregistered => "unregistered",
            Self::RegistrationRevoked { .. } => "registration_revoked",
            Self::OverAsking(_) => "over_asking",
            Self::Replayed => "replayed",
            Self::NothingFits => "nothing_fits",
            Self::DocumentRevoked => "document_revoked",
            Self::DocumentExpired => "document_expired",
        }
    }

    fn values(&self) -> Value {
        match self {
            Self::TrustTooOld { as_of, greatest } => {
                json!({ "as_of": as_of.to_string(), "greatest_seconds": greatest.as_seconds() })
            }
            Self::ClockBehind { as_of } => json!({ "as_of": as_of.to_string() }),
            Self::RegistrationRevoked { since } => json!({ "since": since.map(|since| since.to_string()) }),
            Self::OverAsking(over) => json!({ "beyond": over.beyond().iter().map(beyond).collect::<Vec<_>>() }),
            _ => json!({}),
        }
    }
}

fn beyond(beyond: &Beyond) -> Value {
    json!({ "code": beyond.code() })
}

impl Serialize for Refusal {
    /// `{ code, who, values }`: data for whoever has the words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "code": self.code(), "who": self.who, "values": self.reason.values() }).serialize(serializer)
    }
}
