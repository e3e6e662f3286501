//! PKCS#8 and SPKI as `openssl` writes them, and what may not stand in them.

use mapae_crypto::{Algorithm, CryptoError, Curve, PublicKey, Signature, SigningKey};
use mapae_types::{Entropy, EntropyError};

use crate::keys::{
    ED25519_PKCS8, MESSAGE, P256_ENCRYPTED, P256_PKCS8, P256_SCALAR, P256_SEC1, P256_SIGNATURE, P256_SPKI,
    P256_SPKI_COMPRESSED, P256_SPKI_EXPLICIT, P384_PKCS8, P384_SPKI, hex,
};

#[test]
fn a_private_key_by_openssl_is_read_and_written_back_to_the_byte() {
    let key = SigningKey::from_pkcs8_pem(P256_PKCS8).unwrap();
    assert_eq!(*key.to_pkcs8_pem(), P256_PKCS8);
    let scalar: [u8; 32] = hex(P256_SCALAR).try_into().unwrap();
    assert_eq!(SigningKey::from_scalar(&scalar).unwrap().public(), key.public());
}

#[test]
fn a_public_key_by_openssl_is_read_and_written_back_to_the_byte() {
    for (pem, curve) in [(P256_SPKI, Curve::P256), (P384_SPKI, Curve::P384)] {
        let key = PublicKey::from_spki_pem(pem).unwrap();
        assert_eq!(key.curve(), curve);
        assert_eq!(key.to_spki_pem(), pem);
        assert_eq!(PublicKey::from_spki_der(&key.to_spki_der()), Ok(key.clone()));
        let (x, y) = key.coordinates();
        assert_eq!(PublicKey::from_coordinates(curve, x, y), Ok(key));
    }
    let private = SigningKey::from_pkcs8_pem(P256_PKCS8).unwrap();
    assert_eq!(private.public().to_spki_pem(), P256_SPKI);
}

#[test]
fn a_signature_by_openssl_verifies_and_ours_has_its_form() {
    let key = SigningKey::from_pkcs8_pem(P256_PKCS8).unwrap();
    let signature = Signature::from_der(Curve::P256, &hex(P256_SIGNATURE)).unwrap();
    assert_eq!(key.public().verify(Algorithm::Es256, MESSAGE, signature.as_bytes()), Ok(()));
    assert_eq!(signature.to_der(), hex(P256_SIGNATURE));
}

#[test]
fn other_kinds_of_private_keys_and_containers_are_refused() {
    let cut = P256_PKCS8.replace("yPWD", "");
    let under_wrong_label = P256_PKCS8.replace("PRIVATE KEY", "CERTIFICATE");
    for pem in [P256_SEC1, P256_ENCRYPTED, P384_PKCS8, ED25519_PKCS8, P256_SPKI, &cut, &under_wrong_label, "", "x"] {
        assert_eq!(SigningKey::from_pkcs8_pem(pem).err(), Some(CryptoError::KeyUnreadable), "{pem}");
    }
}

#[test]
fn a_private_key_of_zero_is_refused() {
    let scalar = hex(P256_SCALAR);
    let pem = SigningKey::from_pkcs8_pem(P256_PKCS8).unwrap().to_pkcs8_pem();
    let (_, document) = der::Document::from_pem(&pem).unwrap();
    let mut bytes = document.as_bytes().to_vec();
    let place = bytes.windows(32).position(|window| window == scalar).unwrap();
    bytes[place..place + 32].fill(0);
    assert_eq!(SigningKey::from_pkcs8_der(&bytes).err(), Some(CryptoError::KeyInvalid(Curve::P256)));
}

