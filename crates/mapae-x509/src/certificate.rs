//! Certificates, parsed once.

use core::fmt;
use std::sync::Arc;

use mapae_crypto::{
    PublicKey,
    elements::{Elements, bits, integer, only, tag},
    sha256,
};
use mapae_types::Timestamp;

use crate::{
    AlternativeName, X509Error,
    extensions::{Extension, Extensions},
    name::DistinguishedName,
    pem,
    signed::{AlgorithmName, Signed},
    time,
};

const PEM_LABEL: &str = "CERTIFICATE";

/// A certificate of X.509 version 3 whose shape is sound. That says nothing about who made it: see
/// [`crate::verify_chain`]. Cloning is cheap.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    fingerprint: [u8; 32],
    signed: Signed,
    serial: Box<[u8]>,
    issuer: DistinguishedName,
    subject: DistinguishedName,
    not_before: Timestamp,
    not_after: Timestamp,
    public_key: PublicKey,
    extensions: Extensions,
}

/// `TBSCertificate` of RFC 5280 §4.1, with names and key as raw bytes.
struct Tbs<'a> {
    version: u8,
    serial: &'a [u8],
    algorithm: AlgorithmName,
    issuer: &'a [u8],
    not_before: Timestamp,
    not_after: Timestamp,
    subject: &'a [u8],
    public_key: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

/// The number of version 3.
const V3: u8 = 2;

impl<'a> Tbs<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut tbs = Elements::inside(der, tag::SEQUENCE)?;
        let version =
            tbs.optional(tag::constructed(0))?.map_or(Some(0), |content| version(only(content, tag::INTEGER)?))?;
        let serial = integer(tbs.next(tag::INTEGER)?)?;
        let algorithm = AlgorithmName::read(&mut tbs)?;
        let issuer = tbs.any()?.whole;
        let mut validity = tbs.enter(tag::SEQUENCE)?;
        let (not_before, not_after) = (time::read(validity.any()?)?, time::read(validity.any()?)?);
        validity.end()?;
        let (subject, public_key) = (tbs.any()?.whole, tbs.any()?.whole);
        let extensions = Self::skip_unique_ids(&mut tbs)?.optional(tag::constructed(3))?;
        let extensions = extensions.map_or(Some(Vec::new()), |list| Extension::read_all(only(list, tag::SEQUENCE)?))?;
        tbs.end()?;
        Some(Self { version, serial, algorithm, issuer, not_before, not_after, subject, public_key, extensions })
    }

    fn skip_unique_ids<'e>(tbs: &'e mut Elements<'a>) -> Option<&'e mut Elements<'a>> {
        for number in [1, 2] {
            tbs.optional(tag::primitive(number))?.map_or(Some(()), |id| bits(id).map(|_| ()))?;
        }
        Some(tbs)
    }
}

/// One of the three that there are (RFC 5280 §4.1.2.1).
pub(crate) fn version(content: &[u8]) -> Option<u8> {
    match content {
        [number @ 0..=2] => Some(*number),
        _ => None,
    }
}

impl Certificate {
    /// Reads DER. Refused: bytes after it, other versions than 3, repeated extensions, unknown critical ones,
    /// two different signature algorithms, keys and algorithms that are not ECDSA on P-256 or P-384.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let signed = Signed::from_der(der)?;
        let tbs = Tbs::read(signed.to_be_signed()).ok_or(X509Error::Unreadable)?;
        if tbs.version != V3 {
            return Err(X509Error::VersionUnsupported);
        }
        signed.check_inner_algorithm(&tbs.algorithm)?;
        let inner = Inner {
            der: der.into(),
            fingerprint: sha256(der),
            serial: positive(tbs.serial)?.into(),
            issuer: DistinguishedName::read(tbs.issuer)?,
            subject: DistinguishedName::read(tbs.subject)?,
            not_before: tbs.not_before,
            not_after: tbs.not_after,
            public_key: PublicKey::from_spki_der(tbs.public_key).map_err(|_| X509Error::KeyUnsupported)?,
            extensions: Extensions::read(&tbs.extensions)?,
            signed,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Reads PEM with exactly one certificate; text around it is skipped.
    pub fn from_pem(pem: &str) -> Result<Self, X509Error> {
        Self::from_der(pem::only_block(pem, PEM_LABEL)?.as_bytes())
    }

    /// Reads every certificate of a PEM file, which may hold no other kind of block.
    pub fn many_from_pem(pem: &str) -> Result<Vec<Self>, X509Error> {
        pem::blocks(pem, PEM_LABEL)?.iter().map(|document| Self::from_der(document.as_bytes())).collect()
    }

    /// The certificate in PEM.
    pub fn to_pem(&self) -> String {
        pem::write(self.der(), PEM_LABEL)
    }

    /// The bytes as they were received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of [`Self::der`], as `x509_hash` of `OpenID4VP` 1.0 §5.9.3 takes it.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint
    }

