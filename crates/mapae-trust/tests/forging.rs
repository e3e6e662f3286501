//! Bundles that their own signer would never write, but signed by its key.

use mapae_cose::{
    Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Reader, Value, Writer},
};
use mapae_crypto::{Algorithm, SigningKey};
use testkit::World;

pub(crate) const TYP: &str = "application/mapae-bundle+cbor";

/// The manifest of the world's bundle, and its parts. The world signs its list anew for each bundle.
pub(crate) fn opened(world: &World) -> (Value, Vec<Vec<u8>>) {
    let file = world.bundle();
    let (signed, parts) = halves(&file);
    let manifest = Value::from_cbor(Sign1::parse(signed).unwrap().unverified_payload().unwrap()).unwrap();
    let parts = Reader::read_all(parts, |reader| reader.list(|reader| reader.bytes().map(<[u8]>::to_vec)));
    (manifest, parts.unwrap())
}

fn halves(file: &[u8]) -> (&[u8], &[u8]) {
    Reader::read_all(file, |reader| reader.array(|reader, _| Ok::<_, CborError>((reader.skip()?, reader.skip()?))))
        .unwrap()
}

/// A bundle of any two halves.
pub(crate) fn bundle(signed: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.array(2).raw(signed).array(parts.len());
    for part in parts {
        writer.bytes(part);
    }
    writer.into_bytes()
}

/// The world's bundle with a change in its manifest, signed by its key.
pub(crate) fn edited(world: &World, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut manifest, parts) = opened(world);
    change(&mut manifest);
    bundle(&signed(&world.bundle_key, Some(TYP), &manifest.to_cbor()), &parts)
}

/// The world's bundle with other parts.
pub(crate) fn with_parts(world: &World, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let (manifest, mut parts) = opened(world);
    change(&mut parts);
    bundle(&signed(&world.bundle_key, Some(TYP), &manifest.to_cbor()), &parts)
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