#[test]
fn other_kinds_of_public_keys_are_refused() {
    let with_wrong_label = P256_SPKI.replace("PUBLIC KEY", "EC PUBLIC KEY");
    for pem in [P256_SPKI_EXPLICIT, P256_PKCS8, &with_wrong_label, ""] {
        assert_eq!(PublicKey::from_spki_pem(pem).err(), Some(CryptoError::KeyUnreadable), "{pem}");
    }
    let compressed = PublicKey::from_spki_pem(P256_SPKI_COMPRESSED).err();
    assert_eq!(compressed, Some(CryptoError::KeyInvalid(Curve::P256)));
    let mut longer = PublicKey::from_spki_pem(P256_SPKI).unwrap().to_spki_der();
    longer.push(0);
    assert_eq!(PublicKey::from_spki_der(&longer).err(), Some(CryptoError::KeyUnreadable));
}

#[test]
fn points_and_coordinates_have_exactly_their_length() {
    let key = PublicKey::from_spki_pem(P256_SPKI).unwrap();
    let refused = Some(CryptoError::KeyInvalid(Curve::P256));
    let (x, y) = key.coordinates();
    for (x, y) in [(&x[1..], y), (x, &y[1..]), (&[&[0], x].concat()[..], y), (&[], &[])] {
        assert_eq!(PublicKey::from_coordinates(Curve::P256, x, y).err(), refused);
    }
    for point in [&[][..], &key.sec1()[1..], &key.sec1()[..64], &[0], &[&[6], &key.sec1()[1..]].concat()] {
        assert_eq!(PublicKey::from_sec1(Curve::P256, point).err(), refused);
    }
    assert!(PublicKey::from_sec1(Curve::P384, key.sec1()).is_err());
}

#[test]
fn a_signature_in_other_encodings_is_refused() {
    let good = hex(P256_SIGNATURE);
    let read = |der: &[u8]| Signature::from_der(Curve::P256, der).err();
    assert_eq!(read(&good), None);
    let after = [&good[..], &[0]].concat();
    let negative = hex("3006020101020180");
    let padded = hex("300702020001020101");
    let one_number = hex("3003020101");
    let too_long = [&hex("3026022100"), &[0xff; 32][..], &hex("020101")].concat();
    assert_eq!(read(&too_long), None, "33 bytes with the sign are 32 bytes of number");
    let longer_still = [&hex("3027022201"), &[0xff; 33][..], &hex("020101")].concat();
    for der in [&after, &negative, &padded, &one_number, &longer_still, &vec![]] {
        assert_eq!(read(der), Some(CryptoError::SignatureUnreadable), "{der:02x?}");
    }
    for length in [0, 63, 65, 96] {
        let refused = Signature::from_bytes(Curve::P256, &vec![1; length]).err();
        assert_eq!(refused, Some(CryptoError::SignatureUnreadable));
    }
}

/// Hole 11 of the peers: a bearer code, key or claim value in a `Debug` line or log.
#[test]
fn peer_hole_11_keys_and_secrets_print_redacted() {
    let key = SigningKey::from_pkcs8_pem(P256_PKCS8).unwrap();
    let shared = key.agree(key.public()).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey([redacted])");
    assert_eq!(format!("{shared:?}"), "SharedSecret([redacted])");
    assert_eq!(format!("{:?}", key.public()), "PublicKey(P-256)");
    assert_eq!(format!("{:#?}", Some(&key)).matches("[redacted]").count(), 1);
}

/// Gives the draws in turn, then fails.
struct Draws(Vec<[u8; 32]>);

impl Entropy for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if self.0.is_empty() {
            return Err(EntropyError);
        }
        bytes.copy_from_slice(&self.0.remove(0));
        Ok(())
    }
}

#[test]
fn a_key_is_drawn_again_until_it_is_within_the_range() {
    let expected = SigningKey::from_scalar(&[7; 32]).unwrap();
    let drawn = SigningKey::generate(&mut Draws(vec![[0xff; 32], [0; 32], [7; 32]])).unwrap();
    assert_eq!(drawn.public(), expected.public());
}

#[test]
fn a_random_source_that_fails_or_is_stuck_gives_no_key() {
    assert_eq!(SigningKey::generate(&mut Draws(vec![])).err(), Some(EntropyError));
    assert_eq!(SigningKey::generate(&mut Draws(vec![[0; 32]; 100])).err(), Some(EntropyError));
}
