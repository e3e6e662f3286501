//! The holder answers in this session, by the device key that the issuer signed (§9.1.3, §9.3.2).

use mapae_cose::{
    CoseError,
    cbor::{CborError, Value, Writer},
    cose_key,
};
use mapae_crypto::SigningKey;
use mapae_mdoc::{HeldMdoc, MdocError, SessionTranscript};

use crate::{
    editing::{
        DEVICE_AUTH, DEVICE_SIGNED, at, device_authentication, edit, map, set, sign1, with, with_device_elements,
        with_member, with_mso, without, wrapped,
    },
    fixture::{
        CHOSEN, CLIENT, KOREA, MDL, NONCE, RESPONSE_URI, device, expected, issued, presented, stranger, transcript,
        verify, verify_then,
    },
};

/// The verdict over the holder's answer to another request.
fn answer_to(other: &SessionTranscript) -> Result<(), MdocError> {
    let issued = issued();
    let unsigned = HeldMdoc::parse(&issued).unwrap().present(CHOSEN, other).unwrap();
    let signature = device().sign(unsigned.to_be_signed()).unwrap();
    verify(&unsigned.attach(&signature)).map(drop)
}

#[test]
fn an_answer_to_this_request_is_accepted() {
    assert_eq!(answer_to(&SessionTranscript::openid4vp(CLIENT, NONCE, Some(&[9; 32]), RESPONSE_URI)), Ok(()));
}

#[test]
fn an_answer_replayed_to_another_request_is_refused() {
    let others = [
        SessionTranscript::openid4vp(CLIENT, "nonce-2", Some(&[9; 32]), RESPONSE_URI),
        SessionTranscript::openid4vp("x509_hash:other", NONCE, Some(&[9; 32]), RESPONSE_URI),
        SessionTranscript::openid4vp(CLIENT, NONCE, Some(&[9; 32]), "https://rp.example/other"),
        SessionTranscript::openid4vp(CLIENT, NONCE, Some(&[8; 32]), RESPONSE_URI),
        SessionTranscript::openid4vp(CLIENT, NONCE, None, RESPONSE_URI),
        SessionTranscript::openid4vp_dc_api(CLIENT, NONCE, Some(&[9; 32])),
        SessionTranscript::from_cbor(&[0x83, 0xf6, 0xf6, 0xf6]).unwrap(),
    ];
    for other in others {
        assert_eq!(answer_to(&other), Err(MdocError::DeviceSignatureInvalid));
    }
}

/// Hole 23 of the peers: device signature not checked at all.
#[test]
fn peer_hole_23_another_holders_signature_is_refused() {
    let payload = device_authentication(&wrapped(&map([])).to_cbor());
    let by = |key: &SigningKey| with(&format!("{DEVICE_AUTH}/deviceSignature"), sign1(key, &payload, true));
    assert_eq!(verify(&by(&device())), Ok(expected()));
    assert_eq!(verify(&by(&stranger())), Err(MdocError::DeviceSignatureInvalid));
}

#[test]
fn peer_hole_23_a_copy_bound_to_another_key_is_refused() {
    let mut key = Writer::new();
    cose_key::write(&mut key, stranger().public());
    let rebound = with_mso(|mso| *at(mso, "deviceKeyInfo/deviceKey") = Value::from_cbor(key.as_bytes()).unwrap());
    assert_eq!(verify(&rebound), Err(MdocError::DeviceSignatureInvalid));
}

#[test]
fn peer_hole_23_a_broken_device_signature_is_refused() {
    let broken = with(&format!("{DEVICE_AUTH}/deviceSignature/3"), Value::Bytes(vec![1; 64]));
    assert_eq!(verify(&broken), Err(MdocError::DeviceSignatureInvalid));
    let empty = with(&format!("{DEVICE_AUTH}/deviceSignature/3"), Value::Bytes(vec![]));
    assert_eq!(verify(&empty), Err(MdocError::DeviceSignatureInvalid));
}

#[test]
fn peer_hole_23_a_missing_device_signature_is_refused() {
    assert_eq!(verify(&with(DEVICE_AUTH, map([]))), Err(MdocError::DeviceAuthChoice));
    for (path, member) in
        [(DEVICE_SIGNED, "deviceAuth"), (DEVICE_SIGNED, "nameSpaces"), ("documents/0", "deviceSigned")]
    {
        let verdict = verify(&without(path, member));
        assert!(matches!(verdict, Err(MdocError::Cbor(CborError::Missing(_, name))) if name == member), "{member}");
    }
}

