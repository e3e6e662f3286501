//! Verdicts that rest on a ledger: its proof, its list of signers, its orders.

use mapae_trust::{Bundle, BundleError, Names, NewOrder, Order, SignerRule, TrustStore};
use mapae_types::{Duration, UseClass};
use mapae_verify::{NotVerified, Policy, Refusal};
use testkit::{BOTH, Ledger, World, now};

use crate::code;

/// The store of a logged bundle, cosigned by these.
fn store(world: &World, ledger: &mut Ledger, cosigners: &[usize]) -> Result<TrustStore, BundleError> {
    let mut contents = world.contents();
    contents.order_signers = Some(ledger.order_signers());
    Bundle::parse(ledger.publish(contents, cosigners)).and_then(|bundle| bundle.verify(&ledger.policy()))
}

fn aged(days: i64) -> World {
    let mut world = World::new();
    (world.as_of, world.list.issued_at) = (now() - Duration::days(days), now() - Duration::days(days));
    world
}

fn order(ledger: &Ledger) -> Order {
    let order = NewOrder {
        id: "2026-fire".parse().unwrap(),
        reason: Names::new("전산실 화재", "A fire in the data centre").unwrap(),
        origin: ledger.origin(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(20),
        classes: vec![("low".parse().unwrap(), Duration::days(60))],
        compromised: Vec::new(),
    };
    let unsigned = order.prepare().unwrap();
    let sign = |number: usize| {
        let (id, _, key) = ledger.agency(number);
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    Order::parse(unsigned.attach(vec![sign(0), sign(2)])).unwrap()
}

#[test]
fn a_verdict_names_the_order_that_it_rests_on() {
    for format in BOTH {
        let (world, mut ledger) = (aged(40), Ledger::new());
        let shown = world.show(format);
        let store = store(&world, &mut ledger, &[0, 1]).unwrap();
        let without = world.judge(&shown, &store, now(), &Policy::default());
        assert_eq!(without.unwrap_err().code(), "bundle_too_old");
        let order = order(&ledger).verify(&ledger.order_signers(), &ledger.origin()).unwrap();
        let store = store.under(order);
        let held = world.judge(&shown, &store, now(), &Policy::default()).unwrap();
        let evidence = held.credentials()[0].evidence();
        assert_eq!(evidence.order().map(mapae_types::OrderId::as_str), Some("2026-fire"));
        assert!(evidence.marked());
        let class: UseClass = "substantial".parse().unwrap();
        let other = world.judge(&shown, &store, now(), &Policy::default().for_use(Some(&class)));
        assert_eq!(other.unwrap_err().code(), "bundle_too_old");
    }
}

/// A verdict that would have been the same without it names no order.
#[test]
fn a_verdict_on_younger_evidence_names_no_order() {
    let (world, mut ledger) = (aged(34), Ledger::new());
    let order = order(&ledger).verify(&ledger.order_signers(), &ledger.origin()).unwrap();
    let store = store(&world, &mut ledger, &[0, 1]).unwrap().under(order);
    for format in BOTH {
        let held = world.judge(&world.show(format), &store, now(), &Policy::default()).unwrap();
        assert_eq!((held.credentials()[0].evidence().order(), held.credentials()[0].evidence().marked()), (None, true));
    }
}

#[test]
fn a_signer_that_is_not_listed_and_a_bundle_that_is_not_proven_have_codes_of_their_own() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let unproven = store(&world, &mut ledger, &[0]).unwrap_err();
    assert_eq!(NotVerified::from(unproven).code(), "bundle_not_proven");
    assert_eq!(NotVerified::from(BundleError::OtherAnchor).code(), "bundle_forged");
    world.issuers[0].signers = SignerRule::Listed(std::collections::BTreeSet::new());
    for format in BOTH {
        assert_eq!(code(world.verify(&world.show(format))), "signer_not_listed");
    }
}

#[test]
fn an_order_that_is_none_has_a_code_of_its_own() {
    let ledger = Ledger::new();
    let other: mapae_trust::OrderSigners = Ledger::of("x.example", 7).order_signers();
    let refused = order(&ledger).verify(&other, &ledger.origin()).unwrap_err();
    assert_eq!(NotVerified::from(Refusal::from(refused)).code(), "order_invalid");
}
