//! aws-lc-rs, on every target but wasm32.

use aws_lc_rs::{
    aead, agreement, digest, hkdf, hmac,
    signature::{self, EcdsaKeyPair, KeyPair as _, ParsedPublicKey},
};
use zeroize::Zeroizing;

use super::Curve;

/// A parsed public key.
#[derive(Clone)]
pub(crate) struct Public(ParsedPublicKey);

impl Public {
    /// Reads an uncompressed point and checks that it is on the curve.
    pub(crate) fn parse(curve: Curve, sec1: &[u8]) -> Option<Self> {
        let algorithm: &'static signature::EcdsaVerificationAlgorithm = match curve {
            Curve::P256 => &signature::ECDSA_P256_SHA256_ASN1,
            Curve::P384 => &signature::ECDSA_P384_SHA384_ASN1,
        };
        ParsedPublicKey::new(algorithm, sec1).ok().map(Self)
    }

    /// Whether `signature` (r ‖ s) was made over `message`, with the hash that belongs to the curve.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        DerSignature::new(signature).is_some_and(|der| self.0.verify_sig(message, der.as_bytes()).is_ok())
    }
}

/// `Ecdsa-Sig-Value` (RFC 3279 §2.2.3), on the stack. aws-lc-rs takes r ‖ s as well, but makes big numbers of the halves
/// and DER of those before it begins.
struct DerSignature {
    bytes: [u8; DerSignature::LONGEST],
    len: usize,
}

impl DerSignature {
    /// Two integers of P-384, each with tag, length and a byte that keeps it positive; then the sequence's own head.
    const LONGEST: usize = 2 + 2 * (3 + 48);

    /// From r ‖ s of either curve.
    fn new(fixed: &[u8]) -> Option<Self> {
        if fixed.len() != 64 && fixed.len() != 96 {
            return None;
        }
        let mut der = Self { bytes: [0; Self::LONGEST], len: 2 };
        fixed.chunks_exact(fixed.len() / 2).for_each(|half| der.push(half));
        (der.bytes[0], der.bytes[1]) = (0x30, short(der.len - 2));
        Some(der)
    }

    /// Appends an integer: no leading zeros, but one where the first bit would be taken for a sign (X.690 §8.3).
    fn push(&mut self, number: &[u8]) {
        let zeros = number.iter().take(number.len() - 1).take_while(|byte| **byte == 0).count();
        let digits = &number[zeros..];
        let sign = usize::from(digits[0] >> 7);
        let (start, end) = (self.len + 2 + sign, self.len + 2 + sign + digits.len());
        (self.bytes[self.len], self.bytes[self.len + 1]) = (0x02, short(sign + digits.len()));
        self.bytes[start..end].copy_from_slice(digits);
        self.len = end;
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A length that fits a byte, as every one here does.
fn short(len: usize) -> u8 {
    u8::try_from(len).unwrap_or(u8::MAX)
}

/// A P-256 private key.
pub(crate) struct Secret {
    scalar: Zeroizing<[u8; 32]>,
    pair: EcdsaKeyPair,
}

/// PKCS#8 of a P-256 key without its public half, up to the 32 bytes of the scalar.
const PKCS8_P256: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20,
];

impl Secret {
    /// A key from its scalar, or nothing if that is zero or not below the order.
    pub(crate) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        let mut der = Zeroizing::new([0; 67]);
        der[..35].copy_from_slice(&PKCS8_P256);
        der[35..].copy_from_slice(scalar);
        let pair = EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref()).ok()?;
        Some(Self { scalar: Zeroizing::new(*scalar), pair })
    }

    pub(crate) fn scalar(&self) -> &[u8; 32] {
        &self.scalar
    }

    pub(crate) fn public_sec1(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs; `None` if the library fails.
    #[expect(clippy::disallowed_types, reason = "ECDSA's nonce is the library's own affair; it ignores the argument")]
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.pair.sign(&aws_lc_rs::rand::SystemRandom::new(), message).ok().map(|s| s.as_ref().to_vec())
    }

    /// The x coordinate of the shared point, or nothing if the peer's key is invalid.
    pub(crate) fn agree(&self, peer_sec1: &[u8]) -> Option<[u8; 32]> {
        let private = agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, self.scalar.as_ref()).ok()?;
        let peer = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, peer_sec1);
        agreement::agree(&private, peer, (), |shared| <[u8; 32]>::try_from(shared).map_err(|_| ())).ok()
    }
}

/// Hashes the concatenation of `parts` into `out`, whose length (32, 48 or 64) chooses SHA-256, -384 or -512.
pub(crate) fn hash(parts: &[&[u8]], out: &mut [u8]) {
    let algorithm = match out.len() {
        48 => &digest::SHA384,
        64 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let finished = match parts {
        [one] => digest::digest(algorithm, one),
        many => {
            let mut context = digest::Context::new(algorithm);
            for part in many {
                context.update(part);
            }
            context.finish()
        }
    };
    out.copy_from_slice(finished.as_ref());
}

/// HMAC with SHA-256.
pub(crate) struct Hmac(hmac::Key);

impl Hmac {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

/// HKDF with SHA-256 (RFC 5869); `false` if `out` is longer than 255 blocks.
pub(crate) fn hkdf_sha256(secret: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> bool {
    struct Len(usize);
    impl hkdf::KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    key.expand(&[info], Len(out.len())).and_then(|okm| okm.fill(out)).is_ok()
}

/// AES-GCM with the key's size; `None` if the library fails.
pub(crate) fn aes_gcm_seal(key: &[u8], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    let key = aes_gcm(key)?;
    let mut buffer = Vec::with_capacity(plaintext.len() + 16);
    buffer.extend_from_slice(plaintext);
    let nonce = aead::Nonce::assume_unique_for_key(*nonce);
    key.seal_in_place_append_tag(nonce, aead::Aad::from(aad), &mut buffer).ok()?;
    Some(buffer)
}

/// The plaintext, if the tag at the end is right.
pub(crate) fn aes_gcm_open(key: &[u8], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let mut buffer = sealed.to_vec();
    let nonce = aead::Nonce::assume_unique_for_key(*nonce);
    let len = aes_gcm(key)?.open_in_place(nonce, aead::Aad::from(aad), &mut buffer).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}

fn aes_gcm(key: &[u8]) -> Option<aead::LessSafeKey> {
    let algorithm = if key.len() == 16 { &aead::AES_128_GCM } else { &aead::AES_256_GCM };
    aead::UnboundKey::new(algorithm, key).ok().map(aead::LessSafeKey::new)
}
