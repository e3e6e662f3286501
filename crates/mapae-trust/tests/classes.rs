//! Which ages hold for which use.

use mapae_cose::cbor::Value;
use mapae_trust::{Bundle, BundleError, Classes, Freshness};
use mapae_types::{Duration, UseClass};
use testkit::World;

use crate::forging::{edited, entries, items, member};

fn class(name: &str) -> UseClass {
    name.parse().unwrap()
}

fn days(fresh: i64, usable: i64) -> Freshness {
    Freshness::new(Duration::days(fresh), Duration::days(usable)).unwrap()
}

#[test]
fn the_policy_to_start_from_is_that_of_a_stale_check() {
    let classes = Classes::standard().unwrap();
    let all: Vec<_> = classes.iter().map(|(name, freshness)| (name.as_str(), *freshness)).collect();
    assert_eq!(all, [("low", days(1, 35)), ("substantial", days(1, 7)), ("high", days(1, 1))]);
}

#[test]
fn a_use_has_the_ages_of_its_class_and_without_one_those_of_the_first() {
    let classes = Classes::new(vec![(class("a"), days(1, 2)), (class("b"), days(3, 4))]).unwrap();
    assert_eq!(classes.freshness(None), Some(days(1, 2)));
    assert_eq!(classes.freshness(Some(&class("a"))), Some(days(1, 2)));
    assert_eq!(classes.freshness(Some(&class("b"))), Some(days(3, 4)));
    assert_eq!(classes.freshness(Some(&class("c"))), None);
}

#[test]
fn a_class_gets_other_ages_in_its_place_or_comes_last() {
    let classes = Classes::standard().unwrap().with(class("low"), days(2, 3)).unwrap();
    assert_eq!(classes.freshness(None), Some(days(2, 3)));
    let classes = classes.with(class("new"), days(4, 5)).unwrap();
    assert_eq!(classes.iter().last(), Some((&class("new"), &days(4, 5))));
    assert_eq!(classes.freshness(None), Some(days(2, 3)));
}

#[test]
fn no_class_or_one_twice_or_too_many_are_refused() {
    assert_eq!(Classes::new(Vec::new()), Err(BundleError::Classes));
    let twice = vec![(class("a"), days(1, 2)), (class("b"), days(1, 2)), (class("a"), days(1, 2))];
    assert_eq!(Classes::new(twice), Err(BundleError::Classes));
    let many = |count| (0..count).map(|n| (class(&format!("c{n}")), days(1, 2))).collect();
    assert!(Classes::new(many(64)).is_ok());
    assert_eq!(Classes::new(many(65)), Err(BundleError::Classes));
}

#[test]
fn a_bundle_whose_classes_cannot_be_used_is_refused() {
    let world = World::new();
    let refusal = |change: fn(&mut Vec<Value>)| {
        let bytes = edited(&world, |manifest| change(items(member(manifest, "classes"))));
        Bundle::parse(bytes).err()
    };
    assert_eq!(refusal(|_| ()), None);
    assert_eq!(refusal(Vec::clear), Some(BundleError::Classes));
    assert_eq!(refusal(|classes| classes.push(classes[0].clone())), Some(BundleError::Classes));
    let unnamed = refusal(|classes| *member(&mut classes[0], "name") = Value::from("no name"));
    assert!(matches!(unnamed, Some(BundleError::Cbor(_))));
    let more = refusal(|classes| entries(&mut classes[0]).push((Value::from("new"), Value::Null)));
    assert_eq!(more, Some(BundleError::VersionUnsupported));
}

#[test]
fn a_bundle_says_the_classes_that_were_put_into_it() {
    let world = World::new();
    assert_eq!(*world.store().classes(), world.contents().classes);
}
