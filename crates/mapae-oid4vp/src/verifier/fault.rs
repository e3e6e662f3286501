//! What goes wrong at a verifier.

use mapae_jose::JweError;
use mapae_types::EntropyError;

use crate::OAuthError;

/// A draft that no wallet would answer: our own fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftFault {
    /// No certificate.
    #[error("no certificate to sign requests by")]
    CertificateMissing,
    /// The certificate does not name the host.
    #[error("the certificate does not name the host {host}")]
    HostForeign {
        /// Which.
        host: String,
    },
    /// An address that is neither HTTPS nor on this machine.
    #[error("answers would go to an address without TLS")]
    Insecure,
    /// A client known by its host gets answers there alone (§5.9.3).
    #[error("answers would go to another host than the client's")]
    ResponseUriForeign,
    /// A transaction that no credential of the query can authorise (§5.1, Annex B.3.3), or too many of them.
    #[error("transaction data that no credential asked for can authorise")]
    TransactionUnusable,
    /// A statement about the verifier that wallets cannot read (§5.1), or too many of them.
    #[error("a statement about the verifier that has not its form")]
    VerifierInfo,
    /// An origin that no browser writes so (RFC 6454 §6.2).
    #[error("an origin that no browser writes so")]
    OriginMalformed,
    /// More identities than a request has.
    #[error("more than {limit} identities")]
    TooManySigners {
        /// How many there may be.
        limit: usize,
    },
    /// As many signatures as identities.
    #[error("{wanted} signatures are wanted")]
    Signatures {
        /// How many.
        wanted: usize,
    },
    /// A page that nobody is sent to: neither HTTPS nor on this machine.
    #[error("the page to go on to is an address without TLS")]
    PageInsecure,
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// An answer that is none: the wallet's fault, or somebody's who is no wallet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseFault {
    /// Not a form, too long, or with a parameter twice.
    #[error("the answer is no form")]
    FormMalformed,
    /// It had to be encrypted and is not (§8.3.1).
    #[error("the answer is not encrypted")]
    NotEncrypted,
    /// It cannot be opened.
    #[error("the encrypted answer: {0}")]
    Undecryptable(#[from] JweError),
    /// It is encrypted otherwise than was asked for (§8.3).
    #[error("the answer is encrypted in another way than asked for")]
    EncryptionUnasked,
    /// What is inside is not the JSON of an answer.
    #[error("the encrypted answer is not JSON")]
    ContentMalformed,
    /// Of another request (§14.3.2).
    #[error("the answer is to another request")]
    StateDiffers,
    /// A page brings it that is none of those that ask (§A.4).
    #[error("the answer comes by way of a page of another origin")]
    OriginForeign,
    /// The wallet refuses, with a code of §8.5.
    #[error("the wallet answers {0}")]
    Refused(OAuthError),
    /// The wallet refuses, with a code that is not known.
    #[error("the wallet answers with an error that is not known")]
    RefusedUnknown,
    /// `vp_token` is missing or malformed (§8.1).
    #[error("`vp_token` is missing or malformed")]
    Token,
    /// What was asked for is not there, or what was not asked for is (§6.4.2).
    #[error("the answer: {0}")]
    Unsatisfied(#[from] mapae_dcql::Unsatisfied),
    /// A transaction that no key binding has the hash of, or more than one (§5.1, Annex B.3.3.1).
    #[error("the holder did not authorise the transaction of the type {kind:?}, once")]
    TransactionMissing {
        /// The first 64 characters of its type.
        kind: String,
    },
    /// A key binding has a hash of no transaction that its credential was to authorise, or by another function.
    #[error("the holder authorised what was not asked of this credential")]
    TransactionForeign,
}

impl ResponseFault {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FormMalformed | Self::ContentMalformed => "answer_unreadable",
            Self::NotEncrypted => "answer_not_encrypted",
            Self::Undecryptable(_) | Self::EncryptionUnasked => "answer_undecryptable",
            Self::StateDiffers => "state_differs",
            Self::OriginForeign => "origin_foreign",
            Self::Refused(error) => error.as_str(),
            Self::RefusedUnknown => "refused",
            Self::Token => "vp_token_malformed",
            Self::Unsatisfied(_) => "answer_incomplete",
            Self::TransactionMissing { .. } => "transaction_not_authorised",
            Self::TransactionForeign => "transaction_foreign",
        }
    }
}

impl ResponseFault {
    /// The clause of OpenID4VP 1.0 that is broken, or, of a refusal, used.
    pub const fn clause(&self) -> &'static str {
        match self {
            Self::FormMalformed => "§8.2",
            Self::NotEncrypted | Self::ContentMalformed => "§8.3.1",
            Self::Undecryptable(_) | Self::EncryptionUnasked => "§8.3",
            Self::StateDiffers => "§14.3.2",
            Self::OriginForeign => "§A.4",
            Self::Refused(_) | Self::RefusedUnknown => "§8.5",
            Self::Token => "§8.1",
            Self::Unsatisfied(_) => "§6.4.2",
            Self::TransactionMissing { .. } => "§5.1",
            Self::TransactionForeign => "§B.3.3.1",
        }
    }

    /// Whether it is an answer after all: an error response, which is taken as one (§8.2).
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::RefusedUnknown)
    }
}

/// A record that no pending presentation can be made of: the fault of whoever keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// Written by a later version.
    #[error("a record of the version {found}")]
    Version {
        /// Which.
        found: u8,
    },
    /// Of another kind of request.
    #[error("a record of another kind of request")]
    Kind,
    /// Cut off or changed where it was kept.
    #[error("a record that was damaged")]
    Damaged,
    /// Its parts are not those of a request.
    #[error("a record that is malformed")]
    Malformed,
}
