//! What a bundle names besides issuers: releases of software, and registrations that were withdrawn.

use mapae_cose::cbor::{CborError, Value};
use mapae_trust::{
    Bundle, BundleContents, BundleDelta, BundleError, MAX_SOFTWARE, MAX_WITHDRAWN, Software, TrustStore, Withdrawn,
};
use mapae_types::Duration;
use testkit::{World, now};

use crate::forging::{TYP, bundle, entries, items, member, opened, signed, with_first_key_twice};

fn software(name: &str, hash: u8) -> Software {
    Software { name: name.parse().unwrap(), sha256: [hash; 32] }
}

fn withdrawn(id: &str, certificate: u8) -> Withdrawn {
    Withdrawn { relying_party: id.parse().unwrap(), certificate: [certificate; 32], since: now() - Duration::days(3) }
}

/// Two of each, not in their order.
fn contents(world: &World) -> BundleContents {
    BundleContents {
        software: vec![software("wallet-web", 1), software("reader-web", 9)],
        withdrawn: vec![withdrawn("shop", 8), withdrawn("bank", 7)],
        ..world.contents()
    }
}

fn finished(world: &World, contents: BundleContents) -> Vec<u8> {
    let unsigned = contents.prepare(world.bundle_key.public());
    let signature = world.bundle_key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn read(world: &World, file: &[u8]) -> Result<TrustStore, BundleError> {
    Bundle::parse(file)?.verify(world.bundle_key.public())
}

fn store(world: &World, contents: BundleContents) -> TrustStore {
    read(world, &finished(world, contents)).unwrap()
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn named(name: &str, hash: u8) -> Value {
    Value::Map(vec![(text("name"), text(name)), (text("sha256"), Value::Bytes(vec![hash; 32]))])
}

fn left(certificate: u8) -> Value {
    Value::Map(vec![
        (text("since"), Value::from(1_700_000_000)),
        (text("certificate"), Value::Bytes(vec![certificate; 32])),
        (text("relying_party"), text("shop")),
    ])
}

/// What a reader says to the world's bundle with such a list in its manifest, signed by the world's key.
fn with(world: &World, list: &str, items: Vec<Value>) -> Result<TrustStore, BundleError> {
    let (mut manifest, parts) = opened(world);
    entries(&mut manifest).push((text(list), Value::Array(items)));
    read(world, &bundle(&signed(&world.bundle_key, Some(TYP), &manifest.to_cbor()), &parts))
}

#[test]
fn a_bundle_names_software_and_withdrawals_in_their_order() {
    let world = World::new();
    let store = store(&world, contents(&world));
    assert_eq!(store.software(), [software("reader-web", 9), software("wallet-web", 1)]);
    assert_eq!(store.withdrawn(), [withdrawn("bank", 7), withdrawn("shop", 8)]);
}

#[test]
fn the_same_names_in_another_order_are_the_same_bytes() {
    let world = World::new();
    let one = contents(&world);
    let other = BundleContents {
        software: one.software.iter().rev().cloned().collect(),
        withdrawn: one.withdrawn.iter().rev().cloned().collect(),
        ..one.clone()
    };
    let key = world.bundle_key.public();
    assert_eq!(one.prepare(key).to_be_signed(), other.prepare(key).to_be_signed());
}

/// Bundles of before there were such lists are those of today without them.
#[test]
fn a_bundle_that_names_nothing_is_written_as_before_there_were_names() {
    let world = World::new();
    let (mut manifest, _) = opened(&world);
    for list in ["software", "withdrawn"] {
        assert!(!entries(&mut manifest).iter().any(|(key, _)| *key == text(list)), "{list}");
    }
    let store = world.store();
    assert!(store.software().is_empty() && store.withdrawn().is_empty());
}

#[test]
fn an_empty_list_is_left_out_and_not_written() {
    let world = World::new();
    assert_eq!(with(&world, "software", vec![]).unwrap_err(), BundleError::Software);
    assert_eq!(with(&world, "withdrawn", vec![]).unwrap_err(), BundleError::Withdrawn);
    assert!(with(&world, "software", vec![named("a", 1)]).is_ok());
    assert!(with(&world, "withdrawn", vec![left(1)]).is_ok());
}

#[test]
fn lists_stand_in_one_order_without_repetition() {
    let world = World::new();
    assert!(with(&world, "software", vec![named("a", 2), named("a", 3), named("b", 1)]).is_ok());
    assert!(with(&world, "withdrawn", vec![left(1), left(2)]).is_ok(), "one party, two certificates");
    for list in
        [vec![named("b", 1), named("a", 2)], vec![named("a", 3), named("a", 2)], vec![named("a", 1), named("a", 1)]]
    {
        assert_eq!(with(&world, "software", list).unwrap_err(), BundleError::Software);
    }
    for list in [vec![left(2), left(1)], vec![left(1), left(1)]] {
        assert_eq!(with(&world, "withdrawn", list).unwrap_err(), BundleError::Withdrawn);
    }
}

#[test]
fn lists_have_an_end() {
    let world = World::new();
    let hash = |nth: usize| Value::Bytes([vec![0; 28], u32::try_from(nth).unwrap().to_be_bytes().to_vec()].concat());
    let put = |mut value: Value, name: &str, nth| {
        *member(&mut value, name) = hash(nth);
        value
    };
    let names = |count| (0..count).map(|nth| put(named("a", 0), "sha256", nth)).collect();
    let parties = |count| (0..count).map(|nth| put(left(0), "certificate", nth)).collect();
    assert_eq!(with(&world, "software", names(MAX_SOFTWARE)).unwrap().software().len(), MAX_SOFTWARE);
    assert_eq!(with(&world, "software", names(MAX_SOFTWARE + 1)).unwrap_err(), BundleError::Software);
    assert_eq!(with(&world, "withdrawn", parties(MAX_WITHDRAWN)).unwrap().withdrawn().len(), MAX_WITHDRAWN);
    assert_eq!(with(&world, "withdrawn", parties(MAX_WITHDRAWN + 1)).unwrap_err(), BundleError::Withdrawn);
}

#[test]
fn items_are_read_as_strictly_as_all_else() {
    let world = World::new();
    for (list, item) in [("software", named("a", 1)), ("withdrawn", left(1))] {
        let refusal = |change: &dyn Fn(&mut Value)| {
            let mut item = item.clone();
            change(&mut item);
            with(&world, list, vec![item]).unwrap_err()
        };
        let more = refusal(&|item| entries(item).push((text("more"), Value::Null)));
        assert_eq!(more, BundleError::VersionUnsupported, "{list}");
        let twice = refusal(&with_first_key_twice);
        assert!(matches!(twice, BundleError::Cbor(CborError::DuplicateKey(_))), "{list}");
        for (key, value) in entries(&mut item.clone()).clone() {
            let Value::Text(name) = &key else { panic!("{key:?}") };
            let without = refusal(&|item| entries(item).retain(|(known, _)| *known != key));
            assert!(matches!(without, BundleError::Cbor(CborError::Missing(_, member)) if member == name), "{name}");
            let odd = match value {
                Value::Bytes(_) => Value::Bytes(vec![1; 31]),
                Value::Text(_) => text("a name"),
                _ => Value::from(i64::MAX),
            };
            let unfit = refusal(&|item| *member(item, name) = odd.clone());
            assert!(matches!(unfit, BundleError::Cbor(_)), "{name}: {unfit}");
        }
    }
}

#[test]
fn a_delta_brings_software_and_withdrawals_and_takes_them_away() {
    let world = World::new();
    let token = vec![world.list.signed_by(&world.pki.status)];
    let of = |software, withdrawn, hours| BundleContents {
        as_of: world.as_of + Duration::hours(hours),
        status_lists: token.clone(),
        software,
        withdrawn,
        ..world.contents()
    };
    let before = store(&world, of(vec![software("wallet-web", 1)], vec![], 0));
    let after = store(&world, of(vec![], vec![withdrawn("shop", 8)], 1));
    for (base, new) in [(&before, &after), (&after, &before)] {
        let delta = BundleDelta::between(base, new).unwrap().to_bytes();
        let rebuilt = BundleDelta::parse(&delta).unwrap().apply(base, world.bundle_key.public()).unwrap();
        assert_eq!(rebuilt.file(), new.file());
        assert_eq!((rebuilt.software(), rebuilt.withdrawn()), (new.software(), new.withdrawn()));
    }
}

/// A mirror that hides a withdrawal, or slips in a release, in a bundle or a delta.
#[test]
fn nobody_but_the_signer_adds_or_hides_a_name() {
    let world = World::new();
    let key = world.bundle_key.public();
    let (base, new) = (store(&world, world.contents()), store(&world, contents(&world)));
    let delta = BundleDelta::between(&base, &new).unwrap().to_bytes();
    let changes: [fn(&mut Value); 3] = [
        |manifest| entries(manifest).retain(|(key, _)| *key != text("withdrawn")),
        |manifest| drop(items(member(manifest, "withdrawn")).pop()),
        |manifest| *member(&mut items(member(manifest, "software"))[0], "sha256") = Value::Bytes(vec![5; 32]),
    ];
    for change in changes {
        let mut forged = Value::from_cbor(&delta).unwrap();
        let Value::Bytes(manifest) = member(&mut forged, "manifest") else { panic!("bytes") };
        let mut inner = Value::from_cbor(manifest).unwrap();
        change(&mut inner);
        *manifest = inner.to_cbor();
        let refused = BundleDelta::parse(&forged.to_cbor()).unwrap().apply(&base, key).unwrap_err();
        assert_eq!(refused, mapae_trust::BundleDeltaError::NotRebuilt(BundleError::Forged));
    }
}
