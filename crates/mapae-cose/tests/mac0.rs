//! HMAC 256/256 over a detached payload.

use mapae_cose::{
    CoseError, Mac0, UnsignedMac0,
    cbor::{CborError, Reader, Value},
};

const KEY: [u8; 32] = [3; 32];

fn made() -> Vec<u8> {
    UnsignedMac0::detached(b"payload").authenticate(&KEY)
}

fn verify(message: &[u8], key: &[u8; 32], payload: &[u8]) -> Result<(), CoseError> {
    Reader::read_all(message, Mac0::read)?.verify_detached(key, payload)
}

fn with_part(part: usize, value: Value) -> Vec<u8> {
    let Value::Array(mut parts) = Value::from_cbor(&made()).unwrap() else { panic!("not an array") };
    parts[part] = value;
    Value::Array(parts).to_cbor()
}

#[test]
fn a_tag_verifies_over_its_payload_with_its_key() {
    assert_eq!(verify(&made(), &KEY, b"payload"), Ok(()));
    assert_eq!(verify(&made(), &KEY, b"another"), Err(CoseError::TagInvalid));
    assert_eq!(verify(&made(), &[4; 32], b"payload"), Err(CoseError::TagInvalid));
}

#[test]
fn the_cbor_tag_may_be_there_or_not() {
    assert_eq!(verify(&[&[0xd1], &*made()].concat(), &KEY, b"payload"), Ok(()));
    assert_eq!(verify(&[&[0xd2], &*made()].concat(), &KEY, b"payload"), Err(CborError::Unexpected(0).into()));
}

#[test]
fn a_shortened_authentication_tag_is_refused() {
    let Value::Array(parts) = Value::from_cbor(&made()).unwrap() else { panic!("not an array") };
    let Value::Bytes(tag) = &parts[3] else { panic!("no tag") };
    for length in [0, 8, 31] {
        let message = with_part(3, Value::Bytes(tag[..length].to_vec()));
        assert_eq!(verify(&message, &KEY, b"payload"), Err(CoseError::TagInvalid), "{length}");
    }
}

#[test]
fn peer_hole_07_another_algorithm_is_refused() {
    // 4 is HMAC 256/64, -7 ES256.
    for number in [4, 6, -7] {
        let protected = Value::Map(vec![(Value::from(1), Value::from(number))]).to_cbor();
        let message = with_part(0, Value::Bytes(protected));
        assert_eq!(verify(&message, &KEY, b"payload"), Err(CoseError::AlgorithmUnsupported(Some(number))));
    }
    assert_eq!(verify(&with_part(0, Value::Bytes(vec![])), &KEY, b""), Err(CoseError::AlgorithmUnsupported(None)));
}

#[test]
fn an_included_payload_is_refused() {
    assert_eq!(
        verify(&with_part(2, Value::Bytes(b"payload".to_vec())), &KEY, b"payload"),
        Err(CoseError::PayloadPlace)
    );
}

#[test]
fn every_changed_byte_is_refused() {
    let message = made();
    for at in 0..message.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut altered = message.clone();
            altered[at] ^= change;
            assert!(verify(&altered, &KEY, b"payload").is_err(), "{at} {change:02x}");
        }
    }
}
