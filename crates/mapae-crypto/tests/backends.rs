//! `RustCrypto`, which works on wasm32 only, beside the native library: equal answers to equal questions.
//!
//! Its source is compiled here a second time. `Both` runs a question through the public interface (aws-lc-rs)
//! and through that source, and fails where they differ.

use mapae_crypto::{
    Algorithm, Curve, HashAlgorithm, PublicKey, Signature, SigningKey,
    aead::{AeadAlgorithm, AeadKey},
    hkdf_sha256, hmac_sha256, sha256, sha256_of,
};
use proptest::{
    array::{uniform12, uniform32},
    collection::vec,
    prelude::*,
};

#[path = "../src/backend/rustcrypto.rs"]
mod rustcrypto;

/// Whether both verify; panics where they differ.
pub(crate) fn both_verify(curve: Curve, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let native =
        PublicKey::from_sec1(curve, point).is_ok_and(|key| key.verify(curve.algorithm(), message, signature).is_ok());
    let other = rustcrypto::Public::parse(curve, point).is_some_and(|key| key.verify(message, signature));
    assert_eq!(native, other, "aws-lc-rs and RustCrypto differ on a signature");
    native
}

/// What both agree on with the holder of `point`; panics where they differ.
pub(crate) fn both_agree(scalar: &[u8; 32], point: &[u8]) -> Option<[u8; 32]> {
    let native = SigningKey::from_scalar(scalar).ok().and_then(|key| {
        let peer = PublicKey::from_sec1(Curve::P256, point).ok()?;
        key.agree(&peer).ok().map(|shared| *shared.as_bytes())
    });
    let other = rustcrypto::Secret::from_scalar(scalar).and_then(|key| key.agree(point));
    assert_eq!(native, other, "aws-lc-rs and RustCrypto differ on an agreed point");
    native
}

/// The tag of both; panics where they differ.
pub(crate) fn both_hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let native = hmac_sha256(key, parts);
    assert_eq!(native, rustcrypto::Hmac::new(key).tag(parts), "aws-lc-rs and RustCrypto differ on an HMAC");
    native
}

/// The first 64 bytes of HKDF by both; panics where they differ. Shorter outputs are its beginnings.
pub(crate) fn both_hkdf(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; 64] {
    let native = hkdf_sha256::<64>(secret, salt, info);
    let mut other = [0; 64];
    assert!(rustcrypto::hkdf_sha256(secret, salt, info, &mut other));
    assert_eq!(native, other, "aws-lc-rs and RustCrypto differ on HKDF");
    native
}

/// What both make of a message in AES-GCM; panics where they differ.
pub(crate) fn both_seal(key: &[u8], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let native = aead_key(key).seal(nonce, aad, plaintext).unwrap();
    let other = rustcrypto::aes_gcm_seal(key, nonce, aad, plaintext).unwrap();
    assert_eq!(native, other, "aws-lc-rs and RustCrypto differ on a ciphertext");
    native
}

/// What both read in a message in AES-GCM; panics where they differ.
pub(crate) fn both_open(key: &[u8], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let native = aead_key(key).open(nonce, aad, sealed).ok();
    assert_eq!(native, rustcrypto::aes_gcm_open(key, nonce, aad, sealed), "aws-lc-rs and RustCrypto differ on a tag");
    native
}

fn aead_key(key: &[u8]) -> AeadKey {
    let algorithm = if key.len() == 16 { AeadAlgorithm::A128Gcm } else { AeadAlgorithm::A256Gcm };
    AeadKey::new(algorithm, key).unwrap()
}

fn parts(pieces: &[Vec<u8>]) -> Vec<&[u8]> {
    pieces.iter().map(Vec::as_slice).collect()
}

