//! Signers whose keys a service never sees: in a hardware module by PKCS#11 (OASIS PKCS #11 v2.40), or in its own memory
//! for development.
//!
//! A [`SignerPool`] is one source of keys, a [`Signer`] one key of it. Pure crates say what is to be signed and take the
//! signature (design D5); this is what stands between. ECDSA with P-256 over SHA-256 only: the digest is computed here,
//! so that no document travels to the module.
//!
//! - [`generate`] makes a key in a module; it cannot be read out again.
//! - A token that was gone (a cable, a restart, a failover) is used again as soon as it is back.
//!
//! Left out: putting a software key into a module, which would have to be kept from whoever saw it before; RSA; key
//! agreement. `docs/operations/hsm.md` tells an operator what to do.
//!
//! ```
//! use mapae_crypto::{Algorithm, SigningKey};
//! use mapae_hsm::{SignerKind, SignerPool};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = SignerPool::software([("document-signer", SigningKey::from_scalar(&[7; 32])?)]);
//! let signer = pool.signer("document-signer").await?;
//! assert_eq!(signer.kind(), SignerKind::Software);
//!
//! let signatures = signer.sign(vec![b"one".to_vec(), b"two".to_vec()]).await?;
//! signer.public().verify(Algorithm::Es256, b"two", signatures[1].as_bytes())?;
//! # Ok(())
//! # }
//! ```

mod config;
mod error;
mod pkcs11;
mod pool;
mod signer;

pub use config::{Pin, Pkcs11Config};
pub use error::{HsmError, Refusal};
pub use pkcs11::generate;
pub use pool::SignerPool;
pub use signer::{Signer, SignerKind};
