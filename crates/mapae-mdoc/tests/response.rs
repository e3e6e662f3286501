//! The shape of a `DeviceResponse` (§8.3.2.1.2.2).

use mapae_cose::cbor::{CborError, Value};
use mapae_mdoc::{DeviceResponse, Document, MdocError};

use crate::{
    editing::{ISSUER_AUTH, ISSUER_SIGNED, at, edit, edit_item, map, remove, set, with, with_member, without},
    fixture::{DOC_TYPE, MDL, expected, issuer, presented, verify},
};

fn refused(response: &[u8]) -> MdocError {
    verify(response).unwrap_err()
}

#[test]
fn version_1_0_is_the_one_that_is_read() {
    assert_eq!(verify(&with("version", "1.0")), Ok(expected()));
    for version in ["1.1", "2.0", "0.9", "1", ""] {
        assert_eq!(refused(&with("version", version)), MdocError::VersionUnsupported("DeviceResponse"), "{version}");
    }
}

/// §8.3.2.1.2.3, Table 8.
#[test]
fn a_response_that_reports_an_error_is_refused() {
    for status in [10, 11, 12] {
        let response = with("status", Value::Int(status.into()));
        assert_eq!(refused(&response), MdocError::ResponseStatus(status));
    }
    assert!(matches!(refused(&with("status", Value::from(-1))), MdocError::Cbor(CborError::Range(_))));
}

#[test]
fn a_response_without_documents_is_refused() {
    assert_eq!(refused(&without("", "documents")), MdocError::NoDocument);
    assert_eq!(refused(&with("documents", Value::Array(vec![]))), MdocError::NoDocument);
}

#[test]
fn each_mandatory_member_is_needed() {
    for (path, member) in [
        ("", "version"),
        ("", "status"),
        ("documents/0", "docType"),
        ("documents/0", "issuerSigned"),
        (ISSUER_SIGNED, "issuerAuth"),
    ] {
        let missing = refused(&without(path, member));
        assert!(matches!(missing, MdocError::Cbor(CborError::Missing(_, name)) if name == member), "{member}");
    }
    for member in ["digestID", "random", "elementIdentifier", "elementValue"] {
        let missing = refused(&edit_item(&presented(), MDL, 0, |item| remove(item, member)));
        assert!(matches!(missing, MdocError::Cbor(CborError::Missing(_, name)) if name == member), "{member}");
    }
}

#[test]
fn members_that_nobody_knows_are_passed_over() {
    let errors = map([(MDL, map([("portrait", Value::from(0))]))]);
    assert_eq!(verify(&with_member("documents/0", "errors", errors)), Ok(expected()));
    let document_errors = Value::Array(vec![map([(DOC_TYPE, Value::from(0))])]);
    assert_eq!(verify(&with_member("", "documentErrors", document_errors)), Ok(expected()));
}

/// Nothing signs the names of the two members, so an unknown one may be `nameSpaces` misspelt.
#[test]
fn a_member_beside_the_issuers_two_is_refused() {
    let misspelt = edit(&presented(), ISSUER_SIGNED, |signed| {
        let spaces = at(signed, "nameSpaces").clone();
        remove(signed, "nameSpaces");
        set(signed, "nameSpacet", spaces);
    });
    assert!(matches!(refused(&misspelt), MdocError::Cbor(CborError::Unexpected(_))));
}

#[test]
fn each_document_of_a_response_is_verified_by_itself() {
    let response = edit(&presented(), "documents", |documents| {
        let Value::Array(documents) = documents else { panic!("not an array") };
        documents.push(documents[0].clone());
        *at(&mut documents[1], "docType") = Value::from("org.iso.23220.photoid.1");
    });
    let response = DeviceResponse::parse(&response).unwrap();
    let types: Vec<&str> = response.documents().iter().map(Document::doc_type).collect();
    assert_eq!(types, [DOC_TYPE, "org.iso.23220.photoid.1"]);
    assert!(response.documents()[0].verify_issuer(issuer().public()).is_ok());
    assert_eq!(response.documents()[1].verify_issuer(issuer().public()).unwrap_err(), MdocError::DocTypeMismatch);
}

