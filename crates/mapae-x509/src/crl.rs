//! Certificate revocation lists (RFC 5280 §5, profile of ISO/IEC 18013-5 B.1.5).
//!
//! Left out: partial and delta lists and lists on behalf of others; their extensions are critical, hence
//! refused.

use core::fmt;
use std::sync::Arc;

use mapae_crypto::elements::{Elements, integer, only, tag, unsigned};
use mapae_types::Timestamp;
use x509_cert::ext::pkix::CrlReason;

use crate::{
    TrustAnchor, X509Error,
    certificate::{key_ids_agree, positive, version},
    extensions::{Extension, KeyUsage, authority_key_id, check_unique, id_ce, refuse_if_critical},
    name::DistinguishedName,
    pem,
    signed::{AlgorithmName, Signed},
    time,
};

const PEM_LABEL: &str = "X509 CRL";

/// A revocation list whose shape is sound. Nothing can be looked up before [`Crl::verify`]. Cloning is cheap.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    signed: Signed,
    issuer: DistinguishedName,
    authority_key_id: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    this_update: Timestamp,
    next_update: Timestamp,
    /// By serial number.
    revoked: Vec<Entry>,
}

/// A serial number and what became of it.
type Entry = (Box<[u8]>, Revocation);

/// When and why a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// From when on.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RevocationReason {
    /// Not said.
    #[default]
    Unspecified,
    /// The private key is in other hands: every date is doubtful, since a thief can back-date.
    KeyCompromise,
    /// The same of an authority.
    CaCompromise,
    /// The subject's name changed.
    AffiliationChanged,
    /// Replaced by another certificate.
    Superseded,
    /// No longer needed: what was signed before stays good.
    CessationOfOperation,
    /// For the time being. Read as revoked.
    CertificateHold,
    /// A privilege was withdrawn.
    PrivilegeWithdrawn,
}

/// Proof that a list is its root's and current at a certain time. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct VerifiedCrl {
    crl: Crl,
}

/// `TBSCertList` of RFC 5280 §5.1, with the name as raw bytes.
struct Tbs<'a> {
    version: u8,
    algorithm: AlgorithmName,
    issuer: &'a [u8],
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    revoked: Vec<Listed<'a>>,
    extensions: Vec<Extension<'a>>,
}

/// An entry of it.
struct Listed<'a> {
    serial: &'a [u8],
    at: Timestamp,
    extensions: Vec<Extension<'a>>,
}

/// The number of version 2.
const V2: u8 = 1;

impl<'a> Tbs<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut tbs = Elements::inside(der, tag::SEQUENCE)?;
        let version = version(tbs.next(tag::INTEGER)?)?;
        let algorithm = AlgorithmName::read(&mut tbs)?;
        let issuer = tbs.any()?.whole;
        let this_update = time::read(tbs.any()?)?;
        let next_update = match tbs.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(time::read(tbs.any()?)?),
            _ => None,
        };
        let revoked = tbs.optional(tag::SEQUENCE)?.map_or(Some(Vec::new()), Listed::read_all)?;
        let extensions = tbs.optional(tag::constructed(0))?;
        let extensions = extensions.map_or(Some(Vec::new()), |list| Extension::read_all(only(list, tag::SEQUENCE)?))?;
        tbs.end()?;
        Some(Self { version, algorithm, issuer, this_update, next_update, revoked, extensions })
    }
}

impl<'a> Listed<'a> {
    fn read_all(sequence: &'a [u8]) -> Option<Vec<Self>> {
        let (mut elements, mut entries) = (Elements::new(sequence), Vec::new());
        while !elements.is_empty() {
            entries.push(Self::read(elements.enter(tag::SEQUENCE)?)?);
        }
        Some(entries)
    }

    fn read(mut entry: Elements<'a>) -> Option<Self> {
        let (serial, at) = (integer(entry.next(tag::INTEGER)?)?, time::read(entry.any()?)?);
        let extensions = entry.optional(tag::SEQUENCE)?.map_or(Some(Vec::new()), Extension::read_all)?;
        entry.end().map(|()| Self { serial, at, extensions })
    }
}

