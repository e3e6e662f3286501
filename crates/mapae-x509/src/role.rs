//! What a leaf certificate is used for, and the extended key usage that each use demands.

use core::fmt;

use const_oid::{ObjectIdentifier, db::rfc5280::ANY_EXTENDED_KEY_USAGE};

use crate::{Certificate, X509Error};

/// Key purposes, as extended key usages name them.
pub mod purpose {
    use const_oid::ObjectIdentifier;

    /// `mdlDS`: signs mobile driving licences (ISO/IEC 18013-5 table B.3).
    pub const MDL_DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");
    /// `mdocDS`: signs other mobile documents (ISO/IEC TS 23220-4 B.2.5).
    pub const MDOC_DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.23220.4.1.2");
    /// `mdlReaderAuth`: signs requests of readers (ISO/IEC 18013-5 table B.7).
    pub const MDL_READER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.6");
    /// `mdocReaderAuth`: the same for other mobile documents (ISO/IEC TS 23220-4 B.2.5).
    pub const MDOC_READER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.23220.4.1.6");
    /// `mdlVICAL`: signs lists of issuers' roots (ISO/IEC 18013-5 C.1.7).
    pub const VICAL_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.8");
    /// `id-kp-jwt`: signs JWTs (RFC 9509). SD-JWT VC and HAIP define no purpose, so ours carry this one.
    pub const JWT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.37");
    /// Stands for `id-kp-oauthStatusSigning`: signs status lists.
    ///
    /// Spec says: Token Status List §10 reserves 1.3.6.1.5.5.7.3.TBD; as of draft 21 IANA has given it no
    /// number. We do: a number under RFC 5612's example enterprise, which collides with nobody's purpose.
    /// (Others made numbers up inside the PKIX arc; .30, which some use, is RFC 8209's router.)
    pub const STATUS_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.18013.30");
    /// Signs attestations of wallets and of their keys.
    ///
    /// Spec says: HAIP 1.0 §4.4.1 and §4.5.1 define no purpose. We do, under the same example enterprise, lest a
    /// signer of attestations pass for one of documents.
    pub const ATTESTATION_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.18013.31");
}

/// What a leaf certificate is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signs the mobile security object of an mdoc.
    DocumentSigner,
    /// Signs SD-JWT VCs.
    SdJwtSigner,
    /// Signs status lists, as JWT or CWT.
    StatusSigner,
    /// Signs a reader's request for an mdoc.
    MdocReader,
    /// Signs a list of issuers' roots.
    VicalSigner,
    /// Signs attestations of wallets and of their keys, for a wallet provider.
    AttestationSigner,
}

impl Role {
    /// Checks key usage and extended key usage of the leaf.
    pub(crate) fn check(self, leaf: &Certificate) -> Result<(), X509Error> {
        if !self.key_usage_fits(leaf) {
            return Err(X509Error::KeyUsageForbids { subject: leaf.subject().to_owned() });
        }
        if !self.purposes_fit(leaf) {
            return Err(X509Error::PurposeForbids { subject: leaf.subject().to_owned(), role: self });
        }
        Ok(())
    }

    /// The country and, where the root has one, the state must be the root's (ISO/IEC 18013-5 B.1.4). Only
    /// document signers are so bound: other roles may hang under a root that serves several countries.
    pub(crate) const fn is_bound_to_root_country(self) -> bool {
        matches!(self, Self::DocumentSigner)
    }

    fn key_usage_fits(self, leaf: &Certificate) -> bool {
        match leaf.extensions().key_usage {
            // The one provider that there is certifies its signer for `nonRepudiation` alone, which RFC 5280 §4.2.1.3
            // means for signatures on documents.
            Some(usage) if self == Self::VicalSigner => usage.digital_signature() || usage.non_repudiation(),
            Some(usage) => usage.digital_signature(),
            // Tables B.3 and B.7 make it mandatory; RFC 5280 §4.2.1.3 lets others leave it out.
            None => !self.is_strict(),
        }
    }

    fn purposes_fit(self, leaf: &Certificate) -> bool {
        match &leaf.extensions().purposes {
            Some(found) => self.purposes().iter().any(|wanted| found.contains(wanted)),
            // Tables B.3 and B.7 make it mandatory. Table B.9 makes a status signer's optional, and HAIP 1.0
            // defines none for SD-JWT VCs and attestations; where they carry one it must fit, so that a signer of
            // one kind cannot sign the other.
            None => !self.is_strict(),
        }
    }

    /// One of these must be named.
    const fn purposes(self) -> &'static [ObjectIdentifier] {
        match self {
            Self::DocumentSigner => &[purpose::MDL_DOCUMENT_SIGNER, purpose::MDOC_DOCUMENT_SIGNER],
            Self::SdJwtSigner => &[purpose::JWT, ANY_EXTENDED_KEY_USAGE],
            Self::StatusSigner => &[purpose::STATUS_SIGNER],
            Self::MdocReader => &[purpose::MDL_READER, purpose::MDOC_READER],
            Self::VicalSigner => &[purpose::VICAL_SIGNER],
            Self::AttestationSigner => &[purpose::ATTESTATION_SIGNER, ANY_EXTENDED_KEY_USAGE],
        }
    }

    /// ISO/IEC 18013-5 makes key usage and extended key usage mandatory.
    const fn is_strict(self) -> bool {
        matches!(self, Self::DocumentSigner | Self::MdocReader | Self::VicalSigner)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentSigner => "document signer",
            Self::SdJwtSigner => "SD-JWT signer",
            Self::StatusSigner => "status list signer",
            Self::MdocReader => "mdoc reader",
            Self::VicalSigner => "signer of a list of issuers",
            Self::AttestationSigner => "signer of attestations",
        })
    }
}
