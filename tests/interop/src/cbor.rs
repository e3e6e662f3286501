//! Reaching into CBOR and putting it back. Maps keep their order and their duplicates, so an alteration can make either wrong.

use anyhow::{Result, anyhow, ensure};
use ciborium::Value;

/// The tag of embedded CBOR (RFC 8949 §3.4.5.1).
pub const EMBEDDED: u64 = 24;

/// The bytes of a value.
pub fn encode(value: &Value) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes)?;
    Ok(bytes)
}

/// The value of bytes that hold nothing else.
pub fn decode(bytes: &[u8]) -> Result<Value> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest)?;
    ensure!(rest.is_empty(), "{} bytes behind the CBOR", rest.len());
    Ok(value)
}

/// Bytes under tag 24.
pub fn embed(bytes: Vec<u8>) -> Value {
    Value::Tag(EMBEDDED, Box::new(Value::Bytes(bytes)))
}

/// The bytes under tag 24.
pub fn embedded(value: &Value) -> Result<&[u8]> {
    match value {
        Value::Tag(EMBEDDED, inner) => {
            inner.as_bytes().map(Vec::as_slice).ok_or_else(|| anyhow!("tag 24 over no bytes"))
        }
        _ => Err(anyhow!("no tag 24")),
    }
}

/// The entries of a map.
pub fn entries(value: &mut Value) -> Result<&mut Vec<(Value, Value)>> {
    value.as_map_mut().ok_or_else(|| anyhow!("not a map"))
}

/// The items of an array.
pub fn items(value: &mut Value) -> Result<&mut Vec<Value>> {
    value.as_array_mut().ok_or_else(|| anyhow!("not an array"))
}

/// The value of a key that must be there.
pub fn at(value: &mut Value, key: impl Into<Value>) -> Result<&mut Value> {
    let key = key.into();
    let found = entries(value)?.iter_mut().find(|(name, _)| *name == key);
    found.map(|(_, value)| value).ok_or_else(|| anyhow!("no {key:?} in the map"))
}

/// Sets a key, in its place if it is there.
pub fn set(map: &mut Value, key: impl Into<Value>, value: Value) -> Result<()> {
    let key = key.into();
    let entries = entries(map)?;
    match entries.iter_mut().find(|(name, _)| *name == key) {
        Some((_, old)) => *old = value,
        None => entries.push((key, value)),
    }
    Ok(())
}

/// Takes a key out.
pub fn remove(map: &mut Value, key: impl Into<Value>) -> Result<()> {
    let key = key.into();
    entries(map)?.retain(|(name, _)| *name != key);
    Ok(())
}
