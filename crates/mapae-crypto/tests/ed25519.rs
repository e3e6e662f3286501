//! Ed25519: RFC 8032's own values, Wycheproof, the cases on which libraries differ, and both backends side by side.

use mapae_crypto::{CryptoError, Ed25519PublicKey, Ed25519Signature, Ed25519SigningKey};
use mapae_types::{Entropy, EntropyError};
use proptest::{array::uniform32, collection::vec, prelude::*};
use wycheproof::{TestResult, eddsa};

use crate::keys::{ED25519_PKCS8, P256_PKCS8, hex};

#[path = "../src/backend/ed25519_dalek.rs"]
mod ed25519_dalek;

/// Whether both verify; panics where they differ. What stands before the libraries is the same for both.
fn both_verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let Ok(native) = Ed25519PublicKey::from_bytes(key) else { return false };
    let native = native.verify(message, &Ed25519Signature::from_bytes(*signature)).is_ok();
    let other = ed25519_dalek::Ed25519Public::parse(key).is_some_and(|key| key.verify(message, signature));
    assert_eq!(native, other, "aws-lc-rs and ed25519-dalek differ on a signature");
    native
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

/// RFC 8032 §7.1: seed, public key, message, signature of tests 1 to 3.
const RFC8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn ed25519_signs_and_verifies_what_the_rfc_prints() {
    for [seed, public, message, signature] in RFC8032 {
        let key = Ed25519SigningKey::from_seed(&bytes(seed)).unwrap();
        assert_eq!(key.public().as_bytes(), &bytes(public));
        assert_eq!(key.sign(&hex(message)).unwrap().as_bytes(), &bytes(signature));
        assert!(both_verify(&bytes(public), &hex(message), &bytes(signature)));
        assert!(!both_verify(&bytes(public), b"another", &bytes(signature)));
    }
}

#[test]
fn ed25519_of_wycheproof_is_judged_as_it_says() {
    let mut count = 0;
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key: [u8; 32] = group.key.pk[..].try_into().unwrap();
        for test in group.tests {
            // Ours is a type of 64 bytes: another length cannot be asked.
            let accepted = test.sig[..].try_into().is_ok_and(|signature| both_verify(&key, &test.msg, signature));
            assert_eq!(accepted, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            count += 1;
        }
    }
    assert!(count > 140, "{count}");
}

/// "Taming the many `EdDSAs`" (Chalkias, Garillot, Nikolaenko 2020), cases 0 to 9 of its `ed25519-speccheck`: message, key,
/// signature, and whether a strict verifier without the cofactor accepts it.
const SPECCHECK: [(&str, &str, &str, bool); 10] = [
    // 0 and 1: the key is of small order.
    (
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
        false,
    ),
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        false,
    ),
    // 2: R is of small order.
    (
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
        false,
    ),
    // 3: key and R have a part of small order, and the equation holds even so.
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
        true,
    ),
    // 4 and 5: the equation holds with the cofactor only.
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
        false,
    ),
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
        false,
    ),
    // 6 and 7: S is not below the order.
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
        false,
    ),
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        false,
    ),
    // 8 and 9: R is not in its canonical form.
    (
        "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
        false,
    ),
    (
        "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
        false,
    ),
];

#[test]
fn ed25519_is_strict_where_libraries_differ() {
    for (case, (message, key, signature, valid)) in SPECCHECK.into_iter().enumerate() {
        assert_eq!(both_verify(&bytes(key), &hex(message), &bytes(signature)), valid, "case {case}");
    }
}

#[test]
fn ed25519_keys_of_small_order_or_in_a_second_form_are_refused() {
    let mut refused = vec![[0; 32], bytes(SPECCHECK[0].1)];
    // y = 1, and from p − 1 to 2²⁵⁵ − 1: the point of order 2, then every second form.
    let mut one = [0; 32];
    one[0] = 1;
    refused.push(one);
    refused.extend((0xec..=0xff).map(|low| {
        let mut y = [0xff; 32];
        (y[0], y[31]) = (low, 0x7f);
        y
    }));
    for mut key in refused {
        for _ in 0..2 {
            assert_eq!(Ed25519PublicKey::from_bytes(&key), Err(CryptoError::Ed25519KeyInvalid), "{key:02x?}");
            key[31] ^= 0x80;
        }
    }
    // y = p − 2 is neither.
    let mut y = [0xff; 32];
    (y[0], y[31]) = (0xeb, 0x7f);
    assert!(Ed25519PublicKey::from_bytes(&y).is_ok());
}

/// With y = 2 there is no x; aws-lc-rs does not look before it verifies.
#[test]
fn an_ed25519_key_that_is_no_point_verifies_nothing() {
    let mut key = [0; 32];
    key[0] = 2;
    for [.., message, signature] in RFC8032 {
        assert!(!both_verify(&key, &hex(message), &bytes(signature)));
    }
    assert!(Ed25519PublicKey::from_bytes(&key).is_ok());
}

