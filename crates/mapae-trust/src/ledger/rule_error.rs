//! Entries that may not stand where they would stand. Who signed them is at fault, unless a variant says otherwise.

use mapae_ledger::Origin;
use mapae_types::{AgencyId, RelyingPartyId, Timestamp};
use mapae_x509::X509Error;

use super::{Fingerprint, Kind, Right, WalletProviderId};
use crate::{BundleError, OrderError};

/// The rule that an entry breaks. Texts may change; [`RuleError::code`] stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The first entry is another than a founding.
    #[error("the ledger begins with a founding, not with an entry of kind {kind}")]
    NotFounded {
        /// What it is.
        kind: Kind,
    },
    /// A founding that is not the first entry.
    #[error("the ledger is founded already")]
    FoundedBefore,
    /// A founder has not signed.
    #[error("founder {agency} did not sign the founding")]
    FounderMissing {
        /// Who.
        agency: AgencyId,
    },
    /// Somebody signed who is no agency, or is none any more.
    #[error("{agency} is not an agency of the ledger")]
    NotAgency {
        /// Who.
        agency: AgencyId,
    },
    /// A signature that is not that of the agency's key in force.
    #[error("the signature of {agency} does not verify with its key")]
    SignatureInvalid {
        /// Whose it claims to be.
        agency: AgencyId,
    },
    /// What takes a majority of the agencies has too few.
    #[error("{signed} agencies signed, {needed} must")]
    TooFewSigners {
        /// How many did.
        signed: usize,
        /// How many must.
        needed: usize,
    },
    /// What one agency states alone is signed by several.
    #[error("{signed} agencies signed what one states alone")]
    NotOneSigner {
        /// How many did.
        signed: usize,
    },
    /// The agency may not state that.
    #[error("{agency} has no right `{right}`")]
    NoRight {
        /// Who.
        agency: AgencyId,
        /// What it lacks.
        right: Right,
    },
    /// The same statement of the same time was entered before.
    #[error("the statement was entered before")]
    StatedBefore,
    /// The entry, the bundle or the day that it speaks of lies ahead.
    #[error("{time} is later than {latest}")]
    FromFuture {
        /// What the entry says.
        time: Timestamp,
        /// The latest time that is accepted now.
        latest: Timestamp,
    },
    /// What is withdrawn or referred to is not there.
    #[error("there is no {kind} {key}")]
    NotEntered {
        /// Of what kind it would be.
        kind: Kind,
        /// By which it is named.
        key: String,
    },
    /// What is entered is there already.
    #[error("the {kind} {key} is entered already")]
    EnteredBefore {
        /// Of what kind it is.
        kind: Kind,
        /// By which it is named.
        key: String,
    },
    /// Without agencies nobody could state anything any more.
    #[error("{agency} is the last agency and cannot leave")]
    LastAgency {
        /// Who.
        agency: AgencyId,
    },
    /// Another agency has that key.
    #[error("{agency} has that key already")]
    KeyTaken {
        /// Who.
        agency: AgencyId,
    },
    /// A policy of another log.
    #[error("the policy is of the log {found}, not of {expected}")]
    OtherLog {
        /// The ledger's log.
        expected: Origin,
        /// The policy's.
        found: Origin,
    },
    /// Generations of policies follow each other without a gap.
    #[error("the policy is of generation {found}, the next one is {expected}")]
    Generation {
        /// The next one.
        expected: u64,
        /// The one stated.
        found: u64,
    },
    /// The issuer, or the program that is released, is another agency's.
    #[error("{owner} entered it, so that {agency} does not change it")]
    NotOwner {
        /// Who signed.
        agency: AgencyId,
        /// Whose it is.
        owner: AgencyId,
    },
    /// A certificate that does not lead to a root in the ledger, or does not fit its use.
    #[error("the certificate is not below a root of the ledger: {0}")]
    Certificate(#[from] X509Error),
    /// A certificate that stands for one relying party cannot stand for another, nor twice.
    #[error("{relying_party} has that certificate already")]
    CertificateTaken {
        /// Who.
        relying_party: RelyingPartyId,
    },
    /// A root stands for one wallet provider: whose wallet it is, an attestation says by its root alone.
    #[error("{wallet_provider} has that root already")]
    RootTaken {
        /// Who.
        wallet_provider: WalletProviderId,
    },
    /// More releases than a bundle has. Those that are no longer in use are to be withdrawn first.
    #[error("{limit} releases are in force, and no more can be")]
    ReleasesFull {
        /// As many as there may be.
        limit: usize,
    },
    /// D11: who was compromised once is never trusted again.
    #[error("the signer {signer} is compromised, which is final")]
    CompromiseIsFinal {
        /// Which.
        signer: Fingerprint,
    },
    /// D11: the moment at which a signer ceased moves to earlier times only.
    #[error("the signer {signer} ceased at {before} already")]
    CeasedBefore {
        /// Which.
        signer: Fingerprint,
        /// The earlier time.
        before: Timestamp,
    },
    /// Versions, days and times of publications only grow.
    #[error("{kind} {stated} does not follow {last}")]
    NotLater {
        /// Of what kind it is.
        kind: Kind,
        /// The last one.
        last: u64,
        /// The one stated.
        stated: u64,
    },
    /// A journal that has lost records.
    #[error("the journal of {issuer} has {count} records and had {before}")]
    CountFell {
        /// Whose.
        issuer: Fingerprint,
        /// How many there were.
        before: u64,
        /// How many there are said to be.
        count: u64,
    },
    /// Two issuers' status lists would have one place.
    #[error("status lists below {prefix} would overlap those below {other}")]
    PrefixOverlaps {
        /// The prefix stated.
        prefix: String,
        /// The one that is there.
        other: String,
    },
    /// An order before anybody may sign orders.
    #[error("nobody may sign continuity orders yet")]
    OrderSignersMissing,
    /// The order is not signed by those who may.
    #[error("the order: {0}")]
    Order(#[from] OrderError),
    /// D14: an order names all signers that were known as compromised when it was decided.
    #[error("the order does not name the compromised signer {signer}")]
    OrderForgets {
        /// Which.
        signer: Fingerprint,
    },
    /// No bundle without a policy of freshness.
    #[error("the ledger says nothing about freshness yet")]
    FreshnessMissing,
    /// The draft is another than the one stated, or does not follow from the entries.
    #[error("the bundle does not follow from the entries")]
    ManifestDiffers,
    /// The draft holds a status list of which no issuer said that it is its own.
    #[error("the status list {uri} is below no prefix of the ledger")]
    StatusListOutside {
        /// Its URI.
        uri: String,
    },
    /// The draft holds a status list that is not signed below the root of the issuer whose prefix it has.
    #[error("the status list {uri} is not signed by its issuer: {error}")]
    StatusListForeign {
        /// Its URI.
        uri: String,
        /// Why not.
        error: X509Error,
    },
    /// The draft's parts cannot be used.
    #[error("the bundle's draft: {0}")]
    Draft(#[from] BundleError),
    /// The caller is at fault: the entry was judged by another state than the one that it is entered into.
    #[error("the entry was judged before other entries came in")]
    Overtaken,
}

impl RuleError {
    /// A word for programs that stays the same.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFounded { .. } => "not_founded",
            Self::FoundedBefore => "founded_before",
            Self::FounderMissing { .. } => "founder_missing",
            Self::NotAgency { .. } => "not_agency",
            Self::SignatureInvalid { .. } => "signature_invalid",
            Self::TooFewSigners { .. } => "too_few_signers",
            Self::NotOneSigner { .. } => "not_one_signer",
            Self::NoRight { .. } => "no_right",
            Self::StatedBefore => "stated_before",
            Self::FromFuture { .. } => "from_future",
            Self::NotEntered { .. } => "not_entered",
            Self::EnteredBefore { .. } => "entered_before",
            Self::LastAgency { .. } => "last_agency",
            Self::KeyTaken { .. } => "key_taken",
            Self::OtherLog { .. } => "other_log",
            Self::Generation { .. } => "generation",
            Self::NotOwner { .. } => "not_owner",
            Self::Certificate(_) => "certificate",
            Self::CertificateTaken { .. } => "certificate_taken",
            Self::RootTaken { .. } => "root_taken",
            Self::ReleasesFull { .. } => "releases_full",
            Self::CompromiseIsFinal { .. } => "compromise_is_final",
            Self::CeasedBefore { .. } => "ceased_before",
            Self::NotLater { .. } => "not_later",
            Self::CountFell { .. } => "count_fell",
            Self::PrefixOverlaps { .. } => "prefix_overlaps",
            Self::OrderSignersMissing => "order_signers_missing",
            Self::Order(_) => "order",
            Self::OrderForgets { .. } => "order_forgets",
            Self::FreshnessMissing => "freshness_missing",
            Self::ManifestDiffers => "manifest_differs",
            Self::StatusListOutside { .. } => "status_list_outside",
            Self::StatusListForeign { .. } => "status_list_foreign",
            Self::Draft(_) => "draft",
            Self::Overtaken => "overtaken",
        }
    }
}
