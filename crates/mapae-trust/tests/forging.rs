//! Bundles that their own signer would never write, but signed by its key.

use mapae_cose::{
    Headers, Sign1, UnsignedSign1,
    cbor::{Value, Writer},
};
use mapae_crypto::{Algorithm, SigningKey};
use testkit::World;

pub(crate) const TYP: &str = "application/mapae-bundle+cbor";

/// The payload of the world's bundle.
pub(crate) fn payload(world: &World) -> Value {
    Value::from_cbor(Sign1::parse(&world.bundle()).unwrap().unverified_payload().unwrap()).unwrap()
}

/// The world's bundle with a change in its payload, signed by its key.
pub(crate) fn edited(world: &World, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut payload = payload(world);
    change(&mut payload);
    signed(&world.bundle_key, Some(TYP), &payload.to_cbor())
}

/// Any payload under any `typ`.
pub(crate) fn signed(key: &SigningKey, typ: Option<&str>, payload: &[u8]) -> Vec<u8> {
    let headers = Headers::algorithm(Algorithm::Es256);
    let headers = typ.map_or(headers.clone(), |typ| headers.with_typ(typ));
    let unsigned = UnsignedSign1::new(&headers, &Headers::default(), payload).tagged();
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// The entries of a map.
pub(crate) fn entries(value: &mut Value) -> &mut Vec<(Value, Value)> {
    let Value::Map(entries) = value else { panic!("{value:?} is not a map") };
    entries
}

/// The member of a map.
pub(crate) fn member<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    &mut entries(value).iter_mut().find(|(key, _)| *key == Value::from(name)).unwrap_or_else(|| panic!("{name}")).1
}

/// The items of an array.
pub(crate) fn items(value: &mut Value) -> &mut Vec<Value> {
    let Value::Array(items) = value else { panic!("{value:?} is not an array") };
    items
}

/// A map that names its first key twice, which [`Value`] can write as well.
pub(crate) fn with_first_key_twice(value: &mut Value) {
    let first = entries(value)[0].clone();
    entries(value).push(first);
}

/// An encoded item and one more after it.
pub(crate) fn followed_by_null(value: &Value) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.value(value).null();
    writer.into_bytes()
}
