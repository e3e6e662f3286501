//! A payload comes out of a verified signature and nowhere else.

use mapae_cose::{
    CoseError, Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Reader, Value, Writer},
};
use mapae_crypto::{Algorithm, PublicKey, SigningKey};

pub(crate) fn key() -> SigningKey {
    SigningKey::from_scalar(&[7; 32]).unwrap()
}

fn other_key() -> SigningKey {
    SigningKey::from_scalar(&[8; 32]).unwrap()
}

fn unsigned() -> UnsignedSign1 {
    UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &Headers::default(), b"payload")
}

fn signed(unsigned: UnsignedSign1) -> Vec<u8> {
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn verify(message: &[u8], key: &PublicKey) -> Result<Vec<u8>, CoseError> {
    Ok(Sign1::parse(message)?.verify(key)?.to_vec())
}

/// A structure as somebody else might write it, signed as RFC 9052 §4.4 says.
pub(crate) fn foreign(protected: &[u8], unprotected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut to_be_signed = Writer::new();
    to_be_signed.array(4).text("Signature1").bytes(protected).bytes(b"").bytes(payload);
    let signature = key().sign(to_be_signed.as_bytes()).unwrap();
    let mut message = Writer::new();
    message.array(4).bytes(protected).raw(unprotected).bytes(payload).bytes(signature.as_bytes());
    message.into_bytes()
}

/// The message with one of its four parts replaced.
fn with_part(message: &[u8], part: usize, value: Value) -> Vec<u8> {
    let Value::Array(mut parts) = Value::from_cbor(message).unwrap() else { panic!("not an array") };
    parts[part] = value;
    Value::Array(parts).to_cbor()
}

#[test]
fn a_signed_payload_comes_out() {
    assert_eq!(verify(&signed(unsigned()), key().public()), Ok(b"payload".to_vec()));
}

#[test]
fn what_is_signed_is_the_structure_of_rfc_9052() {
    let mut expected = Writer::new();
    expected.array(4).text("Signature1").bytes(&[0xa1, 0x01, 0x26]).bytes(b"").bytes(b"payload");
    assert_eq!(unsigned().to_be_signed(), expected.as_bytes());
    assert_eq!(unsigned().payload(), b"payload");
}

#[test]
fn another_key_is_refused() {
    assert_eq!(verify(&signed(unsigned()), other_key().public()), Err(CoseError::SignatureInvalid));
}

#[test]
fn an_altered_payload_is_refused() {
    let message = with_part(&signed(unsigned()), 2, Value::Bytes(b"PAYLOAD".to_vec()));
    assert_eq!(verify(&message, key().public()), Err(CoseError::SignatureInvalid));
}

#[test]
fn an_altered_protected_header_is_refused() {
    // The same algorithm, written longer: the signature covers the bytes.
    let message = with_part(&signed(unsigned()), 0, Value::Bytes(vec![0xa1, 0x01, 0x38, 0x06]));
    assert_eq!(verify(&message, key().public()), Err(CoseError::SignatureInvalid));
}

#[test]
fn a_signature_of_another_length_is_refused() {
    for length in [0, 63, 65, 96] {
        let message = with_part(&signed(unsigned()), 3, Value::Bytes(vec![1; length]));
        assert_eq!(verify(&message, key().public()), Err(CoseError::SignatureInvalid), "{length}");
    }
}

#[test]
fn the_tag_may_be_there_or_not() {
    let (bare, tagged) = (signed(unsigned()), signed(unsigned().tagged()));
    assert_eq!((bare[0], tagged[0]), (0x84, 0xd2));
    assert_eq!(bare[..3], tagged[1..4]);
    assert!(verify(&bare, key().public()).is_ok() && verify(&tagged, key().public()).is_ok());
}

#[test]
fn another_tag_is_refused() {
    let mut message = signed(unsigned().tagged());
    message[0] = 0xd1;
    assert_eq!(verify(&message, key().public()), Err(CborError::Unexpected(0).into()));
    let twice = [&[0xd2], &*signed(unsigned().tagged())].concat();
    assert_eq!(verify(&twice, key().public()), Err(CborError::Unexpected(1).into()));
}

#[test]
fn a_structure_has_four_parts() {
    for parts in [vec![Value::Null; 3], vec![Value::Null; 5]] {
        let message = Value::Array(parts).to_cbor();
        assert_eq!(verify(&message, key().public()), Err(CborError::Unexpected(0).into()));
    }
}

#[test]
fn peer_hole_16_bytes_after_a_structure_are_refused() {
    let mut message = signed(unsigned());
    let length = message.len();
    message.push(0);
    assert_eq!(verify(&message, key().public()), Err(CborError::Trailing(length).into()));
}

#[test]
fn a_detached_payload_is_given_beside_the_structure() {
    let message = signed(unsigned().detached());
    let parsed = Sign1::parse(&message).unwrap();
    assert_eq!(parsed.unverified_payload(), None);
    assert_eq!(parsed.verify_detached(key().public(), b"payload"), Ok(()));
    assert_eq!(parsed.verify_detached(key().public(), b"another"), Err(CoseError::SignatureInvalid));
    assert_eq!(parsed.verify_detached(other_key().public(), b"payload"), Err(CoseError::SignatureInvalid));
}

#[test]
fn an_included_payload_is_not_taken_for_a_detached_one_nor_the_other_way_round() {
    let (included, detached) = (signed(unsigned()), signed(unsigned().detached()));
    let included = Sign1::parse(&included).unwrap();
    assert_eq!(included.verify_detached(key().public(), b"payload"), Err(CoseError::PayloadPlace));
    assert_eq!(Sign1::parse(&detached).unwrap().verify(key().public()), Err(CoseError::PayloadPlace));
}

#[test]
fn a_payload_that_is_undefined_is_not_detached() {
    let mut message = signed(unsigned().detached());
    let at = message.iter().position(|byte| *byte == 0xf6).unwrap();
    message[at] = 0xf7;
    assert_eq!(Sign1::parse(&message).unwrap_err(), CborError::Unexpected(at).into());
}

#[test]
fn peer_hole_07_an_algorithm_in_the_unprotected_header_only_is_refused() {
    let unprotected = [0xa1, 0x01, 0x26];
    for protected in [&[][..], &[0xa0]] {
        let message = foreign(protected, &unprotected, b"payload");
        assert_eq!(verify(&message, key().public()), Err(CoseError::AlgorithmUnsupported(None)));
    }
    assert!(verify(&foreign(&unprotected, &[0xa0], b"payload"), key().public()).is_ok());
}

#[test]
fn peer_hole_07_an_algorithm_that_we_do_not_know_is_refused() {
    // 5 is HMAC, -8 EdDSA, -36 ES512, 0 reserved.
    for number in [5, -8, -36, 0, -65_535] {
        let protected = Value::Map(vec![(Value::from(1), Value::from(number))]).to_cbor();
        let message = foreign(&protected, &[0xa0], b"payload");
        assert_eq!(verify(&message, key().public()), Err(CoseError::AlgorithmUnsupported(Some(number))));
    }
    let message = foreign(&[0xa1, 0x01, 0x61, b'x'], &[0xa0], b"payload");
    assert_eq!(verify(&message, key().public()), Err(CoseError::AlgorithmUnsupported(None)));
}

/// RFC 9864: −9 is ES256 with the curve named.
#[test]
fn the_fully_specified_number_of_an_algorithm_is_known() {
    let message = foreign(&[0xa1, 0x01, 0x28], &[0xa0], b"payload");
    assert!(verify(&message, key().public()).is_ok());
}

/// Hole 7 of the peers: the message names another algorithm than the one of its key.
#[test]
fn peer_hole_07_key_confusion_between_algorithms_is_refused() {
    for number in [-35, -51] {
        let protected = Value::Map(vec![(Value::from(1), Value::from(number))]).to_cbor();
        let message = foreign(&protected, &[0xa0], b"payload");
        assert_eq!(verify(&message, key().public()), Err(CoseError::SignatureInvalid));
    }
}

#[test]
fn a_structure_is_read_inside_another() {
    let message = signed(unsigned());
    let outer = [&[0x82], &*message, &[0x01]].concat();
    let read = Reader::read_all(&outer, |reader| {
        reader.array(|reader, _| {
            let inner = Sign1::read(reader)?;
            reader.int()?;
            Ok::<_, CoseError>(inner)
        })
    });
    assert_eq!(read.unwrap().verify(key().public()), Ok(&b"payload"[..]));
}

/// No bit of a structure is without meaning, the empty unprotected header included.
#[test]
fn every_changed_byte_is_refused() {
    let message = signed(unsigned());
    for at in 0..message.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut altered = message.clone();
            altered[at] ^= change;
            assert!(verify(&altered, key().public()).is_err(), "{at} {change:02x}");
        }
    }
}
