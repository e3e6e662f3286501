//! The interface of encryption: keys of the right length, names of JOSE, and nothing shown.

use mapae_crypto::aead::{AeadAlgorithm, AeadError, AeadKey};

const BOTH: [AeadAlgorithm; 2] = [AeadAlgorithm::A128Gcm, AeadAlgorithm::A256Gcm];

#[test]
fn a_key_has_exactly_the_length_of_its_algorithm() {
    for algorithm in BOTH {
        let len = algorithm.key_len();
        assert!(AeadKey::new(algorithm, &vec![1; len]).is_ok_and(|key| key.algorithm() == algorithm));
        for wrong in [0, len - 1, len + 1, 48 - len] {
            let refused = AeadKey::new(algorithm, &vec![1; wrong]).unwrap_err();
            assert_eq!(refused, AeadError::KeyLength { algorithm, len: wrong });
        }
    }
}

#[test]
fn names_are_those_of_jose_and_no_others() {
    for (algorithm, name) in BOTH.into_iter().zip(["A128GCM", "A256GCM"]) {
        assert_eq!((algorithm.jose(), AeadAlgorithm::from_jose(name)), (name, Some(algorithm)));
    }
    for name in ["", "none", "a128gcm", "A192GCM", "A128CBC-HS256", "A128GCM "] {
        assert_eq!(AeadAlgorithm::from_jose(name), None, "{name}");
    }
}

#[test]
fn another_key_nonce_or_header_opens_nothing() {
    for algorithm in BOTH {
        let key = AeadKey::new(algorithm, &vec![1; algorithm.key_len()]).unwrap();
        let other = AeadKey::new(algorithm, &vec![2; algorithm.key_len()]).unwrap();
        let sealed = key.seal(&[0; 12], b"aad", b"message").unwrap();
        assert_eq!(sealed.len(), 7 + 16);
        assert_eq!(key.open(&[0; 12], b"aad", &sealed).unwrap(), b"message");
        assert_eq!(other.open(&[0; 12], b"aad", &sealed), Err(AeadError::TagInvalid));
        assert_eq!(key.open(&[1; 12], b"aad", &sealed), Err(AeadError::TagInvalid));
        assert_eq!(key.open(&[0; 12], b"add", &sealed), Err(AeadError::TagInvalid));
        assert_eq!(key.open(&[0; 12], b"aad", &sealed[..15]), Err(AeadError::TagInvalid));
        assert_eq!(key.open(&[0; 12], b"aad", b""), Err(AeadError::TagInvalid));
    }
}

#[test]
fn a_key_shows_its_algorithm_only() {
    let key = AeadKey::new(AeadAlgorithm::A256Gcm, &[0xab; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "AeadKey(A256GCM, [redacted])");
}
