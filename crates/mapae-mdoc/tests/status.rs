//! Where the status of a copy is published: read, or refused, and never lost on the way.

use mapae_cose::cbor::{CborError, Value};
use mapae_mdoc::MdocError;
use mapae_types::StatusReference;

use crate::{
    editing::{at, map, remove, set, with_mso},
    fixture::{presented, status, verify_then},
};

fn status_of(response: &[u8]) -> Result<Option<StatusReference>, MdocError> {
    verify_then(response, |verified| verified.status().cloned())
}

#[test]
fn a_reference_is_read_as_it_was_written() {
    assert_eq!(status_of(&presented()), Ok(Some(status())));
}

#[test]
fn a_document_without_status_says_so() {
    assert_eq!(status_of(&with_mso(|mso| remove(mso, "status"))), Ok(None));
}

#[test]
fn half_a_reference_is_refused() {
    for member in ["idx", "uri"] {
        let response = with_mso(|mso| remove(at(mso, "status/status_list"), member));
        assert_eq!(status_of(&response), Err(MdocError::StatusUnusable), "{member}");
    }
}

/// A mechanism that we cannot check must not pass as a document without status.
#[test]
fn a_status_by_other_mechanisms_only_is_refused() {
    let other = || map([("id", Value::Bytes(vec![1])), ("uri", Value::from("https://id.example/list"))]);
    let only = with_mso(|mso| set(mso, "status", map([("identifier_list", other())])));
    assert_eq!(status_of(&only), Err(MdocError::StatusUnusable));
    assert_eq!(status_of(&with_mso(|mso| set(mso, "status", map([])))), Err(MdocError::StatusUnusable));
    let beside = with_mso(|mso| set(at(mso, "status"), "identifier_list", other()));
    assert_eq!(status_of(&beside), Ok(Some(status())));
}

#[test]
fn a_reference_of_other_types_is_refused() {
    let negative = with_mso(|mso| set(at(mso, "status/status_list"), "idx", -1));
    assert!(matches!(status_of(&negative), Err(MdocError::Cbor(CborError::Range(_)))));
    let number = with_mso(|mso| set(at(mso, "status/status_list"), "uri", 1));
    assert!(matches!(status_of(&number), Err(MdocError::Cbor(CborError::Unexpected(_)))));
}

#[test]
fn other_members_of_a_reference_are_passed_over() {
    let response = with_mso(|mso| set(at(mso, "status/status_list"), "certificate", Value::Bytes(vec![1])));
    assert_eq!(status_of(&response), Ok(Some(status())));
}
