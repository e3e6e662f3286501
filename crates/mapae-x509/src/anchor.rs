//! Roots that somebody decided to trust.

use crate::{Certificate, X509Error, extensions::KeyUsage};

/// A certificate that is able to be a root: it names itself as issuer, its own signature verifies, and it may
/// sign certificates. Whether to trust it is the caller's decision, made by building this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchor(Certificate);

impl TrustAnchor {
    /// Checks that the certificate can be a root (ISO/IEC 18013-5 B.1.2, RFC 5280 §6.1).
    pub fn new(certificate: Certificate) -> Result<Self, X509Error> {
        let subject = || certificate.subject().to_owned();
        if !certificate.is_self_issued() {
            return Err(X509Error::RootNotSelfIssued { subject: subject() });
        }
        if !certificate.is_ca() {
            return Err(X509Error::RootNotCa { subject: subject() });
        }
        // RFC 5280 §6.1.4 (n): only a key usage that is there can forbid; many a test root has none.
        if !certificate.extensions().key_usage.is_none_or(KeyUsage::key_cert_sign) {
            return Err(X509Error::RootMayNotSign { subject: subject() });
        }
        if !certificate.is_signed_by(certificate.public_key()) {
            return Err(X509Error::RootSignatureInvalid { subject: subject() });
        }
        Ok(Self(certificate))
    }

    /// The root's certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.0
    }
}
