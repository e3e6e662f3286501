//! What an issuer writes: every copy verifies, and no two copies have anything equal but the facts (design D7).

use std::collections::HashSet;

use mapae_cose::cbor::{Reader, Value};
use mapae_crypto::SigningKey;
use mapae_mdoc::{Copy, HeldMdoc, MdocError, NameSpace, Template, ValidityInfo};
use mapae_types::{Entropy, EntropyError};

use crate::{
    editing::{at, bytes_of, mso_of, unwrapped},
    fixture::{
        CERTIFICATE, DOC_TYPE, KOREA, MDL, Seeded, device, issue, issued, issuer, name_spaces, present, status, time,
        validity, verify,
    },
};

fn template() -> Template {
    Template::new(DOC_TYPE, &name_spaces())
}

/// The items of a namespace of an `IssuerSigned` structure.
fn items(issued: &[u8], namespace: &str) -> Vec<Value> {
    let mut issued = Value::from_cbor(issued).unwrap();
    let Value::Array(items) = at(&mut issued, &format!("nameSpaces/{namespace}")) else { panic!("not an array") };
    items.iter().map(unwrapped).collect()
}

fn mso(issued: &[u8]) -> Value {
    let mut issued = Value::from_cbor(issued).unwrap();
    unwrapped(&Value::from_cbor(bytes_of(at(&mut issued, "issuerAuth/2"))).unwrap())
}

fn digests(issued: &[u8], namespace: &str) -> Vec<(Value, Value)> {
    let Value::Map(digests) = at(&mut mso(issued), &format!("valueDigests/{namespace}")).clone() else {
        panic!("not a map")
    };
    digests
}

fn ids(issued: &[u8], namespace: &str) -> Vec<i64> {
    let id = |item: &Value| Reader::new(&at(&mut item.clone(), "digestID").to_cbor()).int().unwrap();
    items(issued, namespace).iter().map(id).collect()
}

/// Salts and digests of a copy.
fn fingerprints(issued: &[u8]) -> HashSet<Vec<u8>> {
    let mut found = HashSet::new();
    for namespace in [MDL, KOREA] {
        found.extend(items(issued, namespace).iter().map(|item| bytes_of(at(&mut item.clone(), "random")).to_vec()));
        found.extend(digests(issued, namespace).iter().map(|(_, digest)| bytes_of(digest).to_vec()));
    }
    found
}

#[test]
fn two_copies_share_no_salt_and_no_digest() {
    let (template, mut entropy) = (template(), Seeded(1));
    let copies = [issue(&template, &mut entropy), issue(&template, &mut entropy)].map(|copy| fingerprints(&copy));
    // 5 salts; 8 digests in each of two namespaces.
    assert_eq!(copies.each_ref().map(HashSet::len), [21, 21]);
    assert!(copies[0].is_disjoint(&copies[1]));
}

#[test]
fn digest_ids_are_drawn_for_each_copy() {
    let (template, mut entropy) = (template(), Seeded(1));
    let orders: HashSet<Vec<i64>> = (0..20).map(|_| ids(&issue(&template, &mut entropy), MDL)).collect();
    assert!(orders.len() > 15, "of 336 orders, {} in 20 copies", orders.len());
    let first_ids: HashSet<i64> = orders.iter().map(|order| order[0]).collect();
    assert!(first_ids.len() >= 6, "the first element is found at {first_ids:?}");
}

#[test]
fn copies_are_bound_to_the_keys_that_they_were_made_for() {
    let keys = [5, 6].map(|byte| SigningKey::from_scalar(&[byte; 32]).unwrap());
    let copies = keys.each_ref().map(|key| {
        let copy = Copy { device_key: key.public(), validity: validity(), status: None, x5chain: &[CERTIFICATE] };
        let unsigned = template().issue(&copy, &mut Seeded(1)).unwrap();
        let signature = issuer().sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    });
    for (key, copy) in keys.iter().zip(&copies) {
        assert_eq!(HeldMdoc::parse(copy).unwrap().device_key(), key.public());
    }
}

#[test]
fn the_number_of_digests_does_not_tell_how_many_elements_there_are() {
    for count in 0..=17 {
        let elements = (0..count).map(|n| (format!("element_{n}"), Value::from(true)));
        let template = Template::new(DOC_TYPE, &[NameSpace::new(MDL, elements)]);
        let issued = issue(&template, &mut Seeded(count));
        let digests = digests(&issued, MDL);
        assert_eq!(digests.len() as u64, count.next_multiple_of(8), "{count}");
        assert!(digests.iter().all(|(_, digest)| bytes_of(digest).len() == 32));
        let ids: HashSet<i64> = ids(&issued, MDL).into_iter().collect();
        assert_eq!(ids.len() as u64, count, "two elements with one id");
    }
}

