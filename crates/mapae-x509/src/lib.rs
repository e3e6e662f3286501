//! X.509 certificates of mobile documents: read, chained to a root, and issued.
//!
//! Profiles are those of ISO/IEC 18013-5 Annex B – IACA root (B.1.2), document signer (B.1.4), CRL (B.1.5),
//! mdoc reader (B.1.7), status list signer (second edition, table B.9), signer of a VICAL (C.1.7) – and RFC 5280
//! under them.
//!
//! - [`Certificate`] reads strictly and keeps the received bytes.
//! - [`verify_chain`] is the only way to a [`VerifiedSigner`]: this leaf, by that root, for this [`Role`], at
//!   that time.
//! - [`Crl`] becomes a [`VerifiedCrl`] in the same manner.
//! - [`iaca_root`], [`document_signer`] and their siblings return an [`UnsignedCertificate`], [`crl`] an
//!   [`UnsignedCrl`]: whoever holds the key signs [`UnsignedCertificate::to_be_signed`], and `attach` checks
//!   the signature (design D5).
//!
//! Left out: name constraints, certificate policies and partial or delta CRLs (refused where marked critical),
//! OCSP, RSA, and signatures whose hash does not belong to the signer's curve.
//!
//! ```
//! use mapae_crypto::SigningKey;
//! use mapae_x509::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (root_key, signer_key) = (SigningKey::from_scalar(&[1; 32])?, SigningKey::from_scalar(&[2; 32])?);
//! let unsigned = iaca_root(&RootParams {
//!     country: "KR",
//!     state_or_province: None,
//!     organization: Some("Ministry of Samples"),
//!     common_name: "Sample IACA",
//!     public_key: root_key.public(),
//!     serial: [7; 16], // from a random source
//!     not_before: "2026-01-01T00:00:00Z".parse()?,
//!     not_after: "2036-01-01T00:00:00Z".parse()?,
//!     crl_url: "https://id.example/iaca.crl",
//!     contact: AlternativeName::Email("pki@id.example".into()),
//! })?;
//! let signature = root_key.sign(unsigned.to_be_signed())?;
//! let root = TrustAnchor::new(unsigned.attach(&signature)?)?;
//!
//! let unsigned = document_signer(&root, &SignerParams {
//!     organization: Some("Ministry of Samples"),
//!     common_name: "Sample document signer",
//!     public_key: signer_key.public(),
//!     serial: [8; 16],
//!     not_before: "2026-01-01T00:00:00Z".parse()?,
//!     not_after: "2027-03-01T00:00:00Z".parse()?,
//!     alternative_names: &[],
//! })?;
//! let signature = root_key.sign(unsigned.to_be_signed())?;
//! let signer = unsigned.attach(&signature)?;
//!
//! let verified = verify_chain(&[signer], &[root], Role::DocumentSigner, "2026-11-21T00:00:00Z".parse()?)?;
//! assert_eq!(verified.certificate().subject_country(), Some("KR"));
//! # Ok(())
//! # }
//! ```

mod alternative;
mod anchor;
mod certificate;
mod chain;
mod client;
mod crl;
mod error;
mod extensions;
mod issue;
mod name;
mod name_text;
mod pem;
mod role;
mod signed;
mod time;

pub use alternative::AlternativeName;
pub use anchor::TrustAnchor;
pub use certificate::Certificate;
pub use chain::{VerifiedSigner, verify_chain};
pub use client::x509_hash_client_id;
pub use const_oid::ObjectIdentifier;
pub use crl::{Crl, Revocation, RevocationReason, VerifiedCrl};
pub use error::X509Error;
pub use issue::{
    RevokedEntry, RootParams, SignerParams, UnsignedCertificate, UnsignedCrl, attestation_signer, crl, document_signer,
    iaca_link, iaca_root, mdl_signer, mdoc_reader, reader_root, sd_jwt_signer, status_signer, vical_signer,
    wallet_provider_root,
};
pub use role::{Role, purpose};
