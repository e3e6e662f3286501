//! Certificate revocation lists (RFC 5280 §5, profile of ISO/IEC 18013-5 B.1.5).
//!
//! Left out: partial and delta lists and lists on behalf of others; their extensions are critical, hence
//! refused.

use core::fmt;
use std::sync::Arc;

use const_oid::db::rfc5280;
use der::{
    Decode as _, Sequence,
    asn1::{AnyRef, IntRef},
};
use mapae_types::Timestamp;
use spki::AlgorithmIdentifierRef;
use x509_cert::{
    certificate::Version,
    ext::{
        Extension,
        pkix::{CrlNumber, CrlReason},
    },
    time::Time,
};

use crate::{
    TrustAnchor, X509Error,
    certificate::{key_ids_agree, positive},
    extensions::{authority_key_id, check_unique, content, refuse_if_critical},
    name::DistinguishedName,
    pem,
    signed::Signed,
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

/// `TBSCertList` of RFC 5280 §5.1. Issuing uses it as well.
#[derive(Sequence)]
pub(crate) struct TbsCertList<'a> {
    pub(crate) version: Version,
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) revoked: Option<Vec<RevokedCertificate<'a>>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// An entry of it.
#[derive(Sequence)]
pub(crate) struct RevokedCertificate<'a> {
    pub(crate) serial: IntRef<'a>,
    pub(crate) at: Time,
    pub(crate) extensions: Option<Vec<Extension>>,
}

impl Crl {
    /// Reads DER: version 2 with `nextUpdate`, under the same rules as certificates.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let signed = Signed::from_der(der)?;
        let tbs = TbsCertList::from_der(signed.to_be_signed()).map_err(|_| X509Error::Unreadable)?;
        if tbs.version != Version::V2 {
            return Err(X509Error::VersionUnsupported);
        }
        signed.check_inner_algorithm(&tbs.algorithm)?;
        let (authority_key_id, number) = list_extensions(tbs.extensions.as_deref().unwrap_or_default())?;
        let inner = Inner {
            der: der.into(),
            issuer: DistinguishedName::read(tbs.issuer)?,
            authority_key_id,
            number,
            this_update: time::read(tbs.this_update)?,
            // RFC 5280 §5.1.2.5 demands it of issuers. Without it a list would stay good for ever.
            next_update: time::read(tbs.next_update.ok_or(X509Error::Unreadable)?)?,
            revoked: entries(tbs.revoked.as_deref().unwrap_or_default())?,
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
        if !root.extensions().key_usage.is_none_or(|usage| usage.crl_sign()) {
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

fn list_extensions(extensions: &[Extension]) -> Result<ListExtensions, X509Error> {
    check_unique(extensions)?;
    let (mut key_id, mut number) = (None, None);
    for extension in extensions {
        match extension.extn_id {
            rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => key_id = authority_key_id(extension)?,
            rfc5280::ID_CE_CRL_NUMBER => number = Some(content::<CrlNumber>(extension)?.0.as_bytes().to_vec()),
            _ => refuse_if_critical(extension)?,
        }
    }
    Ok((key_id, number))
}

fn entries(revoked: &[RevokedCertificate<'_>]) -> Result<Vec<Entry>, X509Error> {
    let entry = |listed: &RevokedCertificate<'_>| {
        let reason = entry_reason(listed.extensions.as_deref().unwrap_or_default())?;
        Ok((positive(listed.serial)?.into(), Revocation { at: time::read(listed.at)?, reason }))
    };
    let mut entries: Vec<Entry> = revoked.iter().map(entry).collect::<Result<_, X509Error>>()?;
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    // RFC 5280 §5.1.2.6 lists a certificate once; two entries with two dates would have no meaning.
    if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(X509Error::SerialInvalid);
    }
    Ok(entries)
}

fn entry_reason(extensions: &[Extension]) -> Result<RevocationReason, X509Error> {
    check_unique(extensions)?;
    let mut reason = RevocationReason::Unspecified;
    for extension in extensions {
        match extension.extn_id {
            rfc5280::ID_CE_CRL_REASONS => reason = RevocationReason::read(content(extension)?),
            _ => refuse_if_critical(extension)?,
        }
    }
    Ok(reason)
}

impl RevocationReason {
    fn read(code: CrlReason) -> Self {
        match code {
            // `removeFromCRL` belongs to delta lists; in a full list the entry still stands.
            CrlReason::Unspecified | CrlReason::RemoveFromCRL => Self::Unspecified,
            CrlReason::KeyCompromise => Self::KeyCompromise,
            CrlReason::CaCompromise | CrlReason::AaCompromise => Self::CaCompromise,
            CrlReason::AffiliationChanged => Self::AffiliationChanged,
            CrlReason::Superseded => Self::Superseded,
            CrlReason::CessationOfOperation => Self::CessationOfOperation,
            CrlReason::CertificateHold => Self::CertificateHold,
            CrlReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
        }
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
