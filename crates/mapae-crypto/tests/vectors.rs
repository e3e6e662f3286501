//! Wycheproof: thousands of inputs that broke somebody's cryptography. Each runs through both backends.

use mapae_crypto::{Curve, PublicKey, Signature, verify_hmac_sha256};
use wycheproof::{TestResult, aead, ecdh, ecdsa, hkdf, mac};

use crate::backends::{both_agree, both_hkdf, both_hmac, both_open, both_seal, both_verify};

/// `Acceptable` inputs may go either way.
fn check(expected: TestResult, accepted: bool, case: usize, comment: &str) {
    match expected {
        TestResult::Valid => assert!(accepted, "{case} is valid: {comment}"),
        TestResult::Invalid => assert!(!accepted, "{case} is invalid: {comment}"),
        TestResult::Acceptable => {}
    }
}

/// Runs a set; `read` brings its signatures into the form r ‖ s. Returns how many cases there were.
fn ecdsa(name: ecdsa::TestName, curve: Curve, read: impl Fn(&[u8]) -> Option<Vec<u8>>) -> usize {
    let groups = ecdsa::TestSet::load(name).unwrap().test_groups;
    for group in &groups {
        let point: &[u8] = &group.key.key;
        let key = PublicKey::from_sec1(curve, point).unwrap();
        assert_eq!(PublicKey::from_spki_der(&group.der).as_ref(), Ok(&key));
        assert_eq!(PublicKey::from_spki_pem(&group.pem).as_ref(), Ok(&key));
        for test in &group.tests {
            let accepted = read(&test.sig).is_some_and(|signature| both_verify(curve, point, &test.msg, &signature));
            check(test.result, accepted, test.tc_id, &test.comment);
        }
    }
    groups.iter().map(|group| group.tests.len()).sum()
}

fn from_der(curve: Curve) -> impl Fn(&[u8]) -> Option<Vec<u8>> {
    move |der| Signature::from_der(curve, der).ok().map(|signature| signature.as_bytes().to_vec())
}

#[test]
fn ecdsa_p256_as_cose_and_jose_write_signatures() {
    assert!(ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Curve::P256, |raw| Some(raw.to_vec())) > 200);
}

#[test]
fn ecdsa_p256_as_x509_writes_signatures() {
    assert!(ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha256, Curve::P256, from_der(Curve::P256)) > 400);
}

#[test]
fn ecdsa_p384_as_cose_and_jose_write_signatures() {
    assert!(ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Curve::P384, |raw| Some(raw.to_vec())) > 200);
}

#[test]
fn ecdsa_p384_as_x509_writes_signatures() {
    assert!(ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha384, Curve::P384, from_der(Curve::P384)) > 400);
}

/// Wycheproof writes a scalar as a signed integer: with a leading zero, or without leading zeros.
fn scalar(integer: &[u8]) -> [u8; 32] {
    let magnitude = &integer[integer.iter().take_while(|byte| **byte == 0).count()..];
    let mut scalar = [0; 32];
    scalar[32 - magnitude.len()..].copy_from_slice(magnitude);
    scalar
}

/// Runs a set; `point` finds the uncompressed point. Returns how many secrets were agreed on.
fn ecdh(name: ecdh::TestName, point: impl Fn(&[u8]) -> Option<Vec<u8>>) -> usize {
    let mut agreed = 0;
    for group in ecdh::TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            let shared = point(&test.public_key).and_then(|point| both_agree(&scalar(&test.private_key), &point));
            check(test.result, shared.is_some(), test.tc_id, &test.comment);
            if let Some(shared) = shared {
                assert_eq!(shared[..], test.shared_secret[..], "{}: {}", test.tc_id, test.comment);
                agreed += 1;
            }
        }
    }
    agreed
}

#[test]
fn ecdh_p256_with_keys_as_spki() {
    let point = |der: &[u8]| {
        let key = PublicKey::from_spki_der(der).ok().filter(|key| key.curve() == Curve::P256)?;
        Some(key.sec1().to_vec())
    };
    assert!(ecdh(ecdh::TestName::EcdhSecp256r1, point) > 200);
}

#[test]
fn ecdh_p256_with_keys_as_points() {
    // Wycheproof calls compressed points acceptable; here they are refused.
    let point = |sec1: &[u8]| PublicKey::from_sec1(Curve::P256, sec1).ok().map(|key| key.sec1().to_vec());
    assert!(ecdh(ecdh::TestName::EcdhSecp256r1Ecpoint, point) > 200);
}

#[test]
fn hkdf_sha256() {
    let mut derived = 0;
    for group in hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap().test_groups {
        // Outputs above 64 bytes are none of ours: the interface does not compile for them.
        for test in group.tests.into_iter().filter(|test| test.size <= 64) {
            let key = both_hkdf(&test.ikm, &test.salt, &test.info);
            check(test.result, key[..test.size] == test.okm[..], test.tc_id, &test.comment);
            derived += 1;
        }
    }
    assert!(derived > 50, "{derived}");
}

#[test]
fn hmac_sha256() {
    let mut full = 0;
    for group in mac::TestSet::load(mac::TestName::HmacSha256).unwrap().test_groups {
        for test in group.tests {
            let computed = both_hmac(&test.key, &[&test.msg]);
            let begins = computed.starts_with(&test.tag);
            check(test.result, begins, test.tc_id, &test.comment);
            let accepted = verify_hmac_sha256(&test.key, &[&test.msg], &test.tag).is_ok();
            // A truncated tag is right and yet not enough.
            assert_eq!(accepted, begins && group.tag_size == 256, "{}: {}", test.tc_id, test.comment);
            full += usize::from(accepted);
        }
    }
    assert!(full > 30, "{full}");
}

#[test]
fn aes_gcm() {
    let mut sealed = 0;
    let groups = aead::TestSet::load(aead::TestName::AesGcm).unwrap().test_groups;
    // Keys of 192 bits and other sizes of nonce are none of ours: the types do not take them.
    for group in groups.into_iter().filter(|g| g.nonce_size == 96 && g.tag_size == 128 && g.key_size != 192) {
        for test in group.tests {
            let nonce: [u8; 12] = test.nonce[..].try_into().unwrap();
            let opened = both_open(&test.key, &nonce, &test.aad, &[&test.ct[..], &test.tag[..]].concat());
            check(test.result, opened.is_some(), test.tc_id, &test.comment);
            if let Some(opened) = opened {
                assert_eq!(opened, test.pt[..], "{}: {}", test.tc_id, test.comment);
                let again = both_seal(&test.key, &nonce, &test.aad, &test.pt);
                assert_eq!(again, [&test.ct[..], &test.tag[..]].concat(), "{}: {}", test.tc_id, test.comment);
                sealed += 1;
            }
        }
    }
    assert!(sealed > 60, "{sealed}");
}