#[test]
fn peer_hole_16_bytes_after_a_response_are_refused() {
    let response = presented();
    let trailing = [&*response, &[0xf6]].concat();
    assert_eq!(refused(&trailing), CborError::Trailing(response.len()).into());
}

#[test]
fn peer_hole_16_bytes_after_an_item_are_refused() {
    let trailing = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces/{MDL}/0"), |item| {
        let Value::Tag(_, inner) = item else { panic!("not tagged") };
        let Value::Bytes(bytes) = inner.as_mut() else { panic!("not bytes") };
        bytes.push(0xf6);
    });
    assert!(matches!(refused(&trailing), MdocError::Cbor(CborError::Trailing(_))));
}

#[test]
fn peer_hole_16_members_that_occur_twice_are_refused() {
    for path in ["", "documents/0", ISSUER_SIGNED, "documents/0/deviceSigned", "documents/0/deviceSigned/deviceAuth"] {
        let doubled = edit(&presented(), path, |map| {
            let Value::Map(entries) = map else { panic!("not a map") };
            entries.push(entries[0].clone());
        });
        assert!(matches!(refused(&doubled), MdocError::Cbor(CborError::DuplicateKey(_))), "{path}");
    }
    let item = edit_item(&presented(), MDL, 0, |item| {
        let Value::Map(entries) = item else { panic!("not a map") };
        entries.push(entries[0].clone());
    });
    assert!(matches!(refused(&item), MdocError::Cbor(CborError::DuplicateKey(_))));
}

#[test]
fn peer_hole_16_a_value_nested_too_deeply_is_refused() {
    let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    // The map of the item is a level of its own. Its digest is another one now: that is how far it came.
    let deepest = edit_item(&presented(), MDL, 0, |item| set(item, "elementValue", nested(15)));
    assert!(matches!(refused(&deepest), MdocError::DigestMismatch { .. }));
    let deeper = edit_item(&presented(), MDL, 0, |item| set(item, "elementValue", nested(16)));
    assert!(matches!(refused(&deeper), MdocError::Cbor(CborError::TooDeep(_))));
}

#[test]
fn other_types_than_the_structure_has_are_refused() {
    for (path, value) in [
        ("version", Value::from(1)),
        ("documents", map([])),
        ("documents/0", Value::Null),
        ("documents/0/docType", Value::Bytes(vec![])),
        (ISSUER_AUTH, map([])),
        ("documents/0/deviceSigned/nameSpaces", map([])),
        ("documents/0/issuerSigned/nameSpaces", Value::Array(vec![])),
    ] {
        assert!(matches!(refused(&with(path, value)), MdocError::Cbor(_) | MdocError::Cose(_)), "{path}");
    }
    let by_number = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces"), |spaces| {
        let Value::Map(spaces) = spaces else { panic!("not a map") };
        spaces[0].0 = Value::from(1);
    });
    assert!(matches!(refused(&by_number), MdocError::Cbor(CborError::Unexpected(_))));
}

#[test]
fn peer_hole_16_a_response_cut_short_anywhere_is_refused() {
    let response = presented();
    for length in 0..response.len() {
        assert!(DeviceResponse::parse(&response[..length]).is_err(), "{length}");
    }
}

/// Hole 11 of the peers: a claim value in a `Debug` line or log.
#[test]
fn peer_hole_11_parsed_and_verified_documents_print_no_values() {
    let response = presented();
    let parsed = DeviceResponse::parse(&response).unwrap();
    let shown = crate::fixture::verify_then(&response, |verified| {
        format!("{parsed:?} {verified:?} {:?}", verified.elements().collect::<Vec<_>>())
    });
    let shown = shown.unwrap();
    for value in ["HONG", "홍", &format!("{:?}", b"HONG"), "72, 79, 78, 71", "237, 153, 141"] {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
}