fn valid_scalar() -> impl Strategy<Value = [u8; 32]> {
    uniform32(any::<u8>()).prop_filter("within the order", |scalar| SigningKey::from_scalar(scalar).is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_verifies_what_the_other_signed(scalar in valid_scalar(), message in vec(any::<u8>(), 0..300)) {
        let native = SigningKey::from_scalar(&scalar).unwrap();
        let other = rustcrypto::Secret::from_scalar(&scalar).unwrap();
        prop_assert_eq!(native.public().sec1(), other.public_sec1());
        prop_assert_eq!(&scalar, other.scalar());
        let signatures = [native.sign(&message).unwrap().as_bytes().to_vec(), other.sign(&message).unwrap()];
        for mut signature in signatures {
            prop_assert!(both_verify(Curve::P256, other.public_sec1(), &message, &signature));
            prop_assert!(!both_verify(Curve::P256, other.public_sec1(), b"another message, surely", &signature));
            signature[63] ^= 1;
            prop_assert!(!both_verify(Curve::P256, other.public_sec1(), &message, &signature));
        }
    }

    #[test]
    fn two_parties_agree_whichever_library_they_use(a in valid_scalar(), b in valid_scalar()) {
        let (key_a, key_b) = (SigningKey::from_scalar(&a).unwrap(), SigningKey::from_scalar(&b).unwrap());
        let one = both_agree(&a, key_b.public().sec1()).unwrap();
        prop_assert_eq!(one, both_agree(&b, key_a.public().sec1()).unwrap());
    }

    #[test]
    fn any_bytes_are_refused_or_taken_alike_as_scalar(scalar in uniform32(any::<u8>())) {
        let other = rustcrypto::Secret::from_scalar(&scalar).is_some();
        prop_assert_eq!(SigningKey::from_scalar(&scalar).is_ok(), other);
    }

    #[test]
    fn a_point_moved_off_the_curve_is_refused_alike(scalar in valid_scalar(), place in 1_usize..65, bit in 0_u8..8) {
        let mut point = SigningKey::from_scalar(&scalar).unwrap().public().sec1().to_vec();
        prop_assert!(rustcrypto::Public::parse(Curve::P256, &point).is_some());
        point[place] ^= 1 << bit;
        prop_assert!(rustcrypto::Public::parse(Curve::P256, &point).is_none());
        prop_assert!(PublicKey::from_sec1(Curve::P256, &point).is_err());
    }

    #[test]
    fn any_signature_bytes_are_judged_alike(scalar in valid_scalar(), signature in vec(any::<u8>(), 64)) {
        let key = SigningKey::from_scalar(&scalar).unwrap();
        prop_assert!(!both_verify(Curve::P256, key.public().sec1(), b"message", &signature));
    }

    #[test]
    fn hashes_are_equal_and_do_not_depend_on_the_cut(pieces in vec(vec(any::<u8>(), 0..200), 0..4)) {
        let (pieces, whole) = (parts(&pieces), pieces.concat());
        for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
            let mut other = vec![0; algorithm.len()];
            rustcrypto::hash(&pieces, &mut other);
            let native = algorithm.digest(&pieces);
            prop_assert_eq!(native.as_ref(), &other[..]);
            let uncut = algorithm.digest(&[&whole]);
            prop_assert_eq!(uncut.as_ref(), &other[..]);
        }
        prop_assert_eq!(sha256_of(&pieces), sha256(&whole));
    }

    #[test]
    fn macs_are_equal_for_keys_of_any_length(key in vec(any::<u8>(), 0..200), pieces in vec(vec(any::<u8>(), 0..99), 0..4)) {
        prop_assert_eq!(both_hmac(&key, &parts(&pieces)), both_hmac(&key, &[&pieces.concat()]));
    }

    #[test]
    fn each_opens_what_the_other_sealed(key in uniform32(any::<u8>()), nonce in uniform12(any::<u8>()), aad in vec(any::<u8>(), 0..99), message in vec(any::<u8>(), 0..300)) {
        for key in [&key[..16], &key[..]] {
            let sealed = both_seal(key, &nonce, &aad, &message);
            prop_assert_eq!(both_open(key, &nonce, &aad, &sealed), Some(message.clone()));
        }
    }

    #[test]
    fn a_changed_bit_anywhere_is_refused_alike(key in uniform32(any::<u8>()), message in vec(any::<u8>(), 0..99), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        for key in [&key[..16], &key[..]] {
            let mut sealed = both_seal(key, &[3; 12], b"aad", &message);
            let place = place.index(sealed.len());
            sealed[place] ^= 1 << bit;
            prop_assert_eq!(both_open(key, &[3; 12], b"aad", &sealed), None);
        }
    }

    #[test]
    fn derived_keys_are_equal(secret in vec(any::<u8>(), 0..99), salt in vec(any::<u8>(), 0..99), info in vec(any::<u8>(), 0..99)) {
        let long = both_hkdf(&secret, &salt, &info);
        prop_assert_eq!(&hkdf_sha256::<32>(&secret, &salt, &info)[..], &long[..32]);
    }
}

/// The edges of the scalar's range, which random bytes never meet.
#[test]
fn scalars_at_the_edge_are_judged_alike() {
    let mut order = [0xff; 32];
    order[4..8].fill(0);
    order[16..].copy_from_slice(&[
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ]);
    let near = |last: u8| {
        let mut scalar = order;
        scalar[31] = last;
        scalar
    };
    let one = core::array::from_fn(|i| u8::from(i == 31));
    for (scalar, valid) in
        [([0; 32], false), (one, true), (near(0x50), true), (order, false), (near(0x52), false), ([0xff; 32], false)]
    {
        assert_eq!(SigningKey::from_scalar(&scalar).is_ok(), valid, "{scalar:02x?}");
        assert_eq!(rustcrypto::Secret::from_scalar(&scalar).is_some(), valid, "{scalar:02x?}");
    }
}

#[test]
fn p384_is_verified_by_both() {
    let (point, message, signature) = crate::keys::p384_by_openssl();
    assert!(both_verify(Curve::P384, &point, message, &signature));
    assert!(!both_verify(Curve::P384, &point, b"another", &signature));
    let mut moved = point.clone();
    moved[96] ^= 1;
    assert!(rustcrypto::Public::parse(Curve::P384, &moved).is_none());
    assert!(PublicKey::from_sec1(Curve::P384, &moved).is_err());
}

#[test]
fn a_key_derivation_longer_than_255_blocks_is_refused() {
    assert!(rustcrypto::hkdf_sha256(b"s", b"", b"", &mut [0; 255 * 32]));
    assert!(!rustcrypto::hkdf_sha256(b"s", b"", b"", &mut [0; 255 * 32 + 1]));
}

#[test]
fn a_signature_survives_its_der_form() {
    let key = SigningKey::from_scalar(&[7; 32]).unwrap();
    for count in 0..64_u8 {
        let signature = key.sign(&[count]).unwrap();
        let back = Signature::from_der(Curve::P256, &signature.to_der()).unwrap();
        assert_eq!(back, signature);
        assert!(key.public().verify(Algorithm::Es256, &[count], back.as_bytes()).is_ok());
    }
}
