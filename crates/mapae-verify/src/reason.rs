//! Why a presentation does not hold, or cannot be judged: one enum with data, and one place that gives each
//! reason its stable code.

use mapae_cose::CoseError;
use mapae_dcql::Mismatch;
use mapae_jose::JwsError;
use mapae_mdoc::MdocError;
use mapae_sd_jwt::{HolderFault, IssuerFault, SdJwtError};
use mapae_trust::{BundleError, MemoryError, OrderError, TrustError};
use mapae_types::{Duration, Timestamp};
use mapae_x509::X509Error;

/// No verdict "held".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// A rule is broken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something that would be needed to judge is missing.
    #[error(transparent)]
    Undecided(#[from] Undecided),
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Neither a `DeviceResponse` nor an SD-JWT.
    #[error("neither a DeviceResponse nor an SD-JWT")]
    FormatUnknown,
    /// More bytes than are looked at.
    #[error("the presentation is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The bundle was altered, is signed by another key than expected, or is none: nothing may rest on it (hole 9 of
    /// the peers).
    #[error(transparent)]
    Bundle(BundleError),
    /// The continuity order that was given is none: no age may rest on it (design D14).
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A rule of ISO 18013-5.
    #[error(transparent)]
    Mdoc(#[from] MdocError),
    /// A rule of RFC 9901 or SD-JWT VC.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// The signer or the status list is not to be trusted.
    #[error(transparent)]
    Trust(TrustError),
    /// The copy is dated outside the validity of its signer's certificate.
    #[error("signed on {signed}, when its signer's certificate was not valid")]
    SignedOutsideSigner {
        /// The date in the copy.
        signed: Timestamp,
    },
    /// The copy would be valid longer than its signer's certificate.
    #[error("valid until {valid_until}, longer than its signer's certificate ({signer_until})")]
    OutlivesSigner {
        /// The end of the copy's validity.
        valid_until: Timestamp,
        /// The end of the certificate's.
        signer_until: Timestamp,
    },
    /// ISO 18013-5 §9.3.1: a disclosed `issuing_country` is that of the signer's certificate.
    #[error("the document says that it was issued in another country than its signer's")]
    IssuingCountryMismatch,
    /// This issuer's documents carry a status, and this one does not.
    #[error("the document carries no status, and its issuer's documents must")]
    StatusReferenceMissing,
    /// Token Status List §8.3: the list is shorter than the index.
    #[error("the document's status index is outside its list")]
    StatusIndexOutOfRange,
    /// Revoked.
    #[error("revoked, as known at {as_of}")]
    Revoked {
        /// The time of which the list speaks.
        as_of: Timestamp,
    },
    /// Suspended.
    #[error("suspended, as known at {as_of}")]
    Suspended {
        /// The time of which the list speaks.
        as_of: Timestamp,
    },
    /// A status that has no meaning here, hence is not valid.
    #[error("the status has the value {value}, which has no meaning here")]
    StatusUnknown {
        /// The value.
        value: u8,
    },
    /// The bundle or the status list is older than accepted.
    #[error("the {what} is {age} old, and may be {greatest}")]
    EvidenceTooOld {
        /// Which piece of evidence.
        what: Stale,
        /// How old it is.
        age: Duration,
        /// How old it may be.
        greatest: Duration,
    },
    /// It holds, but it is not what was asked for.
    #[error(transparent)]
    NotAsked(Mismatch),
}

/// A piece of evidence with an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The trust bundle.
    Bundle,
    /// The status list.
    Status,
}

/// Nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undecided {
    /// The clock shows an earlier time than the evidence states, so it is wrong (design D3).
    #[error("the clock shows {now}, earlier than the evidence of {as_of}")]
    ClockBehind {
        /// The time that the evidence states.
        as_of: Timestamp,
        /// The clock.
        now: Timestamp,
    },
    /// There is no bundle.
    #[error("there is no trust bundle")]
    BundleMissing,
    /// A newer bundle was used before (design §6).
    #[error("the bundle is as of {as_of}, and one as of {newest} was used before")]
    BundleRolledBack {
        /// The time of which the bundle speaks.
        as_of: Timestamp,
        /// The newest such time that was used.
        newest: Timestamp,
    },
    /// The bundle has no ages for that class of use.
    #[error("the bundle knows no class of use {class}")]
    UseClassUnknown {
        /// The class.
        class: String,
    },
    /// The bundle lacks the status list that the document refers to.
    #[error("the bundle has no status list for {uri}")]
    StatusListMissing {
        /// The URI that the document refers to.
        uri: String,
    },
}

impl NotVerified {
    /// A stable code for programs; the text beside it is for people and may change.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Undecided(undecided) => undecided.code(),
        }
    }
}

impl Undecided {
    /// A stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ClockBehind { .. } => "clock_behind",
            Self::BundleMissing => "bundle_missing",
            Self::BundleRolledBack { .. } => "bundle_rolled_back",
            Self::UseClassUnknown { .. } => "use_class_unknown",
            Self::StatusListMissing { .. } => "status_list_missing",
        }
    }
}

impl Refusal {
    /// A stable code for programs. Both formats use the same code for the same rule.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FormatUnknown | Self::TooLarge { .. } => "malformed",
            Self::Bundle(error) => bundle_code(error),
            Self::Order(_) => "order_invalid",
            Self::Mdoc(error) => mdoc_code(error),
            Self::SdJwt(error) => sd_jwt_code(error),
            Self::Trust(error) => trust_code(error),
            Self::SignedOutsideSigner { .. } => "signed_outside_signer",
            Self::OutlivesSigner { .. } => "outlives_signer",
            Self::IssuingCountryMismatch => "issuing_country_mismatch",
            Self::StatusReferenceMissing => "status_reference_missing",
            Self::StatusIndexOutOfRange => "status_index_out_of_range",
            Self::Revoked { .. } => "revoked",
            Self::Suspended { .. } => "suspended",
            Self::StatusUnknown { .. } => "status_unknown",
            Self::EvidenceTooOld { what: Stale::Bundle, .. } => "bundle_too_old",
            Self::EvidenceTooOld { what: Stale::Status, .. } => "status_too_old",
            Self::NotAsked(_) => "not_what_was_asked",
        }
    }
}

const fn bundle_code(error: &BundleError) -> &'static str {
    match error {
        BundleError::Forged | BundleError::OtherAnchor => "bundle_forged",
        BundleError::NotProven(_) | BundleError::Policy(_) | BundleError::PolicyOrder => "bundle_not_proven",
        _ => "bundle_malformed",
    }
}

const fn mdoc_code(error: &MdocError) -> &'static str {
    match error {
        MdocError::X5chainMissing => "issuer_certificate_missing",
        MdocError::IssuerSignatureInvalid => "issuer_signature_invalid",
        MdocError::DigestAlgorithmUnsupported
        | MdocError::VersionUnsupported(_)
        | MdocError::Cose(CoseError::AlgorithmUnsupported(_)) => "unsupported",
        MdocError::DocTypeMismatch => "document_type_mismatch",
        MdocError::DigestMissing { .. } => "digest_missing",
        MdocError::DigestMismatch { .. } => "digest_mismatch",
        MdocError::ElementTwice { .. } => "element_twice",
        MdocError::NotYetValid { .. } => "not_yet_valid",
        MdocError::Expired { .. } => "expired",
        MdocError::StatusUnusable => "status_unusable",
        MdocError::DeviceAuthChoice | MdocError::DeviceMacUnexpected => "holder_binding_missing",
        MdocError::DeviceSignatureInvalid | MdocError::DeviceMacInvalid => "holder_binding_invalid",
        MdocError::DeviceElementUnauthorized { .. } => "device_element_unauthorized",
        MdocError::ResponseStatus(_) | MdocError::NoDocument => "no_document",
        _ => "malformed",
    }
}

