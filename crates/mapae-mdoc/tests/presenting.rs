//! The holder discloses what was chosen, in the bytes that were issued, and nothing else.

use mapae_cose::cbor::Value;
use mapae_mdoc::{HeldMdoc, MdocError};

use crate::{
    editing::{ISSUER_AUTH, at, edit},
    fixture::{CHOSEN, KOREA, MDL, Shown, issued, present, transcript, verify},
};

fn identifiers(shown: &Shown) -> Vec<(&str, &str)> {
    shown.iter().map(|(namespace, identifier, _)| (namespace.as_str(), identifier.as_str())).collect()
}

#[test]
fn exactly_what_was_chosen_is_disclosed() {
    for chosen in [
        &[(MDL, "birth_date")][..],
        &[(KOREA, "given_name")],
        &[
            (MDL, "family_name"),
            (MDL, "birth_date"),
            (MDL, "age_over_19"),
            (KOREA, "family_name"),
            (KOREA, "given_name"),
        ],
    ] {
        assert_eq!(identifiers(&verify(&present(&issued(), chosen)).unwrap()), chosen);
    }
}

#[test]
fn an_identifier_is_chosen_in_one_namespace_only() {
    let response = present(&issued(), &[(MDL, "family_name")]);
    assert_eq!(identifiers(&verify(&response).unwrap()), [(MDL, "family_name")]);
    let shows = |text: &str| response.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(shows("HONG") && !shows("홍") && !shows("1990-01-01"));
}

#[test]
fn an_element_chosen_twice_is_disclosed_once() {
    let response = present(&issued(), &[(MDL, "family_name"), (MDL, "family_name")]);
    assert_eq!(verify(&response).unwrap().len(), 1);
}

#[test]
fn nothing_may_be_disclosed_but_that_the_document_is_held() {
    assert_eq!(verify(&present(&issued(), &[])), Ok(vec![]));
}

#[test]
fn an_element_that_the_document_does_not_have_is_refused() {
    let issued = issued();
    let held = HeldMdoc::parse(&issued).unwrap();
    for (namespace, element) in [(MDL, "given_name"), ("org.iso.18013.5.2", "family_name")] {
        let refused = held.present(&[(MDL, "family_name"), (namespace, element)], &transcript()).err();
        let (namespace, element) = (namespace.to_owned(), element.to_owned());
        assert_eq!(refused, Some(MdocError::ElementUnknown { namespace, element }));
    }
}

/// Hole 3 of the peers: what was signed is never written anew.
#[test]
fn peer_hole_03_disclosed_bytes_are_those_that_were_issued() {
    let issued = issued();
    let response = present(&issued, CHOSEN);
    let contains = |part: &Value| {
        let part = part.to_cbor();
        response.windows(part.len()).any(|window| window == part)
    };
    let mut copy = Value::from_cbor(&issued).unwrap();
    assert!(contains(at(&mut copy, "issuerAuth")));
    let Value::Array(items) = at(&mut copy, &format!("nameSpaces/{MDL}")) else { panic!("not an array") };
    assert_eq!(items.iter().map(contains).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn a_copy_signed_under_tag_18_stays_as_it_is() {
    let tagged = edit(&issued(), "issuerAuth", |auth| *auth = Value::Tag(18, Box::new(auth.clone())));
    assert_eq!(verify(&present(&tagged, CHOSEN)), Ok(crate::fixture::expected()));
    let mut response = Value::from_cbor(&present(&tagged, CHOSEN)).unwrap();
    assert!(matches!(at(&mut response, ISSUER_AUTH), Value::Tag(18, _)));
}

#[test]
fn a_copy_without_its_signed_object_cannot_be_held() {
    let hollow = edit(&issued(), "issuerAuth/2", |payload| *payload = Value::Null);
    assert_eq!(HeldMdoc::parse(&hollow).unwrap_err(), mapae_cose::CoseError::PayloadPlace.into());
}
