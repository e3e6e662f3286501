//! What is neither an mdoc nor an SD-JWT.

use mapae_cose::cbor::Value;
use mapae_inspect::{InspectError, inspect};
use testkit::World;

use crate::at;

#[test]
fn a_certificate_in_der_has_places_and_one_in_pem_has_none_inside() {
    let world = World::new();
    let certificate = world.pki.root.certificate();
    let tree = inspect(certificate.der()).unwrap();
    let serial = at(&tree, &["serial"]).place().unwrap().bytes(certificate.der()).unwrap();
    assert!(serial.ends_with(certificate.serial()));
    for field in ["subject", "issuer", "not before", "not after", "key", "signature"] {
        assert!(at(&tree, &[field]).is_editable(), "{field}");
    }
    assert!(!at(&tree, &["SHA-256"]).is_editable());
    let pem = inspect(certificate.to_pem().as_bytes()).unwrap();
    assert!(!at(&pem, &["serial"]).is_editable());
    assert_eq!(at(&pem, &["serial"]).value(), at(&tree, &["serial"]).value());
}

#[test]
fn a_private_key_is_not_shown() {
    let tree = inspect(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    assert_eq!((tree.label(), tree.value(), tree.place()), ("private key", Some("not shown"), None));
}

#[test]
fn a_status_list_token_is_summed_up() {
    let mut world = World::new();
    world.list.entries[7] = 1;
    let token = world.list.signed_by(&world.pki.status).token;
    let tree = inspect(&token).unwrap();
    assert_eq!(tree.kind(), "CWT");
    assert_eq!(at(&tree, &["entries", "not valid"]).value(), Some("1 (7)"));
    let token = at(&tree, &["signed message (COSE_Sign1) (tag 18)", "payload"]);
    assert_eq!(at(token, &["sub"]).value(), Some(format!("{:?}", world.list.uri).as_str()));
}

#[test]
fn members_of_json_are_sorted_and_escapes_undone() {
    let text = "{ \"b\\n\" : [ 1.50 , true,null, \"\\u00e9\\\"\" ] ,\"a\":{} }";
    let tree = inspect(text.as_bytes()).unwrap();
    let labels: Vec<_> = tree.children().iter().map(mapae_inspect::Node::label).collect();
    assert_eq!(labels, ["a", "b\n"]);
    let values: Vec<_> = tree.children()[1].children().iter().map(|item| item.value().unwrap()).collect();
    assert_eq!(values, ["1.50", "true", "null", "\"é\\\"\""]);
    let escaped = tree.find(&[1, 3]).unwrap().place().unwrap();
    assert_eq!(&text.as_bytes()[escaped.value()], b"\\u00e9\\\"");
    assert_eq!(&text.as_bytes()[tree.find(&[0]).unwrap().place().unwrap().item()], b"{}");
}

#[test]
fn a_request_is_known_by_its_query() {
    assert_eq!(inspect(br#"{"dcql_query":{}}"#).unwrap().label(), "request (OpenID4VP 1.0)");
}

#[test]
fn longer_tags_and_lengths_than_needed_have_places_as_well() {
    // 24(h'01') with its tag in four octets and its length in two.
    let input = [0xda, 0, 0, 0, 24, 0x59, 0, 1, 0x01];
    let place = inspect(&input).unwrap().place().unwrap().clone();
    assert_eq!((place.item(), place.value()), (0..9, 8..9));
}

#[test]
fn what_is_not_known_is_an_error_that_says_why() {
    let error = |input: &[u8]| inspect(input).unwrap_err();
    assert!(matches!(error(b""), InspectError::Unknown(_)));
    assert!(matches!(error(b"hello"), InspectError::Unknown(_)));
    assert!(matches!(error(b"a~b"), InspectError::JwtParts));
    assert!(matches!(error(b"a.b.c"), InspectError::JwtHeader));
    assert!(matches!(error(b"{"), InspectError::Json(_)));
    assert!(matches!(error(b"\x30\x00"), InspectError::Certificate(_)));
    assert!(matches!(error(b"-----BEGIN PUBLIC KEY-----"), InspectError::Key(_)));
    assert!(matches!(error(&Value::Null.to_cbor()[..0]), InspectError::Unknown(_)));
}
