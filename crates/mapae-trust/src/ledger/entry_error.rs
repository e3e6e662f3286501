//! Bytes that are no entry. Whoever wrote them is at fault.

use mapae_cose::{CoseError, cbor::CborError};
use mapae_ledger::PolicyError;
use mapae_x509::X509Error;

use crate::{BundleError, OrderError, RegistrationError};

/// Why bytes are not an entry of the ledger, or a statement cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The bytes are not acceptable CBOR, or not of this shape.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The signature structure cannot be read.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// More bytes than an entry of a log has (C2SP tlog-tiles: its length is a uint16).
    #[error("an entry of {len} bytes")]
    TooLong {
        /// How many there are.
        len: usize,
    },
    /// Something else was signed: another `typ`, or none.
    #[error("not an entry of the ledger")]
    NotAnEntry,
    /// A version that this software does not know.
    #[error("not an entry of a known version")]
    VersionUnsupported,
    /// A kind of statement that this software does not know.
    #[error("not a statement of a known kind")]
    KindUnknown,
    /// A member that this software does not know.
    #[error("the statement has a member that is not known")]
    MemberUnknown,
    /// A member that must be there.
    #[error("the statement lacks `{name}`")]
    MemberMissing {
        /// Which.
        name: &'static str,
    },
    /// The same entry could be written in another way, and would then be another leaf.
    #[error("the entry is not in its deterministic encoding")]
    NotDeterministic,
    /// A signer that no agency can be: its name is none, or its signature not ES256.
    #[error("signer {index} of the entry has no name or no signature of an agency")]
    SignerUnfit {
        /// Its place.
        index: usize,
    },
    /// A key that is not one on P-256.
    #[error("a key in the statement is not one on P-256")]
    KeyUnfit,
    /// No founder, too many, or one id or key twice.
    #[error("the founders are none, too many, or two have an id or a key in common")]
    Founders,
    /// A prefix of status lists that is no `https` URL ending in `/`.
    #[error("the prefix of status lists is no https URL that ends in a slash, nor http on the loopback")]
    PrefixUnfit,
    /// A version that nobody could read out.
    #[error("the version has 1 to 64 visible characters of ASCII")]
    VersionUnfit,
    /// A policy that does not load.
    #[error("the policy: {0}")]
    Policy(#[from] PolicyError),
    /// A certificate that cannot be used.
    #[error("a certificate in the statement: {0}")]
    Certificate(#[from] X509Error),
    /// A registration that cannot be one.
    #[error("the registration: {0}")]
    Registration(#[from] RegistrationError),
    /// A continuity order that cannot be one.
    #[error("the order: {0}")]
    Order(#[from] OrderError),
    /// Classes of use that cannot be a policy.
    #[error("the classes of use: {0}")]
    Classes(#[from] BundleError),
}
