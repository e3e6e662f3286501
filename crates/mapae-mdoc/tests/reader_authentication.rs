//! What a reader asks, and that it is the reader who asks (§8.3.2.1.2.1, §9.1.4).

use mapae_cose::{
    CoseError,
    cbor::{CborError, Value, Writer},
};
use mapae_crypto::SigningKey;
use mapae_mdoc::{DeviceRequest, MdocError, SessionTranscript};

use crate::{
    editing::{at, edit, map, remove, set, sign1, wrapped},
    fixture::{DOC_TYPE, MDL, stranger, transcript},
};

fn reader() -> SigningKey {
    SigningKey::from_scalar(&[6; 32]).unwrap()
}

fn items_request() -> Value {
    let elements = map([("family_name", Value::from(true)), ("age_over_19", Value::from(false))]);
    wrapped(&map([("docType", Value::from(DOC_TYPE)), ("nameSpaces", map([(MDL, elements)]))]))
}

/// The request for `items`, in which the reader signs for `signed`.
fn request(signed: &Value, items: Value) -> Vec<u8> {
    let mut inner = Writer::new();
    inner.array(3).text("ReaderAuthentication").raw(transcript().as_bytes()).value(signed);
    let mut tagged = Writer::new();
    tagged.encoded_cbor(inner.as_bytes());
    let mut auth = sign1(&reader(), tagged.as_bytes(), true);
    *at(&mut auth, "1") = Value::Map(vec![(Value::from(33), Value::Bytes(vec![1]))]);
    let document = map([("itemsRequest", items), ("readerAuth", auth)]);
    map([("version", Value::from("1.0")), ("docRequests", Value::Array(vec![document]))]).to_cbor()
}

fn verify(request: &[u8], key: &SigningKey, transcript: &SessionTranscript) -> Result<(), MdocError> {
    DeviceRequest::parse(request)?.doc_requests()[0].verify_reader(key.public(), transcript)
}

fn genuine() -> Vec<u8> {
    request(&items_request(), items_request())
}

#[test]
fn a_request_says_which_elements_and_whether_they_are_kept() {
    let request = genuine();
    let request = DeviceRequest::parse(&request).unwrap();
    let [document] = request.doc_requests() else { panic!("one document is asked for") };
    assert_eq!(document.doc_type(), DOC_TYPE);
    let mut elements = document.elements().to_vec();
    elements.sort_unstable();
    assert_eq!(elements, [(MDL, "age_over_19", false), (MDL, "family_name", true)]);
    assert_eq!(document.reader_x5chain(), [&[1]]);
}

#[test]
fn a_readers_signature_holds_for_its_request_in_its_session() {
    assert_eq!(verify(&genuine(), &reader(), &transcript()), Ok(()));
    assert_eq!(verify(&genuine(), &stranger(), &transcript()), Err(MdocError::ReaderSignatureInvalid));
    let other_session = SessionTranscript::from_cbor(&[0x83, 0xf6, 0xf6, 0xf6]).unwrap();
    assert_eq!(verify(&genuine(), &reader(), &other_session), Err(MdocError::ReaderSignatureInvalid));
}

#[test]
fn a_request_for_more_than_the_reader_signed_is_refused() {
    let elements = map([("family_name", Value::from(true)), ("portrait", Value::from(true))]);
    let more = wrapped(&map([("docType", Value::from(DOC_TYPE)), ("nameSpaces", map([(MDL, elements)]))]));
    let verdict = verify(&request(&items_request(), more), &reader(), &transcript());
    assert_eq!(verdict, Err(MdocError::ReaderSignatureInvalid));
}

#[test]
fn a_request_without_a_signature_is_not_one_of_a_known_reader() {
    let anonymous = edit(&genuine(), "docRequests/0", |document| remove(document, "readerAuth"));
    assert_eq!(verify(&anonymous, &reader(), &transcript()), Err(MdocError::ReaderSignatureInvalid));
    assert!(DeviceRequest::parse(&anonymous).unwrap().doc_requests()[0].reader_x5chain().is_empty());
}

#[test]
fn a_signature_over_an_included_payload_is_refused() {
    let included = edit(&genuine(), "docRequests/0/readerAuth/2", |payload| *payload = Value::Bytes(vec![]));
    assert_eq!(verify(&included, &reader(), &transcript()), Err(CoseError::PayloadPlace.into()));
}

#[test]
fn another_minor_version_is_accepted_and_another_major_one_refused() {
    let of_version = |version: &str| edit(&genuine(), "", |request| set(request, "version", version));
    assert_eq!(verify(&of_version("1.1"), &reader(), &transcript()), Ok(()));
    let refused = DeviceRequest::parse(&of_version("2.0")).err();
    assert_eq!(refused, Some(MdocError::VersionUnsupported("DeviceRequest")));
}

#[test]
fn each_mandatory_member_is_needed() {
    for (path, member) in [("", "version"), ("docRequests/0", "itemsRequest")] {
        let request = edit(&genuine(), path, |map| remove(map, member));
        let refused = DeviceRequest::parse(&request).err();
        assert!(matches!(refused, Some(MdocError::Cbor(CborError::Missing(_, name))) if name == member), "{member}");
    }
    let untyped = request(&items_request(), wrapped(&map([("nameSpaces", map([]))])));
    let refused = DeviceRequest::parse(&untyped).err();
    assert!(matches!(refused, Some(MdocError::Cbor(CborError::Missing(_, "docType")))));
}

#[test]
fn members_that_nobody_knows_are_passed_over() {
    let extended = edit(&genuine(), "", |request| set(request, "deviceRequestInfo", wrapped(&map([]))));
    assert_eq!(verify(&extended, &reader(), &transcript()), Ok(()));
}
