//! What can be wrong with a bundle, and what it can say against a signer or a status.

use mapae_cose::{CoseError, cbor::CborError};
use mapae_ledger::{LogProofError, PolicyError};
use mapae_status_list::TokenError;
use mapae_types::Timestamp;
use mapae_x509::X509Error;

use crate::{RegistrationError, ledger::EntryError};

/// Why a bundle is not used. Whoever made or handed over the file is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The bytes are not acceptable CBOR, or not a bundle.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The signature structure cannot be read.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Not signed by the key that the verifier expects, or altered since.
    #[error("the bundle is not signed by the expected key, or was altered")]
    Forged,
    /// A bundle of a kind or version that this software does not know.
    #[error("not a trust bundle of a known version")]
    VersionUnsupported,
    /// A root that cannot be one.
    #[error("a root in the bundle cannot be used: {0}")]
    Root(X509Error),
    /// Times that contradict each other.
    #[error("the bundle's times cannot be used")]
    Freshness,
    /// No class of use, one twice, or too many.
    #[error("the bundle's classes of use cannot be used")]
    Classes,
    /// A root that occurs twice, perhaps with two rules.
    #[error("the bundle names the root {0} twice")]
    RootTwice(String),
    /// Releases that are none, too many, or not in order.
    #[error("the bundle's list of software is empty, too long or not in order")]
    Software,
    /// Withdrawn registrations that are none, too many, or not in order.
    #[error("the bundle's list of withdrawn registrations is empty, too long or not in order")]
    Withdrawn,
    /// Two status lists with one URI.
    #[error("the bundle holds two status lists for {0}")]
    StatusListTwice(String),
    /// Status lists that are not ordered by their URIs.
    #[error("the bundle's status lists are not in order")]
    StatusListOrder,
    /// A status list that no reader would accept.
    #[error(transparent)]
    StatusList(Box<TrustError>),
    /// A key vouches where a ledger was expected, the other way round, or another ledger.
    #[error(
        "the bundle is vouched for by somebody else than expected: a ledger for a key, a key for a ledger, or another ledger"
    )]
    OtherAnchor,
    /// The proof that it stands in the ledger cannot be read, or does not hold.
    #[error("the bundle's place in the ledger is not proven: {0}")]
    NotProven(#[from] LogProofError),
    /// An entry that travels with it cannot be read.
    #[error("an entry of the ledger in the bundle: {0}")]
    Entry(Box<EntryError>),
    /// A policy that it brings does not load.
    #[error("a policy in the bundle: {0}")]
    Policy(PolicyError),
    /// Policies that do not follow each other.
    #[error("the bundle's policies are not in order")]
    PolicyOrder,
    /// Its registrations cannot be read.
    #[error("the bundle's registrations: {0}")]
    Registrations(RegistrationError),
}

/// Why a signer or a status is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The chain does not lead to a root of the bundle, or does not fit its use.
    #[error(transparent)]
    Certificate(#[from] X509Error),
    /// Design §6: the root vouches for the signer, and the ledger does not list it.
    #[error("the signer {subject} is not on the ledger")]
    SignerNotListed {
        /// The certificate's subject.
        subject: String,
    },
    /// D11: the signer's key is known to others; nothing that it signed is accepted, whatever its date.
    #[error("the signer {subject} is compromised")]
    Compromised {
        /// The certificate's subject.
        subject: String,
    },
    /// D11: the signer's key was destroyed; what is dated later is not its work.
    #[error("the signer {subject} ceased at {ceased_at}")]
    Ceased {
        /// The certificate's subject.
        subject: String,
        /// The last moment at which it signed.
        ceased_at: Timestamp,
    },
    /// The bundle has no list for this URI, so nothing is known.
    #[error("the bundle has no status list for {uri}")]
    StatusListMissing {
        /// The URI that the document refers to.
        uri: String,
    },
    /// The list's own signer is not accepted.
    #[error("the signer of the status list for {uri}: {error}")]
    StatusListSigner {
        /// The URI that the document refers to.
        uri: String,
        /// What is wrong with the signer.
        error: Box<TrustError>,
    },
    /// The list does not verify, or is not what it should be.
    #[error("the status list for {uri} cannot be used: {error}")]
    StatusListInvalid {
        /// The URI that the document refers to.
        uri: String,
        /// What is wrong with it.
        error: TokenError,
    },
    /// The list says that it must not be used any more.
    #[error("the status list for {uri} expired at {expires_at}")]
    StatusListExpired {
        /// The URI that the document refers to.
        uri: String,
        /// The token's `exp`.
        expires_at: Timestamp,
    },
    /// The list is from the future: the clock is wrong, or its signer's was.
    #[error("the status list for {uri} is dated {issued_at}, in the future")]
    StatusListFromFuture {
        /// The URI that the document refers to.
        uri: String,
        /// The token's `iat`.
        issued_at: Timestamp,
    },
    /// The list is signed below another root than the document.
    #[error("the status list for {uri} is signed below another root than the document")]
    StatusListForeign {
        /// The URI that the document refers to.
        uri: String,
    },
}

impl From<EntryError> for BundleError {
    fn from(error: EntryError) -> Self {
        Self::Entry(Box::new(error))
    }
}
