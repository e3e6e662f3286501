//! What an issuer says of itself: as issuer (OpenID4VCI §12.2) and as authorization server (RFC 8414).

mod claims;
mod configuration;
mod issuer;
mod server;
mod signed;

pub use claims::{ClaimDescription, ClaimStep};
pub use configuration::{
    CredentialConfiguration, CredentialFormat, CredentialMetadata, KeyAttestationsRequired, ProofType,
};
pub use issuer::{BatchIssuance, Display, IssuerMetadata, RequestEncryption, ResponseEncryptionSupport};
pub use server::ServerMetadata;
pub use signed::SignedMetadata;
