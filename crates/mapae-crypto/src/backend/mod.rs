//! The two implementations behind this crate. Both offer the same items and speak in bytes only.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(not(target_arch = "wasm32"))]
mod ed25519_aws_lc;
#[cfg(target_arch = "wasm32")]
mod ed25519_dalek;
#[cfg(target_arch = "wasm32")]
mod rustcrypto;

use crate::Curve;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use aws_lc::{Hmac, Public, Secret, aes_gcm_open, aes_gcm_seal, hash, hkdf_sha256};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use ed25519_aws_lc::{Ed25519Public, Ed25519Secret};
#[cfg(target_arch = "wasm32")]
pub(crate) use ed25519_dalek::{Ed25519Public, Ed25519Secret};
#[cfg(target_arch = "wasm32")]
pub(crate) use rustcrypto::{Hmac, Public, Secret, aes_gcm_open, aes_gcm_seal, hash, hkdf_sha256};
