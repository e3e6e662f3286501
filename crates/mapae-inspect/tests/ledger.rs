//! Bundles that a ledger vouches for, their drafts and deltas; entries, orders, and lists of issuers.

use mapae_cose::cbor::Value;
use mapae_inspect::{Node, inspect};
use mapae_trust::{
    Bundle, BundleDelta, Names, NewOrder, NewVical, NewVicalEntry,
    ledger::{Agency, Founding, OrderStatement, Right, Statement},
};
use mapae_types::Duration;
use mapae_x509::Role;
use testkit::{Ledger, World, now};

use crate::{all, at, kinds};

const ENTRY: &str = "entry of the ledger (tag 98)";

/// A bundle in a ledger whose policy has changed once.
pub(crate) fn logged() -> (Ledger, Vec<u8>) {
    let mut ledger = Ledger::new();
    ledger.rotate(2);
    let bundle = ledger.publish(World::new().contents(), &[0, 1]);
    (ledger, bundle)
}

pub(crate) fn founding(ledger: &Ledger) -> Vec<u8> {
    let agency = |number| {
        let (id, key, _) = ledger.agency(number);
        let names = Names::new("경찰청", "National Police Agency").unwrap();
        Agency { id: id.clone(), names, key: key.public().clone(), rights: Right::ALL.into_iter().collect() }
    };
    let founding = Founding::new((0..3).map(agency).collect(), &ledger.policy_text()).unwrap();
    ledger.said_by(&[0, 1, 2], &Statement::Founding(founding), now())
}

pub(crate) fn order(ledger: &Ledger) -> Vec<u8> {
    let order = NewOrder {
        id: "2026-fire".parse().unwrap(),
        reason: Names::new("전산실 화재", "A fire in the data centre").unwrap(),
        origin: ledger.origin(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(20),
        classes: vec![("low".parse().unwrap(), Duration::days(60))],
        compromised: vec![[7; 32]],
    };
    let unsigned = order.prepare().unwrap();
    let sign = |number| {
        let (id, _, key) = ledger.agency(number);
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    unsigned.attach([0, 1].map(sign).to_vec())
}

fn value<'t>(tree: &'t Node, path: &[&str]) -> &'t str {
    at(tree, path).value().unwrap()
}

#[test]
fn a_logged_bundle_is_opened_down_to_the_cosigners() {
    let (_, bundle) = logged();
    let tree = inspect(&bundle).unwrap();
    assert_eq!((tree.label(), tree.kind()), ("trust bundle (logged)", "Bundle"));
    let seal = at(&tree, &["seal"]);
    assert_eq!(value(seal, &["manifest", "log"]), "\"ledger.example/mapae\"");
    assert_eq!(at(seal, &["manifest", "issuers", "[0]", "root", "certificate"]).kind(), "X.509 certificate");
    assert_eq!(value(seal, &["entry (tag 98)", "payload", "kind"]), "\"bundle\"");
    assert_eq!(value(seal, &["proof", "index"]), "1");
    assert_eq!(value(seal, &["proof", "checkpoint", "signatures (3)", "[2]"]), "\"police.example/cosigner\"");
    let parts = at(&tree, &["parts"]);
    assert_eq!(kinds(parts, &["registrations"]), ["Registrations"]);
    assert_eq!(value(parts, &["[1] (tag 18)"]), "COSE_Sign1");
}

#[test]
fn policies_that_followed_each_other_are_opened_as_policies() {
    let (_, bundle) = logged();
    let tree = inspect(&bundle).unwrap();
    let rotation = at(&tree, &["seal", "rotations", "[0]"]);
    assert_eq!(rotation.kind(), "Rotation");
    let policy = at(rotation, &["entry (tag 98)", "payload", "body", "policy"]);
    assert_eq!((policy.kind(), value(policy, &["group", "threshold"])), ("tlog-policy", "2"));
    assert_eq!(value(rotation, &["proof", "checkpoint", "size"]), "1");
}

#[test]
fn a_signed_bundle_a_draft_and_a_delta_are_told_apart() {
    let (mut world, ledger) = (World::new(), Ledger::new());
    let signed = inspect(&world.bundle()).unwrap();
    assert_eq!(signed.label(), "trust bundle (signed)");
    assert_eq!(at(&signed, &["seal (tag 18)", "payload"]).kind(), "Manifest");
    let draft = inspect(world.contents().draft(&ledger.origin()).as_bytes()).unwrap();
    assert_eq!(draft.label(), "draft of a bundle");
    assert_eq!(value(&draft, &["manifest", "version"]), "3");
    let old = world.store();
    world.as_of = world.as_of + Duration::hours(1);
    let delta = inspect(&BundleDelta::between(&old, &world.store()).unwrap().to_bytes()).unwrap();
    assert_eq!((delta.label(), value(&delta, &["manifest", "version"])), ("delta of a bundle", "3"));
}

#[test]
fn the_seal_of_a_delta_is_opened_as_that_of_a_bundle() {
    let (mut ledger, bundle) = logged();
    let mut world = World::new();
    world.as_of = world.as_of + Duration::hours(1);
    let newer = ledger.publish(world.contents(), &[0, 1]);
    let rotated = ledger.policy();
    let store = |file| Bundle::parse(file).unwrap().verify(&rotated).unwrap();
    let delta = BundleDelta::between(&store(bundle), &store(newer)).unwrap().to_bytes();
    let tree = inspect(&delta).unwrap();
    assert_eq!(value(&tree, &["seal", "proof", "index"]), "2");
    assert_eq!(at(&tree, &["seal", "entry (tag 98)"]).kind(), "Entry");
    assert_eq!(at(&tree, &["seal", "rotations", "[0]"]).kind(), "Rotation");
}

