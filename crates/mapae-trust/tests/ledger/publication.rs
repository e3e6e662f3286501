//! Times, repetitions, catalogue, ages, orders.

use mapae_trust::ledger::{Catalogue, Change, Distrusted, Fingerprint, Kind, OrderStatement, RuleError, Statement};
use mapae_trust::{Classes, Distrust, Names, NewOrder, OrderError, OrderSigners};
use mapae_types::{Duration, Timestamp};
use testkit::now;

use super::scene::{ALL, ONE, ORIGIN, Scene, TWO, entry, id, key};

fn catalogue(version: u64) -> Statement {
    Statement::Catalogue(Catalogue { version, sha256: [1; 32] })
}

/// The order key of an agency.
fn order_key(agency: &str) -> mapae_crypto::SigningKey {
    key(&format!("{agency} order"))
}

/// A ledger where two of three may sign orders.
fn with_order_signers() -> Scene {
    let mut scene = Scene::founded();
    let keys = ALL.map(|agency| (id(agency), order_key(agency).public().clone()));
    scene.enter(&Statement::OrderSigners(OrderSigners::new(2, keys.to_vec()).unwrap()), TWO);
    scene
}

fn order(change: impl FnOnce(&mut NewOrder), signers: &[&str]) -> Statement {
    let mut new = NewOrder {
        id: "flood".parse().unwrap(),
        reason: Names::new("홍수", "Flood").unwrap(),
        origin: ORIGIN.parse().unwrap(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(10),
        classes: vec![("low".parse().unwrap(), Duration::days(60))],
        compromised: vec![],
    };
    change(&mut new);
    let unsigned = new.prepare().unwrap();
    let sign = |name: &&str| (id(name), order_key(name).sign(&unsigned.to_be_signed(&id(name))).unwrap());
    Statement::Order(OrderStatement::new(unsigned.attach(signers.iter().map(sign).collect())).unwrap())
}

fn compromised(signer: u8) -> Statement {
    Statement::Distrust(Distrusted { signer: Fingerprint([signer; 32]), distrust: Distrust::Compromised })
}

#[test]
fn nothing_is_dated_later_than_it_may_be() {
    let scene = Scene::founded();
    let judge = |at: Timestamp, latest| super::code(scene.state.judge(&entry(&catalogue(1), at, ONE), latest));
    assert_eq!(judge(now(), now()), "admitted");
    assert_eq!(judge(now() + Duration::seconds(1), now()), "from_future");
    assert_eq!(judge(now() - Duration::days(365), now()), "admitted", "who was late says so");
    // Clocks two hours apart: a log that is ahead admits nothing that a cosigner behind it refuses.
    let (ahead, behind) = (now() + Duration::hours(1), now() - Duration::hours(1));
    let newest = ahead + Duration::hours(1);
    assert_eq!(judge(newest, ahead + Duration::hours(1)), "admitted");
    assert_eq!(judge(newest, behind + Duration::hours(4)), "admitted");
}

#[test]
fn a_statement_stands_once_whoever_signs_it_again() {
    let mut scene = Scene::founded();
    let freshness = Statement::Freshness(Classes::standard().unwrap());
    scene.enter(&freshness, ONE);
    // Another signature, hence another leaf, over the same words.
    assert_eq!(scene.refusal(&freshness, ONE), RuleError::StatedBefore);
    let later = entry(&freshness, now() + Duration::seconds(1), ONE);
    assert_eq!(super::code(scene.state.judge(&later, now() + Duration::seconds(1))), "admitted");
}

#[test]
fn versions_of_the_catalogue_grow() {
    let mut scene = Scene::founded();
    scene.enter(&catalogue(0), ONE);
    scene.enter(&catalogue(7), ONE);
    for stated in [7, 6, 0] {
        let other = Statement::Catalogue(Catalogue { version: stated, sha256: [2; 32] });
        let refused = RuleError::NotLater { kind: Kind::Catalogue, last: 7, stated };
        assert_eq!(scene.refusal(&other, ONE), refused);
    }
    assert_eq!(scene.state.catalogue().map(|catalogue| catalogue.version), Some(7));
}

#[test]
fn ages_are_replaced() {
    let mut scene = Scene::founded();
    assert_eq!(scene.state.classes(), None);
    scene.enter(&Statement::Freshness(Classes::standard().unwrap()), ONE);
    assert_eq!(scene.state.classes(), Some(&Classes::standard().unwrap()));
}

#[test]
fn an_order_that_enough_signed_is_logged() {
    let mut scene = with_order_signers();
    scene.enter(&order(|_| {}, TWO), ONE);
    let ids: Vec<String> = scene.state.orders().iter().map(|order| order.order().unverified().id.to_string()).collect();
    assert_eq!(ids, ["flood"]);
}

#[test]
fn an_order_before_anybody_may_sign_orders_is_refused() {
    assert_eq!(Scene::founded().refusal(&order(|_| {}, TWO), ONE), RuleError::OrderSignersMissing);
}

#[test]
fn an_order_that_too_few_signed_or_of_another_ledger_is_refused() {
    let scene = with_order_signers();
    let refused = RuleError::Order(OrderError::TooFewSigners { signed: 1, needed: 2 });
    assert_eq!(scene.refusal(&order(|_| {}, &["court"]), ONE), refused);
    let origin = "other.example".parse().unwrap();
    let other = order(|order| order.origin = "other.example".parse().unwrap(), TWO);
    assert_eq!(scene.refusal(&other, ONE), RuleError::Order(OrderError::OtherLedger { origin }));
}

#[test]
fn an_order_names_all_who_were_known_as_compromised_when_it_was_decided() {
    let mut scene = with_order_signers();
    scene.enter(&compromised(1), ONE);
    scene.enter(&compromised(2), ONE);
    let naming =
        |signers: &[u8]| order(|order| order.compromised = signers.iter().map(|signer| [*signer; 32]).collect(), TWO);
    assert_eq!(scene.refusal(&naming(&[1]), ONE), RuleError::OrderForgets { signer: Fingerprint([2; 32]) });
    assert_eq!(scene.code(&naming(&[1, 2]), ONE), "admitted");
    assert_eq!(scene.code(&naming(&[1, 2, 3]), ONE), "admitted");
    // What became known after the order was decided it cannot name.
    scene.enter_at(&compromised(4), now() + Duration::seconds(1), ONE);
    assert_eq!(scene.code(&naming(&[1, 2]), ONE), "admitted");
}

#[test]
fn the_name_of_an_order_stands_for_one() {
    let mut scene = with_order_signers();
    scene.enter(&order(|_| {}, TWO), ONE);
    let refused = RuleError::EnteredBefore { kind: Kind::Order, key: "flood".into() };
    assert_eq!(scene.refusal(&order(|order| order.until = now() + Duration::days(20), &ALL), ONE), refused);
    let other = order(|order| order.id = "quake".parse().unwrap(), TWO);
    assert_eq!(scene.code(&other, ONE), "admitted");
}

#[test]
fn what_is_withdrawn_can_be_stated_again_later() {
    let mut scene = Scene::with_registrar();
    let root = Fingerprint::from(scene.registrar.root.certificate());
    scene.enter(&Statement::Registrar(Change::Withdraw(root)), ONE);
    assert_eq!(scene.refusal(&scene.registrar(), ONE), RuleError::StatedBefore);
    scene.enter_at(&scene.registrar(), now() + Duration::seconds(1), ONE);
    assert!(scene.state.registrars().contains_key(&root));
}