#[test]
fn an_ed25519_key_by_openssl_is_read_and_written_back_to_the_byte() {
    let key = Ed25519SigningKey::from_pkcs8_pem(ED25519_PKCS8).unwrap();
    assert_eq!(key.public().as_bytes(), &bytes("074c5853cd89893276aa4c733f55ac67349d82074e3f29b5a8a678dd045c0b6c"));
    assert_eq!(*key.to_pkcs8_pem(), ED25519_PKCS8);
    // `openssl pkeyutl -sign -rawin` over "message".
    assert_eq!(
        key.sign(b"message").unwrap().as_bytes()[..],
        hex(
            "8dd7d8a010a7a38e5d5836987209b95eb9fd619a1776e3b49c151fad80d76ffc5a654e72efdef72743e2e7acdf541be47d3d4b8fd57fdc7032f8ac04ca312f09"
        )
    );
}

#[test]
fn other_keys_and_altered_containers_are_no_ed25519_key() {
    let refused = |pem: &str| Ed25519SigningKey::from_pkcs8_pem(pem).err();
    assert_eq!(refused(P256_PKCS8), Some(CryptoError::KeyUnreadable));
    assert_eq!(refused(&ED25519_PKCS8.replace("PRIVATE", "PUBLIC")), Some(CryptoError::KeyUnreadable));
    assert_eq!(refused(""), Some(CryptoError::KeyUnreadable));
    let der = hex("302e020100300506032b657004220420c38f97be2f998e6fdaab7d8a145e1e4f14d8c15e2e556ff35b5bda4ffe0cc8db");
    assert!(Ed25519SigningKey::from_pkcs8_der(&der).is_ok());
    for len in 0..der.len() {
        assert!(Ed25519SigningKey::from_pkcs8_der(&der[..len]).is_err(), "{len}");
    }
    // X25519 (1.3.101.110) and Ed448 (1.3.101.113) with as many bytes; parameters where none may be.
    for other in [0x6e, 0x71] {
        let mut der = der.clone();
        der[11] = other;
        assert_eq!(Ed25519SigningKey::from_pkcs8_der(&der).err(), Some(CryptoError::KeyUnreadable));
    }
    let with_null =
        hex("3030020100300706032b6570050004220420c38f97be2f998e6fdaab7d8a145e1e4f14d8c15e2e556ff35b5bda4ffe0cc8db");
    assert_eq!(Ed25519SigningKey::from_pkcs8_der(&with_null).err(), Some(CryptoError::KeyUnreadable));
}

struct Bytes(Option<u8>);

impl Entropy for Bytes {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(self.0.ok_or(EntropyError)?);
        Ok(())
    }
}

#[test]
fn an_ed25519_key_comes_from_the_entropy_that_is_handed_in() {
    let key = Ed25519SigningKey::generate(&mut Bytes(Some(7))).unwrap();
    assert_eq!(key.public(), Ed25519SigningKey::from_seed(&[7; 32]).unwrap().public());
    assert_eq!(Ed25519SigningKey::generate(&mut Bytes(None)).err(), Some(EntropyError));
}

#[test]
fn an_ed25519_signing_key_does_not_print_itself() {
    let key = Ed25519SigningKey::from_seed(&[7; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "Ed25519SigningKey([redacted])");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_libraries_make_the_same_ed25519_signature(seed in uniform32(any::<u8>()), message in vec(any::<u8>(), 0..300)) {
        let native = Ed25519SigningKey::from_seed(&seed).unwrap();
        let other = ed25519_dalek::Ed25519Secret::from_seed(&seed).unwrap();
        prop_assert_eq!(&seed, other.seed());
        prop_assert_eq!(Some(*native.public().as_bytes()), other.public());
        let signature = *native.sign(&message).unwrap().as_bytes();
        prop_assert_eq!(Some(signature), other.sign(&message));
        prop_assert!(both_verify(native.public().as_bytes(), &message, &signature));
    }

    #[test]
    fn an_ed25519_signature_with_one_changed_bit_is_refused(seed in uniform32(any::<u8>()), byte in 0_usize..64, bit in 0_u8..8) {
        let key = Ed25519SigningKey::from_seed(&seed).unwrap();
        let mut signature = *key.sign(b"message").unwrap().as_bytes();
        signature[byte] ^= 1 << bit;
        prop_assert!(!both_verify(key.public().as_bytes(), b"message", &signature));
    }

    #[test]
    fn any_bytes_are_judged_alike_as_ed25519_key(key in uniform32(any::<u8>()), signature in vec(any::<u8>(), 64)) {
        prop_assert!(!both_verify(&key, b"message", &signature.try_into().unwrap()));
    }
}
