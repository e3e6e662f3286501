//! Signed metadata (OpenID4VCI §12.2.3).

use mapae_jose::UnsignedJws;
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;

use crate::{IssuerMetadata, IssuerUrl, JwtFault, MetadataFault};

/// The `typ` of signed metadata.
pub(crate) const TYPE: &str = "openidvci-issuer-metadata+jwt";

/// Metadata with a signature by a certified key.
#[derive(Debug, Clone, Copy)]
pub struct SignedMetadata;

impl SignedMetadata {
    /// The metadata as a JWT to which the signature is missing; `chain` is DER, the signer's first, without the root.
    pub fn unsigned<C: AsRef<[u8]>>(
        metadata: &IssuerMetadata,
        chain: &[C],
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> UnsignedJws {
        let _ = (metadata, chain, issued_at, expires_at);
        UnsignedJws::new(&mapae_jose::Object::new(), b"")
    }

    /// Checks signature, chain and dates, and reads the metadata of the issuer that was asked.
    pub fn verify(
        text: &str,
        issuer: &IssuerUrl,
        anchors: &[TrustAnchor],
        now: Timestamp,
    ) -> Result<IssuerMetadata, MetadataFault> {
        let _ = (text, issuer, anchors, now);
        Err(JwtFault::Type { expected: TYPE }.into())
    }
}
