//! What can be wrong, and with whom.

use const_oid::ObjectIdentifier;
use mapae_types::{Duration, Timestamp};

use crate::Role;

/// Why a certificate, chain or revocation list is not accepted, or not issued.
///
/// Variants that start with `Root` blame the root that somebody wants to trust, `Crl` the revocation list,
/// `Issuing` the caller who asks for a certificate; the others blame the certificate that was presented, or
/// the authority that made it. Names are those of authorities, signers and readers, never of citizens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum X509Error {
    /// Not DER or PEM of the expected kind, or with bytes after it.
    #[error("not a certificate or revocation list that can be read")]
    Unreadable,
    /// Another count of PEM blocks than was asked for.
    #[error("{found} PEM blocks where one was expected")]
    PemCount {
        /// How many there are.
        found: usize,
    },
    /// Only version 3 has extensions (Annex B: "v3").
    #[error("not an X.509 version 3 certificate")]
    VersionUnsupported,
    /// Serial numbers are positive and take at most 20 octets (RFC 5280 §4.1.2.2).
    #[error("a serial number that is not positive or is longer than 20 octets")]
    SerialInvalid,
    /// Signed with something else than ECDSA with SHA-256 or SHA-384, or with parameters (RFC 5758 §3.2).
    #[error("unsupported signature algorithm {oid}")]
    AlgorithmUnsupported {
        /// The algorithm named.
        oid: ObjectIdentifier,
    },
    /// The algorithm inside the signed part is not the one outside it (RFC 5280 §4.1.1.2).
    #[error("signature algorithm {inner} inside and {outer} outside the signed part")]
    AlgorithmMismatch {
        /// Within the signature's protection.
        inner: ObjectIdentifier,
        /// Beside the signature.
        outer: ObjectIdentifier,
    },
    /// The subject's key is not on P-256 or P-384.
    #[error("unsupported or invalid subject key")]
    KeyUnsupported,
    /// An extension that occurs twice (RFC 5280 §4.2).
    #[error("extension {oid} occurs more than once")]
    ExtensionRepeated {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// An extension whose content is not what its type says.
    #[error("extension {oid} cannot be read")]
    ExtensionUnreadable {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// An extension that must be understood and is not (RFC 5280 §4.2).
    #[error("unknown critical extension {oid}")]
    ExtensionUnknown {
        /// Which one.
        oid: ObjectIdentifier,
    },

    /// A root names another issuer than itself.
    #[error("root {subject} is not self-issued")]
    RootNotSelfIssued {
        /// The would-be root.
        subject: String,
    },
    /// A root's own signature does not verify.
    #[error("the signature of root {subject} over itself does not verify")]
    RootSignatureInvalid {
        /// The would-be root.
        subject: String,
    },
    /// A root without `cA` in its basic constraints.
    #[error("root {subject} is not a certification authority")]
    RootNotCa {
        /// The would-be root.
        subject: String,
    },
    /// A root whose key usage lacks `keyCertSign`.
    #[error("root {subject} may not sign certificates")]
    RootMayNotSign {
        /// The would-be root.
        subject: String,
    },

    /// No certificate at all.
    #[error("an empty certificate chain")]
    ChainEmpty,
    /// More intermediates than any profile here uses.
    #[error("{intermediates} intermediate certificates, at most {limit} are followed")]
    ChainTooLong {
        /// How many there are.
        intermediates: usize,
        /// How many are followed.
        limit: usize,
    },
    /// The leaf is self-signed, or is the root itself (HAIP 1.0: the signing certificate must not be).
    #[error("the signing certificate {subject} is self-signed")]
    LeafSelfSigned {
        /// The leaf.
        subject: String,
    },
    /// A root sent along (ISO/IEC 18013-5 §9.1.2.4 and HAIP 1.0: without the trust anchor).
    #[error("the chain contains the root {subject}")]
    RootInChain {
        /// The root.
        subject: String,
    },
    /// The next certificate, or every trusted root, has another name or key than the issuer named here.
    #[error("the issuer {issuer} is unknown")]
    IssuerUnknown {
        /// The issuer that was looked for.
        issuer: String,
    },
    /// A signature in the chain does not verify with its issuer's key.
    #[error("the signature of certificate {subject} does not verify")]
    SignatureInvalid {
        /// Whose certificate.
        subject: String,
    },
    /// Before the certificate's validity.
    #[error("certificate {subject} is not valid before {not_before}")]
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// When its validity starts.
        not_before: Timestamp,
    },
    /// After the certificate's validity.
    #[error("certificate {subject} was valid until {not_after}")]
    Expired {
        /// Whose certificate.
        subject: String,
        /// When its validity ended.
        not_after: Timestamp,
    },
    /// The signing certificate is an authority's.
    #[error("the signing certificate {subject} belongs to a certification authority")]
    LeafIsCa {
        /// The leaf.
        subject: String,
    },
    /// An intermediate without `cA`.
    #[error("certificate {subject} issued another one and is not a certification authority")]
    IssuerNotCa {
        /// The intermediate.
        subject: String,
    },
    /// An intermediate whose key usage lacks `keyCertSign`.
    #[error("certificate {subject} issued another one and may not sign certificates")]
    IssuerMayNotSign {
        /// The intermediate.
        subject: String,
    },
    /// More authorities under this one than its `pathLenConstraint` allows.
    #[error("{subject} allows {limit} authorities below it")]
    PathTooLong {
        /// The authority.
        subject: String,
        /// How many it allows.
        limit: u8,
    },
    /// The key usage lacks `digitalSignature`, or is absent where the role demands it.
    #[error("key usage of {subject} does not allow signatures")]
    KeyUsageForbids {
        /// The leaf.
        subject: String,
    },
    /// The extended key usage is not that of the role, or is absent where the role demands it.
    #[error("{subject} is not certified as {role}")]
    PurposeForbids {
        /// The leaf.
        subject: String,
        /// What it was used as.
        role: Role,
    },
    /// The signer's country is missing or is not its root's (ISO/IEC 18013-5 B.1.4).
    #[error("country of {subject} is {found:?}, its root's is {root:?}")]
    CountryDiffers {
        /// The leaf.
        subject: String,
        /// Its country.
        found: Option<String>,
        /// The root's.
        root: Option<String>,
    },
    /// The root names a state or province and the signer not the same (ISO/IEC 18013-5 B.1.4).
    #[error("state or province of {subject} is {found:?}, its root's is {root}")]
    StateDiffers {
        /// The leaf.
        subject: String,
        /// Its state or province.
        found: Option<String>,
        /// The root's.
        root: String,
    },

    /// The list was not issued by this root.
    #[error("the revocation list is by {issuer}")]
    CrlIssuerDiffers {
        /// Who issued it.
        issuer: String,
    },
    /// The root's key usage lacks `cRLSign`.
    #[error("{subject} may not sign revocation lists")]
    CrlIssuerMayNotSign {
        /// The root.
        subject: String,
    },
    /// The list's signature does not verify.
    #[error("the signature of the revocation list does not verify")]
    CrlSignatureInvalid,
    /// The list is from the future.
    #[error("the revocation list is not valid before {this_update}")]
    CrlNotYetValid {
        /// When it was issued.
        this_update: Timestamp,
    },
    /// A newer list should exist.
    #[error("the revocation list was valid until {next_update}")]
    CrlExpired {
        /// By when the next one was due.
        next_update: Timestamp,
    },

    /// Not two capital letters (ISO 3166-1 alpha-2).
    #[error("a country is two capital letters")]
    IssuingCountryInvalid,
    /// A name that is empty or longer than 64 characters (RFC 5280 appendix A.1).
    #[error("a name has 1 to 64 characters")]
    IssuingNameInvalid,
    /// An address that is empty, not ASCII, or not of its kind.
    #[error("not a usable URI, e-mail address or host name")]
    IssuingAddressInvalid,
    /// The validity is empty or cannot be written.
    #[error("the validity is empty or before 1970")]
    IssuingValidityInvalid,
    /// Longer than the profile allows.
    #[error("a validity of {asked}, the profile allows {limit}")]
    IssuingValidityTooLong {
        /// What was asked for.
        asked: Duration,
        /// What the profile allows.
        limit: Duration,
    },
    /// The validity is not within the root's.
    #[error("the root is valid from {not_before} to {not_after} only")]
    IssuingOutsideRoot {
        /// When the root starts.
        not_before: Timestamp,
        /// When the root ends.
        not_after: Timestamp,
    },
    /// The root lacks what its signers must copy: its country or its CRL distribution point.
    #[error("the root has no country or no CRL distribution point to copy")]
    IssuingRootIncomplete,
    /// The new root has another name than the old one, which then has an authority below it that it does not allow.
    #[error("a root is linked to its successor of the same name only")]
    IssuingLinkRenames,
    /// The signer would have its root's key, and so be no less powerful.
    #[error("a signer needs a key of its own")]
    IssuingKeyReused,
    /// What was asked for cannot be encoded.
    #[error("the certificate or list cannot be encoded")]
    IssuingUnencodable,
    /// The signature to attach was not made by the issuer's key over what was to be signed.
    #[error("the signature to attach does not verify")]
    IssuingSignatureInvalid,
}
