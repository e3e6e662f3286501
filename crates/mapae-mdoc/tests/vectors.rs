//! Bytes as the specifications print them, and test data of others, read where it lies.

use std::{env, fs, path::PathBuf};

use mapae_crypto::SigningKey;
use serde_json::Value;

/// The bytes of hexadecimal text; white space is passed over.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// The constants of ISO/IEC 18013-5 Annex D.
pub(crate) struct AnnexD(Value);

impl AnnexD {
    /// The constants, if they are at hand; says loudly if they are not.
    pub(crate) fn load() -> Option<Self> {
        let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
        let folder = env::var_os("MAPAE_VECTORS").map_or_else(beside, PathBuf::from);
        let Ok(text) = fs::read(folder.join("mdoc/iso18013-5-annex-d.json")) else {
            eprintln!("SKIPPED: MAPAE_VECTORS not found (ISO 18013-5 Annex D)");
            return None;
        };
        Some(Self(serde_json::from_slice(&text).unwrap()))
    }

    /// A constant by the end of its name.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.0[format!("ISO_18013_5_ANNEX_D_{name}")].as_str().unwrap())
    }

    /// A private key by the end of its name.
    pub(crate) fn key(&self, name: &str) -> SigningKey {
        SigningKey::from_scalar(&self.bytes(name).try_into().unwrap()).unwrap()
    }
}