#[test]
fn an_entry_names_its_signers_and_their_algorithm() {
    let entry = founding(&Ledger::new());
    let tree = inspect(&entry).unwrap();
    assert_eq!((tree.label(), tree.value(), tree.kind()), (ENTRY, Some("COSE_Sign"), "COSE_Sign"));
    let signers: Vec<_> = at(&tree, &["signatures"]).children().iter().map(|signer| signer.value().unwrap()).collect();
    assert_eq!(signers, ["\"interior\"", "\"library\"", "\"police\""]);
    let signer = at(&tree, &["signatures", "[2]"]);
    assert_eq!(value(signer, &["protected", "alg"]), "-7 (ES256)");
    assert_eq!(at(signer, &["protected", "kid"]).place().unwrap().bytes(&entry).unwrap(), b"police");
    assert_eq!(at(signer, &["signature"]).place().unwrap().bytes(&entry).unwrap().len(), 64);
    let policy = at(&tree, &["payload", "body", "policy"]);
    assert_eq!(value(policy, &["witness", "key", "key name"]), "\"interior.example/cosigner\"");
}

#[test]
fn an_order_is_opened_as_a_file_and_inside_an_entry() {
    let ledger = Ledger::new();
    let file = order(&ledger);
    let tree = inspect(&file).unwrap();
    assert_eq!(tree.label(), "continuity order (tag 98)");
    assert_eq!(at(&tree, &["payload"]).kind(), "ContinuityOrder");
    assert_eq!(value(&tree, &["payload", "reason", "ko"]), "\"전산실 화재\"");
    assert_eq!(value(&tree, &["signatures", "[1]"]), "\"police\"");
    let entry = ledger.said_by(&[1], &Statement::Order(OrderStatement::new(file).unwrap()), now());
    let inside = inspect(&entry).unwrap();
    assert_eq!(value(&inside, &["payload", "body", "order (tag 98)", "payload", "id"]), "\"2026-fire\"");
}

#[test]
fn a_list_of_issuers_is_known_by_its_payload() {
    let pki = World::new().pki;
    let signer = pki.signer(Role::VicalSigner, 9, now().start_of_day(), now() + Duration::days(90));
    let entry = NewVicalEntry { root: pki.root.clone(), doc_types: vec!["org.iso.18013.5.1.mDL".into()] };
    let (date, next_update) = (now(), now() + Duration::days(1));
    let list = NewVical { provider: "Mapae".into(), date, issue_id: 1, next_update, entries: vec![entry] };
    let unsigned = list.prepare(&signer.certificate, &[]).unwrap();
    let signature = signer.sign(unsigned.to_be_signed());
    let tree = inspect(&unsigned.attach(&signature)).unwrap();
    assert!(tree.label().starts_with("VICAL"), "{}", tree.label());
    let info = at(&tree, &["payload", "certificateInfos", "[0]"]);
    assert_eq!(kinds(info, &["certificate", "certificate"]), ["bstr", "X.509 certificate"]);
}

#[test]
fn a_registration_is_no_presentation() {
    let list = |name: &str| (Value::text(name), Value::Array(Vec::new()));
    let title = |members: Vec<_>| inspect(&Value::Map(members).to_cbor()).unwrap().label().to_owned();
    assert_eq!(title(vec![list("documents"), list("purposes")]), "registration of a relying party");
    assert_eq!(title(vec![list("documents")]), "presentation (DeviceResponse)");
}

#[test]
fn every_leaf_of_a_logged_bundle_matters() {
    let mut ledger = Ledger::new();
    let bundle = ledger.publish(World::new().contents(), &[0, 1]);
    let policy = ledger.policy();
    let holds = |file: Vec<u8>| Bundle::parse(file).is_ok_and(|bundle| bundle.verify(&policy).is_ok());
    assert!(holds(bundle.clone()));
    let tree = inspect(&bundle).unwrap();
    let leaves: Vec<_> = all(&tree).into_iter().filter(|node| node.is_editable()).collect();
    assert!(leaves.len() > 60, "{}", leaves.len());
    for leaf in leaves {
        let place = leaf.place().unwrap();
        let byte = place.bytes(&bundle).unwrap()[0];
        assert!(!holds(place.change(&bundle, 0, byte ^ 1).unwrap()), "{}", leaf.label());
    }
}

#[test]
fn what_is_not_what_it_should_be_is_shown_as_bytes() {
    let bytes = |text: &[u8]| Value::Bytes(text.to_vec());
    let seal = Value::Array(vec![bytes(b"\xff"), bytes(b"entry"), bytes(b"proof"), Value::Array(vec![])]);
    let tree = inspect(&Value::Array(vec![seal, Value::Array(vec![bytes(b"")])]).to_cbor()).unwrap();
    assert_eq!(value(&tree, &["seal", "manifest"]), "h'ff'");
    assert_eq!(value(&tree, &["seal", "proof"]), "h'70726f6f66'");
    assert_eq!(value(&tree, &["parts", "registrations"]), "h''");
    // [<< {} >>, {}, h'', [[<< {4: h'ff'} >>, {}, h'']]]: a kid that is no text.
    let signer = Value::Array(vec![bytes(b"\xa1\x04\x41\xff"), Value::Map(vec![]), bytes(b"")]);
    let sign = Value::Array(vec![bytes(b"\xa0"), Value::Map(vec![]), bytes(b""), Value::Array(vec![signer])]);
    let tree = inspect(&sign.to_cbor()).unwrap();
    assert_eq!((tree.label(), value(&tree, &["signatures", "[0]"])), ("signed message (COSE_Sign)", "h'ff'"));
}
