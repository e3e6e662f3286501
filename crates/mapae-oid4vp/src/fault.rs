//! What is wrong with a request, by the party at fault (design D17), and what of it a verifier may be told.

use mapae_dcql::QueryError;
use mapae_jose::{JsonError, JwsError};
use mapae_types::Timestamp;
use mapae_x509::X509Error;

use crate::OAuthError;

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Party {
    /// Whoever made the link or the code; nobody has authenticated them.
    Link,
    /// The verifier.
    Verifier,
    /// This wallet.
    Us,
}

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestFault {
    /// Neither a link that calls a wallet, nor a request.
    #[error("not a request for a presentation")]
    NotACall,
    /// Longer than any that is read.
    #[error("a request of {len} bytes, over the limit of {limit}")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not a form that can be read.
    #[error("parameters that are not encoded as a form")]
    FormMalformed,
    /// A parameter that is there twice (RFC 6749 §3.1).
    #[error("a parameter that is there twice")]
    ParameterTwice,
    /// Not JSON that has one reading.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// What must be there is not.
    #[error("`{parameter}` is missing")]
    Missing {
        /// Which.
        parameter: &'static str,
    },
    /// What is there has not its form.
    #[error("`{parameter}` is malformed")]
    Malformed {
        /// Which.
        parameter: &'static str,
    },
    /// Two parameters of which there may be one.
    #[error("both `{parameter}` and `{other}`")]
    Both {
        /// The one.
        parameter: &'static str,
        /// The other.
        other: &'static str,
    },
    /// `request_uri_method` is neither `get` nor `post` (§5.1).
    #[error("`request_uri_method` is neither `get` nor `post`")]
    RequestUriMethod,
    /// An address that is neither HTTPS nor on this machine.
    #[error("`{parameter}` is an address without TLS")]
    Insecure {
        /// Which.
        parameter: &'static str,
    },
    /// The client identifier claims to be a browser's origin (§5.9.3).
    #[error("the client identifier claims an origin")]
    OriginClaimed,
    /// A client identifier without a prefix: a client known in advance, of which there are none (§5.9.2).
    #[error("the client identifier has no prefix")]
    ClientNotRegistered,
    /// A prefix that this wallet does not know.
    #[error("the client identifier prefix {prefix:?} is not supported")]
    PrefixUnsupported {
        /// The first 32 characters of it.
        prefix: String,
    },
    /// A prefix under which nothing is signed, on a signed request (§5.9.3).
    #[error("a signed request of a client that cannot sign")]
    SignedUnderRedirectUri,
    /// A prefix under which requests are signed, on one that is not (§5.9.3).
    #[error("the request is not signed")]
    Unsigned,
    /// The place where the request should be does not have it (§5.10.2).
    #[error("the verifier answers {status} where the request should be")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// What lies there is not a request object by its media type (§5.10.1).
    #[error("what the verifier gives is not a request object by its media type")]
    MediaType,
    /// The request object is encrypted; this wallet names no key for that.
    #[error("the request object is encrypted")]
    Encrypted,
    /// The request object cannot be read, or its signature does not verify.
    #[error("the request object: {0}")]
    Signature(#[from] JwsError),
    /// `typ` is not `oauth-authz-req+jwt` (§5).
    #[error("the request object is not one by its type")]
    Type,
    /// An algorithm other than ES256 (HAIP 1.0 §7).
    #[error("the request object is signed by another algorithm than ES256")]
    Algorithm,
    /// The signer's certificate is not there, or leads to nobody who registers verifiers.
    #[error("the verifier's certificate: {0}")]
    Certificate(#[from] X509Error),
    /// No certificate in `x5c`.
    #[error("the request object carries no certificate")]
    CertificateMissing,
    /// The certificate is another's than the client identifier says (§5.9.3).
    #[error("the client identifier is not of the certificate that signed")]
    ClientIdForeign,
    /// The request object names another client than the link (§5.10.1).
    #[error("the request object is of another client than the link")]
    ClientIdDiffers,
    /// Where the answer goes is not where the client identifier says (§5.9.3).
    #[error("the answer would go to another place than the client identifier says")]
    ResponseUriForeign,
    /// The request object is not addressed to wallets (§5.8).
    #[error("the request object is addressed to somebody else")]
    Audience,
    /// The nonce that this wallet sent is not in the request object: it may be an old one (§5.10.1).
    #[error("the request object does not carry this wallet's nonce")]
    WalletNonce,
    /// Its time is over.
    #[error("the request expired at {at}")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Its time has not come.
    #[error("the request is from the future: {at}")]
    FromFuture {
        /// From when.
        at: Timestamp,
    },
    /// `response_type` is not `vp_token`.
    #[error("a response type other than `vp_token`")]
    ResponseType,
    /// `response_mode` is neither `direct_post` nor `direct_post.jwt`.
    #[error("a response mode other than `direct_post` and `direct_post.jwt`")]
    ResponseMode,
    /// `scope` in place of a query; this wallet knows none.
    #[error("`scope` in place of a query")]
    Scope,
    /// A query in the language of drafts.
    #[error("a query in the language of drafts of OpenID4VP")]
    PresentationDefinition,
    /// The query cannot be read.
    #[error("the query: {0}")]
    Query(#[from] QueryError),
    /// A presentation without holder binding is asked for, and no `state` binds the answer (§5.3).
    #[error("no `state` binds the answer to the request")]
    StateMissing,
    /// The answer is to be encrypted, and no key can be used for that (§8.3).
    #[error("no key that answers can be encrypted to")]
    EncryptionKey,
    /// The answer is to be encrypted in a way that this wallet does not have (§8.3).
    #[error("no content encryption of ours")]
    EncryptionUnsupported,
    /// No format that both sides know.
    #[error("no format that this wallet has")]
    Formats,
    /// A page asks for which the request, which somebody signed, is not (§A.2).
    #[error("the request is for pages elsewhere than the one that asks")]
    OriginForeign,
    /// `transaction_data` that breaks §5.1.
    #[error("transaction data that are malformed")]
    TransactionData,
    /// Transaction data of a type that this wallet does not know: all types.
    #[error("transaction data of the type {kind:?}, which is not known")]
    TransactionType {
        /// The first 64 characters of the type.
        kind: String,
    },
}

impl RequestFault {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotACall => "not_a_request",
            Self::TooLong { .. } => "request_too_long",
            Self::FormMalformed | Self::ParameterTwice | Self::Json(_) => "request_unreadable",
            Self::Missing { .. } => "parameter_missing",
            Self::Malformed { .. } | Self::Both { .. } => "parameter_malformed",
            Self::RequestUriMethod => "request_uri_method",
            Self::Insecure { .. } => "address_insecure",
            Self::OriginClaimed => "origin_claimed",
            Self::ClientNotRegistered => "client_id_without_prefix",
            Self::PrefixUnsupported { .. } => "client_id_prefix_unsupported",
            Self::SignedUnderRedirectUri => "client_cannot_sign",
            Self::Unsigned => "request_unsigned",
            Self::Unavailable { .. } => "request_unavailable",
            Self::MediaType => "request_media_type",
            Self::Encrypted => "request_encrypted",
            Self::Signature(_) => "signature_invalid",
            Self::Type => "request_type",
            Self::Algorithm => "algorithm_unsupported",
            Self::Certificate(_) | Self::CertificateMissing => "certificate_untrusted",
            Self::ClientIdForeign => "client_id_foreign",
            Self::ClientIdDiffers => "client_id_differs",
            Self::ResponseUriForeign => "response_uri_foreign",
            Self::Audience => "wrong_audience",
            Self::WalletNonce => "wallet_nonce",
            Self::Expired { .. } => "request_expired",
            Self::FromFuture { .. } => "request_from_future",
            Self::ResponseType => "response_type_unsupported",
            Self::ResponseMode => "response_mode_unsupported",
            Self::Scope => "scope_unsupported",
            Self::PresentationDefinition => "draft_query",
            Self::Query(_) => "query_invalid",
            Self::StateMissing => "state_missing",
            Self::EncryptionKey => "encryption_key",
            Self::EncryptionUnsupported => "encryption_unsupported",
            Self::Formats => "formats_unsupported",
            Self::OriginForeign => "origin_foreign",
            Self::TransactionData => "transaction_data_invalid",
            Self::TransactionType { .. } => "transaction_type_unknown",
        }
    }

    /// Who can mend it.
    pub const fn party(&self) -> Party {
        match self {
            Self::NotACall => Party::Link,
            _ => Party::Verifier,
        }
    }

    /// What §8.5 calls it, for a verifier whose signature holds; `None` for faults that leave open who asks, or whether
    /// they asked just now.
    pub const fn oauth(&self) -> Option<OAuthError> {
        match self {
            Self::Missing { .. }
            | Self::Malformed { .. }
            | Self::Both { .. }
            | Self::ResponseType
            | Self::PresentationDefinition
            | Self::Query(_)
            | Self::StateMissing
            | Self::EncryptionKey
            | Self::EncryptionUnsupported => Some(OAuthError::InvalidRequest),
            Self::Scope => Some(OAuthError::InvalidScope),
            Self::Formats => Some(OAuthError::VpFormatsNotSupported),
            Self::TransactionData | Self::TransactionType { .. } => Some(OAuthError::InvalidTransactionData),
            _ => None,
        }
    }
}

/// Why an answer cannot be made, or was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerFault {
    /// It leaves out what is asked for, or has what is not (§6.4.2, §8.1).
    #[error("the answer: {0}")]
    Unsatisfied(#[from] mapae_dcql::Unsatisfied),
    /// A presentation in another format than asked for.
    #[error("a presentation for `{query}` in another format than asked for")]
    Format {
        /// The credential query.
        query: mapae_dcql::QueryId,
    },
    /// It cannot be encrypted.
    #[error("the answer cannot be encrypted: {0}")]
    Encryption(#[from] mapae_jose::JweError),
    /// The verifier did not take it (§8.2).
    #[error("the verifier answers {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
}

impl AnswerFault {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsatisfied(_) => "answer_incomplete",
            Self::Format { .. } => "answer_format",
            Self::Encryption(_) => "answer_not_encrypted",
            Self::Refused { .. } => "answer_refused",
        }
    }

    /// Who can mend it.
    pub const fn party(&self) -> Party {
        match self {
            Self::Refused { .. } => Party::Verifier,
            _ => Party::Us,
        }
    }
}
