//! Why a request is refused. Nothing has left and nothing was written.

use mapae_dcql::{ClaimPath, PathSegment};
use mapae_document::Catalogue;
use mapae_oid4vp::RequestFault;
use mapae_trust::{Beyond, OverAsking};
use mapae_types::{Duration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::proposal::Who;
use crate::words::{self, Words};

/// Characters of a purpose that nobody registered which are shown.
const PURPOSE_SHOWN: usize = 200;

/// A request that the holder is not asked about, and why.
#[derive(Debug, Clone)]
pub struct Refusal {
    who: Option<Box<Who>>,
    reason: RefusalReason,
    beyond: Vec<BeyondView>,
}

/// One thing that was asked for beyond the registration, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BeyondView {
    /// What is wrong with it, as [`Beyond::code`] says.
    pub code: &'static str,
    /// The document, if it is one of a document.
    pub document: Option<Words>,
    /// What of the document, if it is a part of it.
    pub element: Option<Words>,
    /// Where that is.
    pub path: Vec<String>,
    /// The purpose that is not registered, as the request words it.
    pub purpose: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The request is not one that can be relied on.
    #[error(transparent)]
    Request(RequestFault),
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
        since: Timestamp,
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
    pub(crate) fn of(who: Option<Who>, reason: RefusalReason) -> Self {
        Self { who: who.map(Box::new), reason, beyond: Vec::new() }
    }

    /// Has documents and elements called by the catalogue's words.
    pub(crate) fn in_words_of(mut self, catalogue: Option<&Catalogue>) -> Self {
        if let RefusalReason::OverAsking(over) = &self.reason {
            self.beyond = over.beyond().iter().map(|beyond| BeyondView::of(beyond, catalogue)).collect();
        }
        self
    }

    /// What was asked for beyond the registration; empty unless that is why.
    pub fn beyond(&self) -> &[BeyondView] {
        &self.beyond
    }

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
            Self::Request(fault) => fault.code(),
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
            Self::RegistrationRevoked { since } => json!({ "since": since.to_string() }),
            Self::Request(RequestFault::TransactionType { kind }) => json!({ "kind": kind }),
            Self::Request(RequestFault::Expired { at } | RequestFault::FromFuture { at }) => {
                json!({ "at": at.to_string() })
            }
            _ => json!({}),
        }
    }
}

impl BeyondView {
    fn of(beyond: &Beyond, catalogue: Option<&Catalogue>) -> Self {
        let (kind, path, purpose) = match beyond {
            Beyond::Document { document, .. } => (Some(document.as_str()), None, None),
            Beyond::Everything { document, .. } => (Some(document.type_name()), None, None),
            Beyond::Element { document, path, .. } | Beyond::LegalBasis { document, path, .. } => {
                (Some(document.type_name()), Some(path), None)
            }
            Beyond::Purpose { purpose } => (None, None, Some(purpose.chars().take(PURPOSE_SHOWN).collect())),
            _ => (None, None, None),
        };
        let known = kind.and_then(|kind| words::document(catalogue, kind, ""));
        let path = path.map(ClaimPath::segments).unwrap_or_default();
        let path: Vec<String> = path.iter().filter_map(name).collect();
        Self {
            code: beyond.code(),
            document: kind.map(|kind| known.map_or_else(|| Words::same(kind), |known| known.title().into())),
            element: (!path.is_empty()).then(|| words::label(known, &path)),
            path,
            purpose,
        }
    }
}

fn name(segment: &PathSegment) -> Option<String> {
    match segment {
        PathSegment::Key(name) => Some(name.clone()),
        _ => None,
    }
}

impl Serialize for Refusal {
    /// `{ code, who, values }`: data for whoever has the words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = self.reason.values();
        if !self.beyond.is_empty() {
            values["beyond"] = json!(self.beyond);
        }
        json!({ "code": self.code(), "who": self.who, "values": values }).serialize(serializer)
    }
}
