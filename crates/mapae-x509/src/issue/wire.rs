//! What is signed, as the crate `der` writes it.

use der::{
    Sequence,
    asn1::{AnyRef, BitStringRef, IntRef},
};
use spki::AlgorithmIdentifierRef;
use x509_cert::{
    certificate::Version,
    ext::Extension,
    time::{Time, Validity},
};

/// `TBSCertificate` of RFC 5280 §4.1, with names and key as raw bytes.
#[derive(Sequence)]
pub(super) struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(super) version: Version,
    pub(super) serial: IntRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) validity: Validity,
    pub(super) subject: AnyRef<'a>,
    pub(super) public_key: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

/// `TBSCertList` of RFC 5280 §5.1.
#[derive(Sequence)]
pub(super) struct TbsCertList<'a> {
    pub(super) version: Version,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) this_update: Time,
    pub(super) next_update: Option<Time>,
    pub(super) revoked: Option<Vec<RevokedCertificate<'a>>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

/// An entry of it.
#[derive(Sequence)]
pub(super) struct RevokedCertificate<'a> {
    pub(super) serial: IntRef<'a>,
    pub(super) at: Time,
    pub(super) extensions: Option<Vec<Extension>>,
}
