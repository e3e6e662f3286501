//! Hole 3 of the peers: another issuer and another wallet write their CBOR in their own way, and what they signed
//! is what counts.

use mapae_cose::cbor::{Value, Writer};
use mapae_crypto::{SigningKey, sha256};
use mapae_mdoc::HeldMdoc;

use crate::{
    editing::{
        DEVICE_AUTH, DEVICE_SIGNED, ISSUER_AUTH, ISSUER_SIGNED, at, device_authentication, map, mso_of, set, unwrapped,
    },
    fixture::{CHOSEN, KOREA, MDL, Shown, device, expected, issuer, present, presented, verify},
};

/// An encoder as unlike ours as RFC 8949 permits: every length in eight bytes, the keys of maps in reverse.
fn loose(value: &Value) -> Vec<u8> {
    match value {
        Value::Int(number) if *number >= 0 => head(0, usize::try_from(*number).unwrap()),
        Value::Int(number) => head(1, usize::try_from(-1 - number).unwrap()),
        Value::Bytes(bytes) => [head(2, bytes.len()), bytes.clone()].concat(),
        Value::Text(text) => [head(3, text.len()), text.clone().into_bytes()].concat(),
        Value::Array(items) => head(4, items.len()).into_iter().chain(items.iter().flat_map(loose)).collect(),
        Value::Map(entries) => {
            let entries_reversed = entries.iter().rev().flat_map(|(key, value)| [loose(key), loose(value)].concat());
            head(5, entries.len()).into_iter().chain(entries_reversed).collect()
        }
        Value::Tag(number, item) => [head(6, usize::try_from(*number).unwrap()), loose(item)].concat(),
        other => other.to_cbor(),
    }
}

fn head(major: u8, length: usize) -> Vec<u8> {
    [&[(major << 5) + 27][..], &(length as u64).to_be_bytes()].concat()
}

/// `#6.24(bstr .cbor value)`, its inside written loosely too.
fn loosely_wrapped(value: &Value) -> Value {
    Value::Tag(24, Box::new(Value::Bytes(loose(value))))
}

fn loosely_signed(key: &SigningKey, payload: &[u8], in_place: Value) -> Value {
    let protected = loose(&Value::Map(vec![(Value::from(1), Value::from(-7))]));
    let mut to_be_signed = Writer::new();
    to_be_signed.array(4).text("Signature1").bytes(&protected).bytes(b"").bytes(payload);
    let signature = key.sign(to_be_signed.as_bytes()).unwrap();
    Value::Array(vec![Value::Bytes(protected), map([]), in_place, Value::Bytes(signature.as_bytes().to_vec())])
}

/// The presentation's facts as the others would have signed and sent them.
fn loose_response(digest_of: impl Fn(&Value) -> Vec<u8>) -> Vec<u8> {
    let mut mso = mso_of(&presented());
    let mut response = Value::from_cbor(&presented()).unwrap();
    for namespace in [MDL, KOREA] {
        let Value::Array(items) = at(&mut response, &format!("{ISSUER_SIGNED}/nameSpaces/{namespace}")) else {
            panic!("not an array")
        };
        let Value::Map(digests) = at(&mut mso, &format!("valueDigests/{namespace}")) else { panic!("not a map") };
        for item in items {
            let inner = unwrapped(item);
            let id = at(&mut inner.clone(), "digestID").clone();
            *item = loosely_wrapped(&inner);
            digests.retain(|(key, _)| *key != id);
            digests.push((id, Value::Bytes(digest_of(item))));
        }
    }
    let payload = loose(&loosely_wrapped(&mso));
    *at(&mut response, ISSUER_AUTH) = loosely_signed(&issuer(), &payload, Value::Bytes(payload.clone()));
    let device_spaces = loosely_wrapped(&map([]));
    let answer = device_authentication(&loose(&device_spaces));
    set(at(&mut response, DEVICE_SIGNED), "nameSpaces", device_spaces);
    *at(&mut response, DEVICE_AUTH) = map([("deviceSignature", loosely_signed(&device(), &answer, Value::Null))]);
    loose(&response)
}

fn sorted(mut shown: Shown) -> Vec<(String, String, Vec<u8>)> {
    shown.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    shown.into_iter().map(|(namespace, identifier, value)| (namespace, identifier, value.to_cbor())).collect()
}

#[test]
fn peer_hole_03_digests_are_taken_over_the_bytes_received() {
    let response = loose_response(|item| sha256(&loose(item)).to_vec());
    assert_ne!(response, presented());
    assert_eq!(sorted(verify(&response).unwrap()), sorted(expected()));
}

/// The digest over our own encoding of the same item is another one: it must not be taken for the right one.
#[test]
fn peer_hole_03_digests_over_another_encoding_are_refused() {
    let response = loose_response(|item| sha256(&item.to_cbor()).to_vec());
    assert!(matches!(verify(&response), Err(mapae_mdoc::MdocError::DigestMismatch { .. })));
}

#[test]
fn peer_hole_03_a_holder_passes_on_the_bytes_of_another_issuer() {
    let mut response = Value::from_cbor(&loose_response(|item| sha256(&loose(item)).to_vec())).unwrap();
    let issued = loose(at(&mut response, ISSUER_SIGNED));
    assert!(HeldMdoc::parse(&issued).is_ok());
    assert_eq!(sorted(verify(&present(&issued, CHOSEN)).unwrap()), sorted(expected()));
}
