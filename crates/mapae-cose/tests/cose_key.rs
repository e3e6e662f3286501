//! EC2 public keys.

use mapae_cose::{
    CoseError,
    cbor::{CborError, Reader, Value, Writer},
    cose_key,
};
use mapae_crypto::{Curve, PublicKey, SigningKey};

use crate::hex::hex;

fn public() -> PublicKey {
    SigningKey::from_scalar(&[7; 32]).unwrap().public().clone()
}

fn written(key: &PublicKey) -> Vec<u8> {
    let mut writer = Writer::new();
    cose_key::write(&mut writer, key);
    writer.into_bytes()
}

fn read(bytes: &[u8]) -> Result<PublicKey, CoseError> {
    Reader::read_all(bytes, cose_key::read)
}

/// The key with one label set to another value, or left out.
fn with(label: i64, value: Option<Value>) -> Result<PublicKey, CoseError> {
    let Value::Map(mut entries) = Value::from_cbor(&written(&public())).unwrap() else { panic!("not a map") };
    entries.retain(|(key, _)| *key != Value::from(label));
    entries.extend(value.map(|value| (Value::from(label), value)));
    read(&Value::Map(entries).to_cbor())
}

#[test]
fn a_key_is_read_as_it_was_written() {
    let bytes = written(&public());
    assert_eq!(bytes[..7], hex("a4 01 02 20 01 21 58"));
    assert_eq!(read(&bytes), Ok(public()));
}

/// RFC 9052 Appendix C.7.1: the key with `kid` 11 of the COSE examples, on P-256.
#[test]
fn a_key_of_the_specification_is_read() {
    let text = "a5 01 02 02 42 3131 20 01
        21 5820 bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff
        22 5820 20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e";
    assert_eq!(read(&hex(text)).unwrap().curve(), Curve::P256);
}

#[test]
fn each_part_of_the_point_is_needed() {
    for label in [1, -1, -2, -3] {
        assert_eq!(with(label, None), Err(CoseError::KeyInvalid), "{label}");
    }
}

#[test]
fn another_kind_of_key_or_curve_is_refused() {
    assert_eq!(with(1, Some(Value::from(1))), Err(CoseError::KeyInvalid));
    for curve in [0, 2, 3, 6, 8] {
        assert_eq!(with(-1, Some(Value::from(curve))), Err(CoseError::KeyInvalid), "{curve}");
    }
}

#[test]
fn a_point_off_the_curve_or_of_another_length_is_refused() {
    assert_eq!(with(-3, Some(Value::Bytes(vec![1; 32]))), Err(CoseError::KeyInvalid));
    assert_eq!(with(-3, Some(Value::Bytes(vec![0; 31]))), Err(CoseError::KeyInvalid));
    assert_eq!(with(-2, Some(Value::Bytes(vec![0; 33]))), Err(CoseError::KeyInvalid));
}

#[test]
fn a_compressed_point_is_refused() {
    assert_eq!(with(-3, Some(Value::Bool(true))), Err(CoseError::KeyInvalid));
}

#[test]
fn labels_that_do_not_concern_the_point_are_passed_over() {
    assert_eq!(with(3, Some(Value::from(-7))), Ok(public()));
    assert_eq!(with(99, Some(Value::Array(vec![Value::Null]))), Ok(public()));
}

#[test]
fn peer_hole_16_a_label_that_occurs_twice_is_refused() {
    let mut bytes = written(&public());
    bytes[0] = 0xa5;
    bytes.extend([0x20, 0x01]);
    assert!(matches!(read(&bytes), Err(CoseError::Cbor(CborError::DuplicateKey(_)))));
}
