//! A reader that rests on a key, on a ledger's policy, or on nothing yet; and orders of that ledger.

use mapae_ledger::MajorityPolicy;
use mapae_reader::{BundleRefused, OrderRefused, OtherAnchor, bundle, order as orders, policy, report};
use mapae_trust::{BundleError, Memory, MemoryError, Names, NewOrder, OrderError, TrustStore};
use mapae_types::{Duration, hex};
use serde_json::json;
use testkit::{Ledger, World, now};

fn logged(ledger: &mut Ledger, cosigners: &[usize]) -> Vec<u8> {
    let mut contents = World::new().contents();
    contents.order_signers = Some(ledger.order_signers());
    ledger.publish(contents, cosigners)
}

fn open(file: Vec<u8>, memory: Option<&Memory>, policy: Option<&MajorityPolicy>) -> Result<TrustStore, BundleRefused> {
    bundle::open(file, memory, policy)
}

fn store(ledger: &mut Ledger) -> TrustStore {
    let file = logged(ledger, &[0, 2]);
    open(file, None, Some(&ledger.policy())).unwrap()
}

fn memory(store: &TrustStore) -> Memory {
    Memory::admit(None, store, now()).unwrap()
}

/// An order of so many hours from now, signed by these.
pub(crate) fn order(ledger: &Ledger, id: &str, hours: i64, signers: &[usize]) -> Vec<u8> {
    let at = now() + Duration::hours(hours);
    let new = NewOrder {
        id: id.parse().unwrap(),
        reason: Names::new("화재", "Fire").unwrap(),
        origin: ledger.origin(),
        issued_at: at,
        from: at,
        until: at + Duration::days(20),
        classes: vec![("high".parse().unwrap(), Duration::days(10))],
        compromised: vec![[7; 32]],
    };
    let unsigned = new.prepare().unwrap();
    let sign = |number: &usize| {
        let (id, _, key) = ledger.agency(*number);
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    unsigned.attach(signers.iter().map(sign).collect())
}

#[test]
fn a_key_is_taken_from_the_first_bundle_and_a_ledger_is_not() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    assert!(open(world.bundle(), None, None).is_ok());
    let refused = open(logged(&mut ledger, &[0, 2]), None, None).map(drop);
    assert_eq!(refused, Err(BundleRefused::PolicyMissing { ledger: ledger.origin() }));
    assert!(open(logged(&mut ledger, &[0, 2]), None, Some(&ledger.policy())).is_ok());
}

#[test]
fn a_proof_that_falls_short_is_refused() {
    let mut ledger = Ledger::new();
    let refused = open(logged(&mut ledger, &[1]), None, Some(&ledger.policy())).map(drop);
    assert!(matches!(refused, Err(BundleRefused::Bundle(BundleError::NotProven(_)))), "{refused:?}");
}

#[test]
fn a_reader_of_a_key_takes_no_ledger_and_the_other_way_round() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let (of_key, of_log) = (memory(&world.store()), memory(&store(&mut ledger)));
    let other_key = Err(BundleRefused::Memory(MemoryError::OtherKey));
    assert_eq!(open(logged(&mut ledger, &[0, 2]), Some(&of_key), None).map(drop), other_key);
    assert_eq!(open(world.bundle(), Some(&of_log), Some(&ledger.policy())).map(drop), other_key);
    let before_any = open(world.bundle(), None, Some(&ledger.policy())).map(drop);
    assert_eq!(before_any, Err(BundleRefused::Bundle(BundleError::OtherAnchor)));
    assert!(open(world.bundle(), Some(&of_key), None).is_ok());
    assert!(open(logged(&mut ledger, &[0, 2]), Some(&of_log), Some(&ledger.policy())).is_ok());
}

#[test]
fn a_policy_takes_nobodys_place() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let (own, impostor) = (ledger.policy(), Ledger::of(ledger.origin().as_str(), 9).policy());
    let of_log = memory(&store(&mut ledger));
    assert_eq!(policy::check(&own, None, None), Ok(()));
    assert_eq!(policy::check(&own, Some(&own), Some(&of_log)), Ok(()));
    assert_eq!(policy::check(&impostor, Some(&own), None), Err(OtherAnchor));
    assert_eq!(policy::check(&own, None, Some(&memory(&world.store()))), Err(OtherAnchor));
    let elsewhere = Ledger::of("other.example/log", 1).policy();
    assert_eq!(policy::check(&elsewhere, None, Some(&of_log)), Err(OtherAnchor));
}