impl Crl {
    /// Reads DER: version 2 with `nextUpdate`, under the same rules as certificates.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let signed = Signed::from_der(der)?;
        let tbs = Tbs::read(signed.to_be_signed()).ok_or(X509Error::Unreadable)?;
        if tbs.version != V2 {
            return Err(X509Error::VersionUnsupported);
        }
        signed.check_inner_algorithm(&tbs.algorithm)?;
        let (authority_key_id, number) = list_extensions(&tbs.extensions)?;
        let inner = Inner {
            der: der.into(),
            issuer: DistinguishedName::read(tbs.issuer)?,
            authority_key_id,
            number,
            this_update: tbs.this_update,
            // RFC 5280 §5.1.2.5 demands it of issuers. Without it a list would stay good for ever.
            next_update: tbs.next_update.ok_or(X509Error::Unreadable)?,
            revoked: entries(&tbs.revoked)?,
            signed,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Reads PEM with exactly one list.
    pub fn from_pem(pem: &str) -> Result<Self, X509Error> {
        Self::from_der(pem::only_block(pem, PEM_LABEL)?.as_bytes())
    }

    /// The list in PEM.
    pub fn to_pem(&self) -> String {
        pem::write(self.der(), PEM_LABEL)
    }

    /// The bytes as they were received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Who issued it, as RFC 4514 writes names.
    pub fn issuer(&self) -> &str {
        &self.0.issuer.text
    }

    /// Checks that `issuer` made the list and that `at` is within it: `thisUpdate` ≤ `at` < `nextUpdate`.
    pub fn verify(&self, issuer: &TrustAnchor, at: Timestamp) -> Result<VerifiedCrl, X509Error> {
        let root = issuer.certificate();
        let named = *self.0.issuer.der == *root.subject_der();
        if !named || !key_ids_agree(self.0.authority_key_id.as_deref(), root) {
            return Err(X509Error::CrlIssuerDiffers { issuer: self.issuer().to_owned() });
        }
        // RFC 5280 §6.3.3 (f): only a key usage that is there can forbid.
        if !root.extensions().key_usage.is_none_or(KeyUsage::crl_sign) {
            return Err(X509Error::CrlIssuerMayNotSign { subject: root.subject().to_owned() });
        }
        if !self.0.signed.is_signed_by(root.public_key()) {
            return Err(X509Error::CrlSignatureInvalid);
        }
        if at < self.0.this_update {
            return Err(X509Error::CrlNotYetValid { this_update: self.0.this_update });
        }
        if at >= self.0.next_update {
            return Err(X509Error::CrlExpired { next_update: self.0.next_update });
        }
        Ok(VerifiedCrl { crl: self.clone() })
    }
}

impl VerifiedCrl {
    /// The revocation of the certificate with that serial number (as [`crate::Certificate::serial`] gives it)
    /// by the list's issuer, if it is listed.
    pub fn revocation_of(&self, serial: &[u8]) -> Option<&Revocation> {
        let revoked = &self.crl.0.revoked;
        let index = revoked.binary_search_by(|(listed, _)| (**listed).cmp(serial)).ok()?;
        Some(&revoked[index].1)
    }

    /// When it was issued: the age of the evidence counts from here.
    pub fn this_update(&self) -> Timestamp {
        self.crl.0.this_update
    }

    /// By when the next one is due.
    pub fn next_update(&self) -> Timestamp {
        self.crl.0.next_update
    }

    /// The number that grows with each list, big-endian.
    pub fn number(&self) -> Option<&[u8]> {
        self.crl.0.number.as_deref()
    }

    /// The list itself.
    pub const fn crl(&self) -> &Crl {
        &self.crl
    }
}

/// The authority's key identifier and the list's number.
type ListExtensions = (Option<Vec<u8>>, Option<Vec<u8>>);

fn list_extensions(extensions: &[Extension<'_>]) -> Result<ListExtensions, X509Error> {
    check_unique(extensions)?;
    let (mut key_id, mut number) = (None, None);
    for extension in extensions {
        let read = match extension.id_ce() {
            id_ce::AUTHORITY_KEY_IDENTIFIER => authority_key_id(extension.content, &mut key_id),
            id_ce::CRL_NUMBER => {
                only(extension.content, tag::INTEGER).and_then(unsigned).map(|digits| number = Some(digits.to_vec()))
            }
            _ => {
                refuse_if_critical(extension)?;
                continue;
            }
        };
        read.ok_or_else(|| extension.unreadable())?;
    }
    Ok((key_id, number))
}

fn entries(revoked: &[Listed<'_>]) -> Result<Vec<Entry>, X509Error> {
    let entry = |listed: &Listed<'_>| {
        let reason = entry_reason(&listed.extensions)?;
        Ok((positive(listed.serial)?.into(), Revocation { at: listed.at, reason }))
    };
    let mut entries: Vec<Entry> = revoked.iter().map(entry).collect::<Result<_, X509Error>>()?;
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    // RFC 5280 §5.1.2.6 lists a certificate once; two entries with two dates would have no meaning.
    if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(X509Error::SerialInvalid);
    }
    Ok(entries)
}

fn entry_reason(extensions: &[Extension<'_>]) -> Result<RevocationReason, X509Error> {
    check_unique(extensions)?;
    let mut reason = RevocationReason::Unspecified;
    for extension in extensions {
        match extension.id_ce() {
            id_ce::CRL_REASONS => {
                let code = only(extension.content, tag::ENUMERATED);
                reason = code.and_then(RevocationReason::read).ok_or_else(|| extension.unreadable())?;
            }
            _ => refuse_if_critical(extension)?,
        }
    }
    Ok(reason)
}

impl RevocationReason {
    /// `CRLReason` of RFC 5280 §5.3.1; there is no 7.
    fn read(code: &[u8]) -> Option<Self> {
        Some(match code {
            // `removeFromCRL` (8) belongs to delta lists; in a full list the entry still stands.
            [0 | 8] => Self::Unspecified,
            [1] => Self::KeyCompromise,
            // 10 is an attribute authority's.
            [2 | 10] => Self::CaCompromise,
            [3] => Self::AffiliationChanged,
            [4] => Self::Superseded,
            [5] => Self::CessationOfOperation,
            [6] => Self::CertificateHold,
            [9] => Self::PrivilegeWithdrawn,
            _ => return None,
        })
    }

    /// RFC 5280 §5.3.1: `unspecified` is said by leaving the extension out.
    pub(crate) const fn code(self) -> Option<CrlReason> {
        Some(match self {
            Self::Unspecified => return None,
            Self::KeyCompromise => CrlReason::KeyCompromise,
            Self::CaCompromise => CrlReason::CaCompromise,
            Self::AffiliationChanged => CrlReason::AffiliationChanged,
            Self::Superseded => CrlReason::Superseded,
            Self::CessationOfOperation => CrlReason::CessationOfOperation,
            Self::CertificateHold => CrlReason::CertificateHold,
            Self::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
        })
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {}, {} entries)", self.issuer(), self.0.this_update, self.0.revoked.len())
    }
}
