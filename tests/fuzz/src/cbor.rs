//! CBOR and COSE.

use mapae_cose::{
    Sign1,
    cbor::{Reader, Value, Writer},
    cose_key,
};

use crate::parties::parties;

/// The payload of every `COSE_Sign1` among the seeds.
pub const PAYLOAD: &[u8] = b"signed";

/// One item. Both ways to read it agree, and what is written is read as the same, in no more bytes.
pub fn cbor(data: &[u8]) -> bool {
    let skipped = Reader::read_all(data, Reader::skip);
    let read = Value::from_cbor(data);
    assert_eq!(skipped.is_ok(), read.is_ok(), "an item that is passed over is held to the rules of one that is read");
    let (Ok(skipped), Ok(value)) = (skipped, read) else { return false };
    assert_eq!(skipped, data);
    let written = value.to_cbor();
    assert!(written.len() <= data.len(), "the deterministic encoding is the shortest");
    let again = Value::from_cbor(&written).unwrap_or(Value::Null);
    assert!(same(&value, &again));
    assert_eq!(again.to_cbor(), written);
    let _json = value.to_json();
    true
}

/// Equal but for the order of maps; a number that is none equals itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => a.len() == b.len() && a.iter().all(|entry| has(b, entry)),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Tag(a, inner), Value::Tag(b, other)) => a == b && same(inner, other),
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => a == b,
    }
}

fn has(map: &[(Value, Value)], (key, value): &(Value, Value)) -> bool {
    map.iter().any(|(k, v)| k == key && same(v, value))
}

/// A signature structure, its payload inside or apart: it verifies only over what was signed.
pub fn cose_sign1(data: &[u8]) -> bool {
    let Ok(message) = Sign1::parse(data) else { return false };
    let key = parties().document_signer.key.public();
    let attached = message.verify(key);
    let detached = message.verify_detached(key, PAYLOAD);
    assert!(attached.is_err() || detached.is_err(), "a payload is in one place");
    if let Ok(payload) = attached {
        assert_eq!(payload, PAYLOAD);
    }
    attached.is_ok() || detached.is_ok()
}

/// A key: what is written is read as the same.
pub fn cose_key(data: &[u8]) -> bool {
    let Ok(key) = Reader::read_all(data, cose_key::read) else { return false };
    let mut writer = Writer::new();
    cose_key::write(&mut writer, &key);
    assert_eq!(Reader::read_all(writer.as_bytes(), cose_key::read), Ok(key));
    true
}
