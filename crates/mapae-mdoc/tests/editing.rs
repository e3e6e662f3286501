//! Altered structures: everything else stays as it was, so that one rule alone can refuse them.

use mapae_cose::{
    Headers, UnsignedSign1,
    cbor::{TAG_ENCODED_CBOR, Value, Writer},
};
use mapae_crypto::{Algorithm, SigningKey, sha256};

use crate::fixture::{DOC_TYPE, device, issuer, presented, transcript};

pub(crate) const ISSUER_SIGNED: &str = "documents/0/issuerSigned";
pub(crate) const ISSUER_AUTH: &str = "documents/0/issuerSigned/issuerAuth";
pub(crate) const DEVICE_SIGNED: &str = "documents/0/deviceSigned";
pub(crate) const DEVICE_AUTH: &str = "documents/0/deviceSigned/deviceAuth";

/// What stands at a path of map keys and array positions.
pub(crate) fn at<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('/').filter(|step| !step.is_empty()).fold(value, |value, step| match value {
        Value::Map(entries) => {
            &mut entries.iter_mut().find(|(key, _)| *key == Value::from(step)).unwrap_or_else(|| panic!("{step}")).1
        }
        Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        other => panic!("no {step} in {other:?}"),
    })
}

/// The encoded item with a change at a path.
pub(crate) fn edit(bytes: &[u8], path: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = Value::from_cbor(bytes).unwrap();
    change(at(&mut value, path));
    value.to_cbor()
}

/// The presentation with something else at a path.
pub(crate) fn with(path: &str, value: impl Into<Value>) -> Vec<u8> {
    edit(&presented(), path, |old| *old = value.into())
}

/// The presentation with a member more, or another value for one that it has.
pub(crate) fn with_member(path: &str, key: &str, value: impl Into<Value>) -> Vec<u8> {
    edit(&presented(), path, |map| set(map, key, value))
}

/// The presentation with a member less.
pub(crate) fn without(path: &str, key: &str) -> Vec<u8> {
    edit(&presented(), path, |map| remove(map, key))
}

pub(crate) fn set(map: &mut Value, key: &str, value: impl Into<Value>) {
    remove(map, key);
    let Value::Map(entries) = map else { panic!("not a map") };
    entries.push((Value::from(key), value.into()));
}

pub(crate) fn remove(map: &mut Value, key: &str) {
    let Value::Map(entries) = map else { panic!("not a map") };
    entries.retain(|(name, _)| *name != Value::from(key));
}

pub(crate) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

/// `#6.24(bstr .cbor value)`.
pub(crate) fn wrapped(value: &Value) -> Value {
    Value::Tag(TAG_ENCODED_CBOR, Box::new(Value::Bytes(value.to_cbor())))
}

/// What [`wrapped`] wraps.
pub(crate) fn unwrapped(value: &Value) -> Value {
    match value {
        Value::Tag(TAG_ENCODED_CBOR, inner) => Value::from_cbor(bytes_of(inner)).unwrap(),
        other => panic!("{other:?} is not encoded CBOR"),
    }
}

pub(crate) fn bytes_of(value: &Value) -> &[u8] {
    let Value::Bytes(bytes) = value else { panic!("not a byte string") };
    bytes
}

/// The MSO of a response.
pub(crate) fn mso_of(response: &[u8]) -> Value {
    let mut response = Value::from_cbor(response).unwrap();
    let payload = at(&mut response, &format!("{ISSUER_AUTH}/2"));
    unwrapped(&Value::from_cbor(bytes_of(payload)).unwrap())
}

/// The response with a change in its MSO, signed anew by the issuer.
pub(crate) fn edit_mso(response: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut mso = mso_of(response);
    change(&mut mso);
    with_payload(response, &wrapped(&mso).to_cbor())
}

/// The presentation with a change in its MSO, signed anew by the issuer.
pub(crate) fn with_mso(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    edit_mso(&presented(), change)
}

