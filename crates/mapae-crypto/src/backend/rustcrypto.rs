//! `RustCrypto`, on wasm32; native tests compile it too and compare it with aws-lc-rs.

use aes_gcm::{
    Aes128Gcm, Aes256Gcm,
    aead::{Aead as _, Payload},
};
use hmac::{KeyInit as _, Mac as _};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use sha2::Digest as _;

use super::Curve;

/// A parsed public key.
#[derive(Clone)]
pub(crate) enum Public {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
}

impl Public {
    /// Reads an uncompressed point and checks that it is on the curve.
    pub(crate) fn parse(curve: Curve, sec1: &[u8]) -> Option<Self> {
        if curve == Curve::P384 {
            p384::ecdsa::VerifyingKey::from_sec1_bytes(sec1).ok().map(Self::P384)
        } else {
            p256::ecdsa::VerifyingKey::from_sec1_bytes(sec1).ok().map(Self::P256)
        }
    }

    /// Whether `signature` (r ‖ s) was made over `message`, with the hash that belongs to the curve.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
            }
            Self::P384(key) => {
                p384::ecdsa::Signature::from_slice(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
            }
        }
    }
}

/// A P-256 private key.
pub(crate) struct Secret {
    scalar: zeroize::Zeroizing<[u8; 32]>,
    key: p256::ecdsa::SigningKey,
    public: Vec<u8>,
}

impl Secret {
    /// A key from its scalar, or nothing if that is zero or not below the order.
    pub(crate) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        let key = p256::ecdsa::SigningKey::from_slice(scalar).ok()?;
        let public = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        Some(Self { scalar: zeroize::Zeroizing::new(*scalar), key, public })
    }

    pub(crate) fn scalar(&self) -> &[u8; 32] {
        &self.scalar
    }

    pub(crate) fn public_sec1(&self) -> &[u8] {
        &self.public
    }

    /// Signs with the deterministic nonce of RFC 6979.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature: p256::ecdsa::Signature = self.key.try_sign(message).ok()?;
        Some(signature.to_bytes().to_vec())
    }

    /// The x coordinate of the shared point, or nothing if the peer's key is invalid.
    pub(crate) fn agree(&self, peer_sec1: &[u8]) -> Option<[u8; 32]> {
        let peer = p256::PublicKey::from_sec1_bytes(peer_sec1).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.key.as_nonzero_scalar(), peer.as_affine());
        Some((*shared.raw_secret_bytes()).into())
    }
}

/// Hashes the concatenation of `parts` into `out`, whose length (32, 48 or 64) chooses SHA-256, -384 or -512.
pub(crate) fn hash(parts: &[&[u8]], out: &mut [u8]) {
    fn run<D: sha2::Digest>(parts: &[&[u8]], out: &mut [u8]) {
        let mut state = D::new();
        for part in parts {
            state.update(part);
        }
        out.copy_from_slice(&state.finalize());
    }
    match out.len() {
        48 => run::<sha2::Sha384>(parts, out),
        64 => run::<sha2::Sha512>(parts, out),
        _ => run::<sha2::Sha256>(parts, out),
    }
}

/// HMAC with SHA-256.
pub(crate) struct Hmac(hmac::Hmac<sha2::Sha256>);

impl Hmac {
    pub(crate) fn new(key: &[u8]) -> Self {
        // RFC 2104: a key longer than the block is hashed first, so every length is valid.
        let block = if key.len() > 64 { sha2::Sha256::digest(key).to_vec() } else { key.to_vec() };
        let mut padded = [0; 64];
        padded[..block.len()].copy_from_slice(&block);
        Self(hmac::Hmac::new(&padded.into()))
    }

    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// HKDF with SHA-256 (RFC 5869); `false` if `out` is longer than 255 blocks.
pub(crate) fn hkdf_sha256(secret: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> bool {
    hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), secret).expand(info, out).is_ok()
}

/// AES-GCM with the key's size; `None` if the library fails.
pub(crate) fn aes_gcm_seal(key: &[u8], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    let message = Payload { msg: plaintext, aad };
    if key.len() == 16 {
        Aes128Gcm::new_from_slice(key).ok()?.encrypt(&(*nonce).into(), message).ok()
    } else {
        Aes256Gcm::new_from_slice(key).ok()?.encrypt(&(*nonce).into(), message).ok()
    }
}

/// The plaintext, if the tag at the end is right.
pub(crate) fn aes_gcm_open(key: &[u8], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let message = Payload { msg: sealed, aad };
    if key.len() == 16 {
        Aes128Gcm::new_from_slice(key).ok()?.decrypt(&(*nonce).into(), message).ok()
    } else {
        Aes256Gcm::new_from_slice(key).ok()?.decrypt(&(*nonce).into(), message).ok()
    }
}