#[test]
fn a_document_of_any_number_of_elements_verifies_whole() {
    for count in [1, 8, 9, 26] {
        let names: Vec<String> = (0..count).map(|n| format!("element_{n}")).collect();
        let elements = names.iter().map(|name| (name.clone(), Value::from(name.as_str())));
        let issued = issue(&Template::new(DOC_TYPE, &[NameSpace::new(MDL, elements)]), &mut Seeded(9));
        let all: Vec<(&str, &str)> = names.iter().map(|name| (MDL, name.as_str())).collect();
        assert_eq!(verify(&present(&issued, &all)).unwrap().len(), count);
    }
}

/// §9.1.2.5: at least 16 bytes.
#[test]
fn salts_have_16_bytes() {
    let items = items(&issued(), MDL);
    assert!(items.iter().all(|item| bytes_of(at(&mut item.clone(), "random")).len() == 16));
}

/// Hole 17 of the peers: fake or constant timestamps in signed data.
#[test]
fn peer_hole_17_the_dates_written_are_the_dates_given() {
    let dates = [
        ["2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "2027-11-21T00:00:00Z"],
        ["1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2000-02-29T12:34:56Z"],
    ];
    for [signed, from, until] in dates {
        let validity = ValidityInfo::new(time(signed), time(from), time(until)).unwrap();
        let device = device();
        let copy = Copy { device_key: device.public(), validity, status: None, x5chain: &[CERTIFICATE] };
        let unsigned = template().issue(&copy, &mut Seeded(1)).unwrap();
        let issued = unsigned.attach(&issuer().sign(b"any").unwrap());
        let written = |name: &str| at(&mut mso(&issued), &format!("validityInfo/{name}")).clone();
        assert!(written("signed") == Value::date_time(time(signed)));
        assert!(written("validFrom") == Value::date_time(time(from)));
        assert!(written("validUntil") == Value::date_time(time(until)));
        assert_eq!(*HeldMdoc::parse(&issued).unwrap().validity(), validity);
    }
}

#[test]
fn everything_is_written_in_deterministic_order() {
    // Namespaces and elements are given in an order of no meaning.
    let mut spaces = name_spaces();
    spaces.reverse();
    let issued = issue(&Template::new(DOC_TYPE, &spaces), &mut Seeded(1));
    assert_eq!(Value::from_cbor(&issued).unwrap().to_cbor(), issued);
    let mut parsed = Value::from_cbor(&issued).unwrap();
    let payload = bytes_of(at(&mut parsed, "issuerAuth/2"));
    assert!(payload.ends_with(&mso(&issued).to_cbor()));
    let item = bytes_of(match at(&mut parsed, &format!("nameSpaces/{MDL}/0")) {
        Value::Tag(24, inner) => inner,
        _ => panic!("not encoded CBOR"),
    })
    .to_vec();
    assert_eq!(Value::from_cbor(&item).unwrap().to_cbor(), item);
    let response = present(&issued, crate::fixture::CHOSEN);
    assert_eq!(Value::from_cbor(&response).unwrap().to_cbor(), response);
    assert!(mso_of(&response) == mso(&issued));
}

#[test]
fn the_same_entropy_gives_the_same_bytes_and_other_entropy_others() {
    let to_be_signed = |seed| {
        let device = device();
        let copy = Copy { device_key: device.public(), validity: validity(), status: None, x5chain: &[CERTIFICATE] };
        template().issue(&copy, &mut Seeded(seed)).unwrap().to_be_signed().to_vec()
    };
    assert_eq!(to_be_signed(1), to_be_signed(1));
    assert_ne!(to_be_signed(1), to_be_signed(2));
}

struct Exhausted;

impl Entropy for Exhausted {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

#[test]
fn nothing_is_issued_without_randomness() {
    let device = device();
    let copy = Copy { device_key: device.public(), validity: validity(), status: None, x5chain: &[CERTIFICATE] };
    let refused = template().issue(&copy, &mut Exhausted).err();
    assert_eq!(refused, Some(MdocError::Entropy(EntropyError)));
}

#[test]
fn a_name_space_shows_what_it_was_given() {
    let space = NameSpace::new(MDL, [("age_over_19", Value::from(true))]);
    assert_eq!((space.name(), space.elements()), (MDL, &[("age_over_19".to_owned(), Value::from(true))][..]));
}

#[test]
fn a_held_copy_tells_its_holder_what_it_is() {
    let issued = issued();
    let held = HeldMdoc::parse(&issued).unwrap();
    assert_eq!((held.doc_type(), *held.validity(), held.status()), (DOC_TYPE, validity(), Some(&status())));
    assert_eq!(held.x5chain(), Ok(&[CERTIFICATE][..]));
    let elements: Vec<_> =
        held.elements().map(|element| (element.namespace, element.identifier(), element.value())).collect();
    assert_eq!(elements.len(), 5);
    assert_eq!(elements[0], (MDL, "family_name", Value::from("HONG")));
    assert_eq!(elements[4], (KOREA, "given_name", Value::from("길동")));
}
