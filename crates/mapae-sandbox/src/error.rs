//! What a sandbox cannot do.

use mapae_cose::cbor::CborError;
use mapae_crypto::CryptoError;
use mapae_dcql::{QueryError, Unsatisfied};
use mapae_document::{CatalogueError, CopyError};
use mapae_issue::IssueError;
use mapae_jose::JweError;
use mapae_mdoc::MdocError;
use mapae_oid4vp::AnswerFault;
use mapae_sd_jwt::{PresentError, SdJwtError};
use mapae_trust::{BundleError, NamesError, RegistrationError};
use mapae_types::{EntropyError, IdError};
use mapae_x509::X509Error;

use crate::Break;

/// Why there is no answer, no document or no country. Whoever calls asked for what there is not, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The catalogue has no such document.
    #[error("the catalogue has no document {name}")]
    DocumentUnknown {
        /// Which.
        name: String,
    },
    /// A document without such an attribute.
    #[error("the document {document} has no attribute {attribute}")]
    AttributeUnknown {
        /// Which document.
        document: String,
        /// Which attribute.
        attribute: String,
    },
    /// The person may not have the document.
    #[error("person {person} may not have the document {document}")]
    NotEligible {
        /// The number of the person.
        person: u64,
        /// Which document.
        document: String,
    },
    /// The pocket has nothing that answers the request.
    #[error("this person has nothing that answers: {0}")]
    Unanswerable(#[from] Unsatisfied),
    /// What is to be broken is not in this request, or has no meaning in this format.
    #[error("`{}` has no meaning here", .0.name())]
    NotApplicable(Break),
    /// The request cannot be answered.
    #[error(transparent)]
    Answer(#[from] AnswerFault),
    /// A document as an mdoc: ours.
    #[error(transparent)]
    Mdoc(#[from] MdocError),
    /// A document as an SD-JWT: ours.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// A selection of an SD-JWT: ours.
    #[error(transparent)]
    Present(#[from] PresentError),
    /// Issuing: ours.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Dates of a copy: ours.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The built-in catalogue: ours.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A certificate: ours.
    #[error(transparent)]
    X509(#[from] X509Error),
    /// The bundle: ours.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A status list: ours.
    #[error(transparent)]
    Status(#[from] mapae_status_list::IssueError),
    /// A status beyond its list: ours.
    #[error(transparent)]
    StatusIndex(#[from] mapae_status_list::IndexOutOfRange),
    /// A registration that cannot be one.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// A name that cannot be one.
    #[error(transparent)]
    Names(#[from] NamesError),
    /// An id that cannot be one.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A path or a query that cannot be one.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A message that was to be altered: ours.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Nothing was found that could be altered: ours.
    #[error("nothing of the answer can be altered in this way")]
    NothingToAlter,
    /// The key of the request.
    #[error(transparent)]
    Encryption(#[from] JweError),
    /// A key.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The randomness that was handed in.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