/// The response with another payload signed by the issuer.
pub(crate) fn with_payload(response: &[u8], payload: &[u8]) -> Vec<u8> {
    edit(response, ISSUER_AUTH, |auth| {
        let unprotected = at(auth, "1").clone();
        *auth = sign1(&issuer(), payload, false);
        *at(auth, "1") = unprotected;
    })
}

/// A `COSE_Sign1` with ES256 over `payload`.
pub(crate) fn sign1(key: &SigningKey, payload: &[u8], detached: bool) -> Value {
    let unsigned = UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &Headers::default(), payload);
    let unsigned = if detached { unsigned.detached() } else { unsigned };
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    Value::from_cbor(&unsigned.attach(&signature)).unwrap()
}

/// The response with changed `IssuerSignedItem`s in a namespace, whose digests stay what they were.
pub(crate) fn edit_item(response: &[u8], namespace: &str, at_item: usize, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    edit(response, &format!("{ISSUER_SIGNED}/nameSpaces/{namespace}/{at_item}"), |item| {
        let mut inner = unwrapped(item);
        change(&mut inner);
        *item = wrapped(&inner);
    })
}

/// The response with an item more, whose digest the issuer signs.
pub(crate) fn with_signed_item(response: &[u8], namespace: &str, id: i64, identifier: &str) -> Vec<u8> {
    let item = wrapped(&map([
        ("random", Value::Bytes(vec![5; 16])),
        ("digestID", Value::from(id)),
        ("elementValue", Value::from("another value")),
        ("elementIdentifier", Value::from(identifier)),
    ]));
    let digest = Value::Bytes(sha256(&item.to_cbor()).to_vec());
    let response = edit_mso(response, |mso| set_digest(mso, namespace, id, digest));
    edit(&response, &format!("{ISSUER_SIGNED}/nameSpaces/{namespace}"), |items| {
        let Value::Array(items) = items else { panic!("not an array") };
        items.push(item);
    })
}

fn set_digest(mso: &mut Value, namespace: &str, id: i64, digest: Value) {
    let Value::Map(digests) = at(mso, &format!("valueDigests/{namespace}")) else { panic!("not a map") };
    digests.retain(|(key, _)| *key != Value::from(id));
    digests.push((Value::from(id), digest));
}

/// `DeviceAuthenticationBytes` (§9.1.3.4) for the session of [`transcript`].
pub(crate) fn device_authentication(name_spaces_tagged: &[u8]) -> Vec<u8> {
    let mut inner = Writer::new();
    inner.array(4).text("DeviceAuthentication").raw(transcript().as_bytes()).text(DOC_TYPE).raw(name_spaces_tagged);
    let mut tagged = Writer::new();
    tagged.encoded_cbor(inner.as_bytes());
    tagged.into_bytes()
}

/// The response in which the device signs elements of its own.
pub(crate) fn with_device_elements(response: &[u8], name_spaces: &Value) -> Vec<u8> {
    let tagged = wrapped(name_spaces);
    let signature = sign1(&device(), &device_authentication(&tagged.to_cbor()), true);
    let response = edit(response, DEVICE_SIGNED, |signed| set(signed, "nameSpaces", tagged));
    edit(&response, DEVICE_AUTH, |auth| *auth = map([("deviceSignature", signature)]))
}

/// The tools themselves change nothing that they are not told to.
#[test]
fn an_edit_without_a_change_gives_a_response_that_verifies() {
    let response = presented();
    assert_eq!(edit(&response, "", |_| {}), response);
    for edited in [with_mso(|_| {}), edit_item(&response, crate::fixture::MDL, 0, |_| {})] {
        assert_eq!(crate::fixture::verify(&edited), Ok(crate::fixture::expected()));
    }
    let signed_anew = with_device_elements(&response, &map([]));
    assert_eq!(crate::fixture::verify(&signed_anew), Ok(crate::fixture::expected()));
}
