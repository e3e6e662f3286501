//! What the issuer signed, and every way of showing something else (§9.3.1).

use mapae_cose::{
    CoseError,
    cbor::{CborError, Value},
};
use mapae_crypto::HashAlgorithm;
use mapae_mdoc::{DeviceResponse, MdocError};

use crate::{
    editing::{
        ISSUER_AUTH, ISSUER_SIGNED, at, bytes_of, edit, edit_item, edit_mso, map, set, sign1, unwrapped, with,
        with_mso, with_payload, with_signed_item, wrapped,
    },
    fixture::{CERTIFICATE, KOREA, MDL, expected, presented, stranger, verify},
};

fn mismatch(namespace: &str, element: &str) -> MdocError {
    MdocError::DigestMismatch { namespace: namespace.to_owned(), element: element.to_owned() }
}

fn missing(namespace: &str, element: &str) -> MdocError {
    MdocError::DigestMissing { namespace: namespace.to_owned(), element: element.to_owned() }
}

fn twice(namespace: &str, element: &str) -> MdocError {
    MdocError::ElementTwice { namespace: namespace.to_owned(), element: element.to_owned() }
}

#[test]
fn another_issuer_than_the_trusted_one_is_refused() {
    let response = presented();
    let response = DeviceResponse::parse(&response).unwrap();
    let verdict = response.documents()[0].verify_issuer(stranger().public());
    assert_eq!(verdict.unwrap_err(), MdocError::IssuerSignatureInvalid);
}

#[test]
fn an_mso_changed_after_it_was_signed_is_refused() {
    let altered = edit(&presented(), &format!("{ISSUER_AUTH}/2"), |payload| {
        let mut mso = unwrapped(&Value::from_cbor(bytes_of(payload)).unwrap());
        *at(&mut mso, "validityInfo/validUntil") = Value::date_time("2099-01-01T00:00:00Z".parse().unwrap());
        *payload = Value::Bytes(wrapped(&mso).to_cbor());
    });
    assert_eq!(verify(&altered), Err(MdocError::IssuerSignatureInvalid));
}

#[test]
fn an_mso_signed_by_somebody_else_is_refused() {
    let payload = at(&mut Value::from_cbor(&presented()).unwrap(), &format!("{ISSUER_AUTH}/2")).clone();
    let forged = with(ISSUER_AUTH, sign1(&stranger(), bytes_of(&payload), false));
    assert_eq!(verify(&forged), Err(MdocError::IssuerSignatureInvalid));
}

/// Hole 4 of the peers: a holder edits claims.
#[test]
fn peer_hole_04_edited_claims_are_refused() {
    let change = |key: &'static str, value: Value| edit_item(&presented(), MDL, 0, |item| set(item, key, value));
    assert_eq!(verify(&change("elementValue", Value::from("HONG"))), Ok(expected()));
    assert_eq!(verify(&change("elementValue", Value::from("KIM"))), Err(mismatch(MDL, "family_name")));
    assert_eq!(verify(&change("elementIdentifier", Value::from("given_name"))), Err(mismatch(MDL, "given_name")));
    assert_eq!(verify(&change("random", Value::Bytes(vec![0; 16]))), Err(mismatch(MDL, "family_name")));
    // A member more changes the bytes, whatever it means.
    assert_eq!(verify(&change("comment", Value::Null)), Err(mismatch(MDL, "family_name")));
}

#[test]
fn peer_hole_04_a_digest_that_is_not_there_is_not_passed_over() {
    let renumbered = edit_item(&presented(), MDL, 0, |item| set(item, "digestID", 999));
    assert_eq!(verify(&renumbered), Err(missing(MDL, "family_name")));
    let unsigned_space = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces"), |spaces| {
        let items = at(spaces, MDL).clone();
        set(spaces, "org.iso.18013.5.2", items);
    });
    assert_eq!(verify(&unsigned_space), Err(missing("org.iso.18013.5.2", "family_name")));
    let no_digests = with_mso(|mso| *at(mso, "valueDigests") = map([]));
    assert_eq!(verify(&no_digests), Err(missing(MDL, "family_name")));
}

#[test]
fn an_item_moved_to_another_namespace_is_refused() {
    let moved = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces"), |spaces| {
        let item = at(spaces, &format!("{KOREA}/0")).clone();
        *at(spaces, &format!("{MDL}/0")) = item;
    });
    assert_eq!(verify(&moved), Err(mismatch(MDL, "family_name")));
}

/// A digest is compared whole.
#[test]
fn a_digest_cut_short_is_refused() {
    let shortened = with_mso(|mso| {
        let Value::Map(digests) = at(mso, &format!("valueDigests/{MDL}")) else { panic!("not a map") };
        for (_, digest) in digests {
            *digest = Value::Bytes(bytes_of(digest)[..31].to_vec());
        }
    });
    assert_eq!(verify(&shortened), Err(mismatch(MDL, "family_name")));
}

/// Hole 23 of the peers: the type that the issuer signed counts.
#[test]
fn peer_hole_23_a_document_type_that_the_issuer_did_not_sign_is_refused() {
    let claimed = with("documents/0/docType", "org.iso.23220.photoid.1");
    assert_eq!(verify(&claimed), Err(MdocError::DocTypeMismatch));
    let signed = with_mso(|mso| set(mso, "docType", "org.iso.23220.photoid.1"));
    assert_eq!(verify(&signed), Err(MdocError::DocTypeMismatch));
}

