//! What can be wrong with a document or a presentation of one.

use mapae_cose::{CoseError, cbor::CborError};
use mapae_types::{EntropyError, Timestamp};

/// Why a document was not issued, presented or accepted. Element identifiers and namespaces appear, their
/// values never do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MdocError {
    /// The bytes are not acceptable CBOR, or not of the structure's shape.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A COSE structure cannot be read.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// A structure of another version: of another major one, or for a `DeviceResponse` any but 1.0.
    #[error("`{0}` has a version that is not supported")]
    VersionUnsupported(&'static str),
    /// ISO 18013-5 §8.3.2.1.2.3: the device reports an error instead of an answer.
    #[error("the device answers with status {0}")]
    ResponseStatus(u64),
    /// A response without any document.
    #[error("the response holds no document")]
    NoDocument,
    /// The issuer's certificate is missing from the unprotected header of `issuerAuth`.
    #[error("the issuer's certificate chain is missing")]
    X5chainMissing,
    /// The issuer's signature over the MSO does not verify.
    #[error("the issuer's signature does not verify")]
    IssuerSignatureInvalid,
    /// ISO 18013-5 §9.1.2.5: a digest algorithm that no reader knows.
    #[error("the digest algorithm is not supported")]
    DigestAlgorithmUnsupported,
    /// ISO 18013-5 §9.3.1: the MSO is for another document type than the document says.
    #[error("the document type differs from the one that the issuer signed")]
    DocTypeMismatch,
    /// An element whose digest the MSO does not hold.
    #[error("element {element} of {namespace} is not among those that the issuer signed")]
    DigestMissing {
        /// Where the element stands.
        namespace: String,
        /// Its identifier.
        element: String,
    },
    /// An element whose digest differs from the one in the MSO.
    #[error("element {element} of {namespace} is not as the issuer signed it")]
    DigestMismatch {
        /// Where the element stands.
        namespace: String,
        /// Its identifier.
        element: String,
    },
    /// Two elements with one digest id or one identifier in a namespace, or a namespace that occurs twice.
    #[error("element {element} of {namespace} occurs twice")]
    ElementTwice {
        /// Where the element stands.
        namespace: String,
        /// Its identifier.
        element: String,
    },
    /// A date in the MSO that is not `tdate` without a fraction of a second.
    #[error("a date of the validity information cannot be read")]
    ValidityUnreadable,
    /// ISO 18013-5 §9.1.2.4: `validFrom` is not before `signed`, `validUntil` is after `validFrom`.
    #[error("the dates of the validity information contradict each other")]
    ValidityOrder,
    /// The copy is used before its time.
    #[error("the copy is valid from {valid_from}, and it is {now}")]
    NotYetValid {
        /// The start of its validity.
        valid_from: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The copy is used after its time.
    #[error("the copy was valid until {valid_until}, and it is {now}")]
    Expired {
        /// The end of its validity.
        valid_until: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The MSO's `status` names no mechanism that can be checked.
    #[error("the status reference cannot be used")]
    StatusUnusable,
    /// Neither or both of `deviceSignature` and `deviceMac`.
    #[error("the presentation must hold exactly one of device signature and device MAC")]
    DeviceAuthChoice,
    /// The holder's signature does not verify over this session.
    #[error("the holder's signature does not verify for this request")]
    DeviceSignatureInvalid,
    /// The holder's MAC does not verify over this session.
    #[error("the holder's MAC does not verify for this request")]
    DeviceMacInvalid,
    /// A device MAC where the verifier has no ephemeral key that it could be made with.
    #[error("a device MAC cannot be checked in this protocol")]
    DeviceMacUnexpected,
    /// ISO 18013-5 §9.1.2.4: an element signed by the device that the issuer did not authorize it to sign.
    #[error("the device signs element {element} of {namespace}, which the issuer did not authorize")]
    DeviceElementUnauthorized {
        /// Where the element stands.
        namespace: String,
        /// Its identifier.
        element: String,
    },
    /// A session transcript that is not a bare array of three items (hole 21 of the peers).
    #[error("not a session transcript")]
    TranscriptShape,
    /// The holder is asked to show an element that the document does not have.
    #[error("the document has no element {element} in {namespace}")]
    ElementUnknown {
        /// Where the element was looked for.
        namespace: String,
        /// Its identifier.
        element: String,
    },
    /// The reader's signature over the request does not verify.
    #[error("the reader's signature does not verify for this session")]
    ReaderSignatureInvalid,
    /// No randomness for salts.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl MdocError {
    pub(crate) fn missing(reader: &mapae_cose::cbor::Reader<'_>, member: &'static str) -> Self {
        CborError::Missing(reader.position(), member).into()
    }
}