    /// The key that is certified.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The first second of its validity.
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// The last second of its validity.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// Whom it certifies, as RFC 4514 writes names.
    pub fn subject(&self) -> &str {
        &self.0.subject.text
    }

    /// Who made it, as RFC 4514 writes names.
    pub fn issuer(&self) -> &str {
        &self.0.issuer.text
    }

    /// C of the subject: two letters.
    pub fn subject_country(&self) -> Option<&str> {
        self.0.subject.country.as_deref()
    }

    /// ST of the subject.
    pub fn subject_state_or_province(&self) -> Option<&str> {
        self.0.subject.state_or_province.as_deref()
    }

    /// O of the subject.
    pub fn subject_organization(&self) -> Option<&str> {
        self.0.subject.organization.as_deref()
    }

    /// CN of the subject.
    pub fn subject_common_name(&self) -> Option<&str> {
        self.0.subject.common_name.as_deref()
    }

    /// The subject's distinguished name in DER.
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject.der
    }

    /// The serial number: 1 to 20 octets, big-endian, without a leading zero.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The subject key identifier, which DCQL's `trusted_authorities` of type `aki` compares.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_id.as_deref()
    }

    /// The key identifier of its issuer.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_id.as_deref()
    }

    /// Where the revocation list is: the first URI named.
    pub fn crl_distribution_point(&self) -> Option<&str> {
        self.0.extensions.crl_distribution_point.as_deref()
    }

    /// Other names of the subject.
    pub fn subject_alternative_names(&self) -> &[AlternativeName] {
        &self.0.extensions.subject_alternatives
    }

    /// Other names of the issuer: how to reach it.
    pub fn issuer_alternative_names(&self) -> &[AlternativeName] {
        &self.0.extensions.issuer_alternatives
    }

    /// Whether it may sign certificates of others, by its basic constraints.
    pub fn is_ca(&self) -> bool {
        self.0.extensions.is_ca
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Whether issuer and subject have the same name.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.0.issuer == self.0.subject
    }

    /// Whether `issuer` has the name and, where both state one, the key identifier that this one names.
    pub(crate) fn names_issuer(&self, issuer: &Self) -> bool {
        self.0.issuer == issuer.0.subject && key_ids_agree(self.authority_key_id(), issuer)
    }

    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.0.signed.is_signed_by(key)
    }
}

/// RFC 5280 §4.2.1.1: compared where both sides have one.
pub(crate) fn key_ids_agree(authority: Option<&[u8]>, issuer: &Certificate) -> bool {
    match (authority, issuer.subject_key_id()) {
        (Some(named), Some(actual)) => named == actual,
        _ => true,
    }
}

/// RFC 5280 §4.1.2.2: "a positive integer", at most 20 octets. Gives the magnitude.
pub(crate) fn positive(serial: &[u8]) -> Result<&[u8], X509Error> {
    let magnitude = match serial {
        [0, rest @ ..] => rest,
        [first, ..] if *first >= 0x80 => return Err(X509Error::SerialInvalid),
        other => other,
    };
    if (1..=20).contains(&magnitude.len()) { Ok(magnitude) } else { Err(X509Error::SerialInvalid) }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial ", self.subject())?;
        self.serial().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