#[test]
fn a_device_signature_and_a_device_mac_together_are_refused() {
    let mac = Value::Array(vec![Value::Bytes(vec![0xa1, 0x01, 0x05]), map([]), Value::Null, Value::Bytes(vec![0; 32])]);
    assert_eq!(verify(&with_member(DEVICE_AUTH, "deviceMac", mac)), Err(MdocError::DeviceAuthChoice));
}

#[test]
fn a_signature_over_an_included_payload_is_refused() {
    let payload = device_authentication(&wrapped(&map([])).to_cbor());
    let included = with(&format!("{DEVICE_AUTH}/deviceSignature"), sign1(&device(), &payload, false));
    assert_eq!(verify(&included), Err(CoseError::PayloadPlace.into()));
}

#[test]
fn peer_hole_07_a_device_signature_by_another_algorithm_is_refused() {
    let named = |number: i64| Value::Bytes(Value::Map(vec![(Value::from(1), Value::from(number))]).to_cbor());
    let es384 = with(&format!("{DEVICE_AUTH}/deviceSignature/0"), named(-35));
    assert_eq!(verify(&es384), Err(MdocError::DeviceSignatureInvalid));
    let eddsa = with(&format!("{DEVICE_AUTH}/deviceSignature/0"), named(-8));
    assert_eq!(verify(&eddsa), Err(CoseError::AlgorithmUnsupported(Some(-8)).into()));
    let none = with(&format!("{DEVICE_AUTH}/deviceSignature/0"), Value::Bytes(vec![]));
    assert_eq!(verify(&none), Err(CoseError::AlgorithmUnsupported(None).into()));
}

/// The presentation in which the device adds an element, and the issuer's `keyAuthorizations`.
fn with_added(authorizations: Option<Value>) -> Vec<u8> {
    let response = crate::editing::edit_mso(&presented(), |mso| {
        if let Some(authorizations) = authorizations {
            set(at(mso, "deviceKeyInfo"), "keyAuthorizations", authorizations);
        }
    });
    with_device_elements(&response, &map([(MDL, map([("location", Value::from("Sejong"))]))]))
}

fn device_elements(response: &[u8]) -> Result<Vec<(String, String, Value)>, MdocError> {
    verify_then(response, |verified| {
        let own = |element: &mapae_mdoc::Element<'_>| {
            (element.namespace.to_owned(), element.identifier.to_owned(), element.value())
        };
        verified.device_elements().iter().map(own).collect()
    })
}

#[test]
fn an_element_that_the_device_may_sign_is_shown_apart() {
    let added = vec![(MDL.to_owned(), "location".to_owned(), Value::from("Sejong"))];
    let by_namespace = map([("nameSpaces", Value::Array(vec![Value::from(MDL)]))]);
    let by_element = map([("dataElements", map([(MDL, Value::Array(vec![Value::from("location")]))]))]);
    for authorization in [by_namespace, by_element] {
        let response = with_added(Some(authorization));
        assert_eq!(device_elements(&response), Ok(added.clone()));
        assert_eq!(verify(&response), Ok(expected()));
    }
    assert_eq!(device_elements(&presented()), Ok(vec![]));
}

#[test]
fn an_element_that_the_device_may_not_sign_is_refused() {
    let refused = MdocError::DeviceElementUnauthorized { namespace: MDL.to_owned(), element: "location".to_owned() };
    let other_space = map([("nameSpaces", Value::Array(vec![Value::from("org.iso.18013.5.2")]))]);
    let other_element = map([("dataElements", map([(MDL, Value::Array(vec![Value::from("age")]))]))]);
    let elsewhere = map([("dataElements", map([(KOREA, Value::Array(vec![Value::from("location")]))]))]);
    for authorizations in [None, Some(map([])), Some(other_space), Some(other_element), Some(elsewhere)] {
        assert_eq!(device_elements(&with_added(authorizations)), Err(refused.clone()));
    }
}

#[test]
fn an_element_that_the_device_did_not_sign_is_refused() {
    let response =
        edit(&with_added(Some(map([("nameSpaces", Value::Array(vec![Value::from(MDL)]))]))), DEVICE_SIGNED, |signed| {
            set(signed, "nameSpaces", wrapped(&map([(MDL, map([("location", Value::from("Seoul"))]))])));
        });
    assert_eq!(verify(&response), Err(MdocError::DeviceSignatureInvalid));
}

/// What the device signs is its answer for this type of document (§9.1.3.4), wrapped as the standard says.
#[test]
fn what_the_device_signs_is_the_structure_of_the_standard() {
    let issued = issued();
    let unsigned = HeldMdoc::parse(&issued).unwrap().present(CHOSEN, &transcript()).unwrap();
    let payload = device_authentication(&wrapped(&map([])).to_cbor());
    assert!(unsigned.to_be_signed().ends_with(&payload));
}
