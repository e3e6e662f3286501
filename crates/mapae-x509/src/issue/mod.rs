//! Making certificates and revocation lists, without the key that signs them (design D5).
//!
//! - `profile`: what each kind contains, after ISO/IEC 18013-5 Annex B;
//! - `list`: revocation lists;
//! - `encode`: the bytes;
//! - `wire`: what is signed.

mod encode;
mod list;
mod profile;
mod wire;

pub use list::{RevokedEntry, UnsignedCrl, crl};
pub use profile::{
    RootParams, SignerParams, UnsignedCertificate, attestation_signer, document_signer, iaca_link, iaca_root,
    mdl_signer, mdoc_reader, reader_root, sd_jwt_signer, status_signer, vical_signer, wallet_provider_root,
};