#[test]
fn one_item_twice_is_refused() {
    let doubled = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces/{MDL}"), |items| {
        let Value::Array(items) = items else { panic!("not an array") };
        items.push(items[0].clone());
    });
    assert_eq!(verify(&doubled), Err(twice(MDL, "family_name")));
}

#[test]
fn two_values_for_one_element_are_refused_though_the_issuer_signed_both() {
    let response = with_signed_item(&presented(), MDL, 100, "family_name");
    assert_eq!(verify(&response), Err(twice(MDL, "family_name")));
    // The same item under another identifier, and the same identifier in another namespace, are fine.
    assert_eq!(verify(&with_signed_item(&presented(), MDL, 100, "given_name")).unwrap().len(), 4);
    assert_eq!(verify(&with_signed_item(&presented(), KOREA, 100, "age_over_19")).unwrap().len(), 4);
}

#[test]
fn peer_hole_16_a_namespace_that_occurs_twice_is_refused() {
    let doubled = edit(&presented(), &format!("{ISSUER_SIGNED}/nameSpaces"), |spaces| {
        let Value::Map(spaces) = spaces else { panic!("not a map") };
        spaces.push(spaces[0].clone());
    });
    assert!(matches!(verify(&doubled), Err(MdocError::Cbor(CborError::DuplicateKey(_)))));
}

/// The presentation as an issuer would have made it who hashes with `algorithm`.
fn hashed_with(name: &str, algorithm: HashAlgorithm) -> Vec<u8> {
    let response = presented();
    let mut spaces = Value::from_cbor(&response).unwrap();
    let Value::Map(spaces) = at(&mut spaces, &format!("{ISSUER_SIGNED}/nameSpaces")) else { panic!("not a map") };
    edit_mso(&response, |mso| {
        set(mso, "digestAlgorithm", name);
        *at(mso, "valueDigests") =
            Value::Map(spaces.iter().map(|(space, items)| (space.clone(), digests(items, algorithm))).collect());
    })
}

fn digests(items: &Value, algorithm: HashAlgorithm) -> Value {
    let Value::Array(items) = items else { panic!("not an array") };
    let entry = |item: &Value| {
        let digest = algorithm.digest(&[&item.to_cbor()]);
        (at(&mut unwrapped(item), "digestID").clone(), Value::Bytes(digest.as_ref().to_vec()))
    };
    Value::Map(items.iter().map(entry).collect())
}

#[test]
fn the_three_digest_algorithms_of_the_standard_are_accepted() {
    let known =
        [("SHA-256", HashAlgorithm::Sha256), ("SHA-384", HashAlgorithm::Sha384), ("SHA-512", HashAlgorithm::Sha512)];
    for (name, algorithm) in known {
        assert_eq!(verify(&hashed_with(name, algorithm)), Ok(expected()), "{name}");
    }
    let other = hashed_with("SHA-384", HashAlgorithm::Sha256);
    assert_eq!(verify(&other), Err(mismatch(MDL, "family_name")));
}

#[test]
fn a_digest_algorithm_that_is_not_of_the_standard_is_refused() {
    for name in ["SHA-1", "sha-256", "SHA256", "MD5", ""] {
        let response = hashed_with(name, HashAlgorithm::Sha256);
        assert_eq!(verify(&response), Err(MdocError::DigestAlgorithmUnsupported), "{name}");
    }
}

#[test]
fn an_mso_is_encoded_cbor_inside_the_signature() {
    let mso = crate::editing::mso_of(&presented());
    let bare = with_payload(&presented(), &mso.to_cbor());
    assert_eq!(verify(&bare), Err(CborError::Unexpected(0).into()));
    let trailing = with_payload(&presented(), &[wrapped(&mso).to_cbor(), vec![0]].concat());
    assert!(matches!(verify(&trailing), Err(MdocError::Cbor(CborError::Trailing(_)))));
}

#[test]
fn an_mso_that_travels_apart_is_refused() {
    let detached = with(&format!("{ISSUER_AUTH}/2"), Value::Null);
    assert_eq!(verify(&detached), Err(CoseError::PayloadPlace.into()));
}

#[test]
fn the_signers_certificate_is_handed_out_or_said_to_be_missing() {
    let chain = |response: &[u8]| {
        let response = DeviceResponse::parse(response).unwrap();
        response.documents()[0].x5chain().map(<[&[u8]]>::concat)
    };
    assert_eq!(chain(&presented()), Ok(CERTIFICATE.to_vec()));
    assert_eq!(chain(&with(&format!("{ISSUER_AUTH}/1"), map([]))), Err(MdocError::X5chainMissing));
}

/// The standard puts it into the unprotected header; a protected one is no worse.
#[test]
fn a_certificate_in_the_protected_header_is_found() {
    let protected = Value::Map(vec![(Value::from(33), Value::Bytes(vec![1]))]).to_cbor();
    let response = edit(&presented(), ISSUER_AUTH, |auth| {
        *at(auth, "0") = Value::Bytes(protected);
        *at(auth, "1") = map([]);
    });
    let response = DeviceResponse::parse(&response).unwrap();
    assert_eq!(response.documents()[0].x5chain(), Ok(&[&[1_u8][..]][..]));
}