const fn sd_jwt_code(error: &SdJwtError) -> &'static str {
    match error {
        SdJwtError::Issuer(fault) => issuer_code(fault),
        SdJwtError::Holder(fault) => holder_code(fault),
        SdJwtError::Expired { .. } => "expired",
        SdJwtError::NotYetValid { .. } => "not_yet_valid",
        SdJwtError::AudienceExcluded => "audience_excluded",
        _ => "malformed",
    }
}

const fn issuer_code(fault: &IssuerFault) -> &'static str {
    match fault {
        IssuerFault::Jws(JwsError::SignatureInvalid | JwsError::KeyMismatch { .. }) => "issuer_signature_invalid",
        IssuerFault::Jws(JwsError::AlgorithmUnsupported { .. }) | IssuerFault::HashUnsupported { .. } => "unsupported",
        IssuerFault::TypeUnsupported { .. } => "credential_type_unsupported",
        IssuerFault::StatusMalformed => "status_unusable",
        IssuerFault::HolderKeyMissing => "holder_binding_missing",
        IssuerFault::DigestRepeated => "digest_repeated",
        IssuerFault::NameTaken { .. } => "element_twice",
        _ => "malformed",
    }
}

const fn holder_code(fault: &HolderFault) -> &'static str {
    match fault {
        HolderFault::DisclosureRepeated { .. } => "disclosure_repeated",
        HolderFault::DisclosureUnreferenced { .. } => "digest_missing",
        HolderFault::KeyBindingMissing => "holder_binding_missing",
        HolderFault::KeyBindingJws(JwsError::AlgorithmUnsupported { .. }) => "unsupported",
        HolderFault::KeyBindingJws(JwsError::SignatureInvalid | JwsError::KeyMismatch { .. })
        | HolderFault::KeyBindingType { .. }
        | HolderFault::HashMismatch => "holder_binding_invalid",
        HolderFault::AudienceMismatch => "wrong_audience",
        HolderFault::NonceMismatch => "wrong_nonce",
        HolderFault::KeyBindingTooOld { .. }
        | HolderFault::KeyBindingFromFuture { .. }
        | HolderFault::KeyBindingExpired { .. }
        | HolderFault::KeyBindingNotYetValid { .. } => "presentation_time",
        _ => "malformed",
    }
}

const fn trust_code(error: &TrustError) -> &'static str {
    match error {
        TrustError::Certificate(X509Error::IssuerUnknown { .. }) => "issuer_unknown",
        TrustError::Certificate(X509Error::ChainEmpty) => "issuer_certificate_missing",
        TrustError::Certificate(X509Error::Expired { .. }) => "signer_expired",
        TrustError::Certificate(X509Error::NotYetValid { .. }) => "signer_not_yet_valid",
        TrustError::Certificate(_) => "signer_certificate_invalid",
        TrustError::SignerNotListed { .. } => "signer_not_listed",
        TrustError::Compromised { .. } => "signer_compromised",
        TrustError::Ceased { .. } => "signer_ceased",
        TrustError::StatusListExpired { .. } => "status_too_old",
        _ => "status_list_invalid",
    }
}

impl From<BundleError> for NotVerified {
    fn from(error: BundleError) -> Self {
        Refusal::Bundle(error).into()
    }
}

impl From<MemoryError> for NotVerified {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::RolledBack { as_of, newest } => Undecided::BundleRolledBack { as_of, newest }.into(),
            MemoryError::ClockBehind { newest, now } => Undecided::ClockBehind { as_of: newest, now }.into(),
            MemoryError::PolicySuperseded => Refusal::Bundle(BundleError::PolicyOrder).into(),
            _ => Refusal::Bundle(BundleError::OtherAnchor).into(),
        }
    }
}

impl From<MdocError> for NotVerified {
    fn from(error: MdocError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<SdJwtError> for NotVerified {
    fn from(error: SdJwtError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<TrustError> for NotVerified {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::StatusListMissing { uri } => Undecided::StatusListMissing { uri }.into(),
            other => Refusal::Trust(other).into(),
        }
    }
}

impl core::fmt::Display for Stale {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Bundle => "trust bundle",
            Self::Status => "status list",
        })
    }
}
