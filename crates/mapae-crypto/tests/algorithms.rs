//! Names and numbers, and that a key serves one algorithm only.

use mapae_crypto::{
    Algorithm, CryptoError, Curve, HashAlgorithm, HmacInvalid, PublicKey, SigningKey, constant_time_eq, hmac_sha256,
    verify_hmac_sha256,
};

use crate::keys::{hex, p384_by_openssl};

const BOTH: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Es384];

/// Hole 7 of the peers, the part that is decided here: a message that names another algorithm than its key's.
#[test]
fn peer_hole_07_key_confusion_between_algorithms_is_refused() {
    let (point, message, signature) = p384_by_openssl();
    let p384 = PublicKey::from_sec1(Curve::P384, &point).unwrap();
    assert_eq!(p384.verify(Algorithm::Es384, message, &signature), Ok(()));
    assert_eq!(p384.verify(Algorithm::Es256, message, &signature), Err(CryptoError::SignatureInvalid));

    let p256 = SigningKey::from_scalar(&[7; 32]).unwrap();
    let signature = p256.sign(message).unwrap();
    assert_eq!(p256.public().verify(Algorithm::Es256, message, signature.as_bytes()), Ok(()));
    let confused = p256.public().verify(Algorithm::Es384, message, signature.as_bytes());
    assert_eq!(confused, Err(CryptoError::SignatureInvalid));
}

#[test]
fn no_name_or_number_selects_none_or_a_secret_key() {
    for name in ["none", "None", "", "HS256", "HS384", "RS256", "PS256", "ES256K", "ES512", "EdDSA", "es256"] {
        assert_eq!(Algorithm::from_jose(name), None, "{name}");
    }
    // HMAC 256/256, EdDSA, ES512, ES256K, PS256, RS256, and nothing.
    for number in [5, -8, -36, -47, -37, -257, 0, i64::MIN, i64::MAX] {
        assert_eq!(Algorithm::from_cose(number), None, "{number}");
    }
    for name in ["P-521", "secp256k1", "p-256", ""] {
        assert_eq!(Curve::from_jose(name), None, "{name}");
    }
    for number in [0, 3, 6, 8, -1] {
        assert_eq!(Curve::from_cose(number), None, "{number}");
    }
}

#[test]
fn names_and_numbers_are_read_as_they_are_written() {
    for algorithm in BOTH {
        assert_eq!(Algorithm::from_jose(algorithm.jose()), Some(algorithm));
        assert_eq!(Algorithm::from_cose(algorithm.cose()), Some(algorithm));
        let curve = algorithm.curve();
        assert_eq!(curve.algorithm(), algorithm);
        assert_eq!(Curve::from_jose(curve.jose()), Some(curve));
        assert_eq!(Curve::from_cose(curve.cose()), Some(curve));
    }
    let written = BOTH.map(|a| (a.to_string(), a.cose(), a.curve().to_string(), a.curve().cose()));
    assert_eq!(written[0], ("ES256".into(), -7, "P-256".into(), 1));
    assert_eq!(written[1], ("ES384".into(), -35, "P-384".into(), 2));
    // RFC 9864: the fully specified numbers mean the same.
    assert_eq!([-9, -51].map(Algorithm::from_cose), BOTH.map(Some));
}

#[test]
fn a_signature_of_another_length_is_refused() {
    let key = SigningKey::from_scalar(&[7; 32]).unwrap();
    let signature = key.sign(b"m").unwrap();
    let bytes = signature.as_bytes();
    for other in [&bytes[..63], &[bytes, &[0]].concat(), &[&[0], bytes].concat(), &[], &signature.to_der()] {
        assert_eq!(key.public().verify(Algorithm::Es256, b"m", other), Err(CryptoError::SignatureInvalid));
    }
}

#[test]
fn a_p384_key_cannot_be_agreed_with() {
    let (point, ..) = p384_by_openssl();
    let p384 = PublicKey::from_sec1(Curve::P384, &point).unwrap();
    let refused = SigningKey::from_scalar(&[7; 32]).unwrap().agree(&p384).err();
    assert_eq!(refused, Some(CryptoError::KeyInvalid(Curve::P384)));
}

/// FIPS 180-2 appendices B.1, D.1 and C.1: "abc".
#[test]
fn sha2_of_abc_is_what_the_standard_prints() {
    for (algorithm, digest) in [
        (HashAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            HashAlgorithm::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
        (
            HashAlgorithm::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ] {
        assert_eq!(algorithm.digest(&[b"abc"]).as_ref(), hex(digest));
        assert_eq!(algorithm.digest(&[b"a", b"", b"bc"]).as_ref().len(), algorithm.len());
        assert!(!algorithm.is_empty());
    }
}

#[test]
fn a_tag_is_accepted_whole_only() {
    let tag = hmac_sha256(b"key", &[b"message"]);
    assert_eq!(verify_hmac_sha256(b"key", &[b"mess", b"age"], &tag), Ok(()));
    assert_eq!(verify_hmac_sha256(b"key", &[b"message"], &tag[..31]), Err(HmacInvalid));
    assert_eq!(verify_hmac_sha256(b"key", &[b"message"], &[]), Err(HmacInvalid));
    assert_eq!(verify_hmac_sha256(b"other", &[b"message"], &tag), Err(HmacInvalid));
    assert_eq!(verify_hmac_sha256(b"key", &[b"massage"], &tag), Err(HmacInvalid));
}

#[test]
fn equality_in_constant_time_is_equality() {
    assert!(constant_time_eq(b"", b"") && constant_time_eq(b"ab", b"ab"));
    assert!(!constant_time_eq(b"ab", b"ac") && !constant_time_eq(b"ab", b"a") && !constant_time_eq(b"", b"a"));
}
