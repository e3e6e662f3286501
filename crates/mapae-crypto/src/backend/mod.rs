//! The two implementations behind this crate. Both offer the same items and speak in bytes only.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(target_arch = "wasm32")]
mod rustcrypto;

use crate::Curve;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use aws_lc::{Hmac, Public, Secret, hash, hkdf_sha256};
#[cfg(target_arch = "wasm32")]
pub(crate) use rustcrypto::{Hmac, Public, Secret, hash, hkdf_sha256};
