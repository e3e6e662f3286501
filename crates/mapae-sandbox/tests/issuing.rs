//! Who may have what, and what a country publishes.

use std::collections::BTreeSet;

use mapae_sandbox::{Country, RelyingPartyPlan, SandboxError};

use crate::scene::{Scene, entropy, now};

#[test]
fn the_same_seed_is_the_same_country() {
    let of = |seed: u8| Country::new(&[seed; 32], now(), "https://sandbox.example").unwrap();
    let key = |country: &Country| country.root().certificate().public_key().clone();
    assert_eq!((key(&of(1)), of(1).bundle_key()), (key(&of(1)), of(1).bundle_key()));
    assert_ne!(key(&of(1)), key(&of(2)));
}

#[test]
fn the_cast_has_every_document_between_them_and_somebody_too_young() {
    let country = Scene::new().country;
    let all: BTreeSet<&str> = country.cast().iter().flat_map(|person| country.documents(*person)).collect();
    let known: BTreeSet<&str> = country.catalogue().documents().iter().map(|one| one.name().as_str()).collect();
    assert_eq!(all, known);
    let today = "2026-11-22".parse().unwrap();
    let age = |person: &u64| country.person(*person).birth_date.age_on(today);
    assert!(country.cast().iter().any(|person| age(person) < 19 && !country.documents(*person).is_empty()));
}

#[test]
fn who_may_not_have_a_document_gets_none() {
    let country = Scene::new().country;
    let without = (0..1000).find(|person| !country.documents(*person).contains(&"official")).unwrap();
    let refused = country.issue(without, &["official"], &mut entropy(1)).unwrap_err();
    assert!(matches!(refused, SandboxError::NotEligible { person, .. } if person == without));
    let official = country.people("official").next().unwrap();
    assert!(country.issue(official, &["official"], &mut entropy(1)).is_ok());
}

#[test]
fn there_is_nobody_with_a_document_that_is_not_there() {
    let country = Scene::new().country;
    assert_eq!(country.people("passport").next(), None);
    let refused = country.issue(0, &["passport"], &mut entropy(1)).unwrap_err();
    assert!(matches!(refused, SandboxError::DocumentUnknown { .. }));
}

#[test]
fn its_bundle_is_believed_by_its_own_key_alone() {
    let (one, other) = (Scene::new().country, Country::new(&[2; 32], now(), "https://sandbox.example").unwrap());
    let bundle = one.bundle(now()).unwrap();
    let verified = |key| mapae_trust::Bundle::parse(bundle.clone()).unwrap().verify(key).is_ok();
    assert!(verified(one.bundle_key()) && !verified(other.bundle_key()));
}

/// The resident card and its overseas sister are one type as mdocs.
#[test]
fn whoever_asks_for_two_documents_of_one_type_is_registered_for_both() {
    let country = Scene::new().country;
    let plan = RelyingPartyPlan {
        id: "embassy",
        names: ("대사관", "Embassy"),
        use_class: "low",
        purposes: &[("신원", "Identity")],
        asks: &[("resident", &["family_name", "age_over_19"]), ("overseas", &["family_name", "birth_date"])],
    };
    let (registration, _) = country.relying_party(&plan).unwrap();
    let counts: Vec<usize> = registration.documents().iter().map(|one| one.elements().len()).collect();
    assert_eq!(counts, [3, 2, 2]);
    let unknown = RelyingPartyPlan { asks: &[("resident", &["shoe_size"])], ..plan };
    assert!(matches!(country.relying_party(&unknown), Err(SandboxError::AttributeUnknown { .. })));
}