#[test]
fn a_policy_is_told_in_numbers_and_names() {
    let ledger = Ledger::new();
    let said = policy::summary(b"abc", &ledger.policy());
    assert_eq!((&said["ledger"], &said["threshold"]), (&json!("ledger.example/mapae"), &json!(2)));
    let cosigners = ["interior", "police", "library"].map(|name| format!("{name}.example/cosigner"));
    assert_eq!(said["cosigners"], json!(cosigners));
    // FIPS 180-4's own example: any tool prints the same of the file.
    assert_eq!(said["fingerprint"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_logged_bundle_says_where_it_stands_and_who_saw_it() {
    let mut ledger = Ledger::new();
    let said = bundle::summary(&store(&mut ledger));
    assert_eq!((&said["log"], &said["index"]), (&json!("ledger.example/mapae"), &json!(0)));
    assert_eq!(said["cosigned_by"], json!(["interior.example/cosigner", "library.example/cosigner"]));
    assert_eq!(said["order_signers"], json!({ "threshold": 2, "agencies": ["interior", "library", "police"] }));
}

#[test]
fn an_order_is_told_with_its_state() {
    let mut ledger = Ledger::new();
    let order = orders::verified(&order(&ledger, "2026-fire", 0, &[0, 2]), &store(&mut ledger)).unwrap();
    let said = orders::summary(&order, now());
    assert_eq!((&said["id"], &said["reason"]), (&json!("2026-fire"), &json!({ "ko": "화재", "en": "Fire" })));
    assert_eq!(said["classes"], json!([{ "name": "high", "usable_for_seconds": 864_000 }]));
    assert_eq!((&said["signed_by"], &said["compromised"]), (&json!(["interior", "library"]), &json!(1)));
    assert_eq!((&said["from"], &said["issued_at"]), (&json!(now().to_string()), &json!(now().to_string())));
    let end = now() + Duration::days(20);
    assert_eq!(said["until"], end.to_string());
    let second = Duration::seconds(1);
    for (at, state) in [(now() - second, "not_yet"), (now(), "in_force"), (end, "in_force"), (end + second, "ended")] {
        assert_eq!(orders::summary(&order, at)["state"], state, "{at}");
    }
}

#[test]
fn an_order_needs_its_signers() {
    let mut ledger = Ledger::new();
    let store = store(&mut ledger);
    let refused = orders::verified(&order(&ledger, "2026-fire", 0, &[1]), &store).map(drop);
    assert_eq!(refused, Err(OrderError::TooFewSigners { signed: 1, needed: 2 }.into()));
    let of_key = orders::verified(&order(&ledger, "2026-fire", 0, &[0, 2]), &World::new().store()).map(drop);
    assert_eq!(of_key, Err(OrderError::NobodyMaySign.into()));
}

/// The later one may know more signers as compromised.
#[test]
fn an_older_order_takes_no_later_ones_place() {
    let mut ledger = Ledger::new();
    let files = [order(&ledger, "first", 0, &[0, 2]), order(&ledger, "second", 1, &[0, 1])];
    let store = store(&mut ledger);
    let second = orders::verified(&files[1], &store).unwrap();
    let store = store.under(second.clone());
    assert_eq!(orders::verified(&files[1], &store), Ok(second));
    let in_use = "second".parse().unwrap();
    assert_eq!(orders::verified(&files[0], &store).map(drop), Err(OrderRefused::Older { in_use }));
}

/// What the order knows as compromised is in sight with what the bundle knows.
#[test]
fn a_bundle_under_an_order_distrusts_more() {
    let mut ledger = Ledger::new();
    let file = order(&ledger, "2026-fire", 0, &[0, 2]);
    let store = store(&mut ledger);
    let order = orders::verified(&file, &store).unwrap();
    let said = bundle::summary(&store.under(order));
    assert_eq!(said["distrusted"], json!([{ "signer": hex::encode(&[7; 32]), "compromised": true }]));
}

/// `mapae bundle show` and the page say it alike.
#[test]
fn who_vouches_is_a_key_or_a_ledger() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let [of_key, of_log] = [report::sealed_by(&world.store()), report::sealed_by(&store(&mut ledger))];
    assert!(of_key["key"].is_string() && of_key.get("log").is_none(), "{of_key}");
    assert!(of_log["log"].is_string() && of_log.get("key").is_none(), "{of_log}");
}
