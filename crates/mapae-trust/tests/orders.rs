//! Continuity orders: who signs them, what they stretch, and what they cannot.

use mapae_crypto::SigningKey;
use mapae_trust::{Age, Bundle, Distrust, Names, NewOrder, Order, OrderError, OrderSigners, TrustError, TrustStore};
use mapae_types::{Duration, Timestamp, UseClass};
use mapae_x509::Role;
use testkit::{Ledger, World, now};

fn class(name: &str) -> UseClass {
    name.parse().unwrap()
}

/// From now on for 20 days: evidence for `low` may be 60 days old.
fn order(ledger: &Ledger) -> NewOrder {
    NewOrder {
        id: "2026-fire".parse().unwrap(),
        reason: Names::new("전산실 화재", "A fire in the data centre").unwrap(),
        origin: ledger.origin(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(20),
        classes: vec![(class("low"), Duration::days(60))],
        compromised: Vec::new(),
    }
}

fn signed(ledger: &Ledger, order: NewOrder, agencies: &[usize]) -> Order {
    let unsigned = order.prepare().unwrap();
    let sign = |number: &usize| {
        let (id, _, key) = ledger.agency(*number);
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    Order::parse(unsigned.attach(agencies.iter().map(sign).collect())).unwrap()
}

/// A store whose bundle is 40 days old, under an order.
fn store(ledger: &mut Ledger, world: &mut World, order: &Order) -> TrustStore {
    world.as_of = now() - Duration::days(40);
    let mut contents = world.contents();
    contents.order_signers = Some(ledger.order_signers());
    let file = ledger.publish(contents, &[0, 1]);
    let store = Bundle::parse(file).unwrap().verify(&ledger.policy()).unwrap();
    let order = order.verify(store.order_signers().unwrap(), store.sealed_by().log().unwrap()).unwrap();
    store.under(order)
}

#[test]
fn an_order_stretches_the_age_for_the_class_and_the_days_that_it_names() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let order = signed(&ledger, order(&ledger), &[0, 1]);
    let store = store(&mut ledger, &mut world, &order);
    let judge = |class: Option<&str>, at: Timestamp| {
        let class = class.map(|name| name.parse().unwrap());
        store.freshness(class.as_ref(), at).unwrap().judge(store.as_of(), at)
    };
    assert_eq!(judge(Some("low"), now()), Age::Ordered(Duration::days(40)));
    assert_eq!(judge(None, now()), Age::Ordered(Duration::days(40)), "the first class is that of uses without one");
    assert!(matches!(judge(Some("substantial"), now()), Age::TooOld { .. }));
    assert!(matches!(judge(Some("low"), now() - Duration::seconds(1)), Age::TooOld { .. }), "before it begins");
    let last = now() + Duration::days(20);
    assert_eq!(judge(Some("low"), last), Age::Ordered(Duration::days(60)));
    assert!(matches!(judge(Some("low"), last + Duration::seconds(1)), Age::TooOld { .. }), "after it has ended");
    assert_eq!(store.order().unwrap().signed_by().len(), 2);
}

#[test]
fn an_order_shortens_no_age_and_a_relying_party_may_still_be_stricter() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let mut short = order(&ledger);
    short.classes = vec![(class("low"), Duration::days(2))];
    let short = signed(&ledger, short, &[0, 1]);
    let under = store(&mut ledger, &mut world, &short);
    let ages = under.freshness(Some(&class("low")), now()).unwrap();
    assert_eq!((ages.usable_for(), ages.ordered_for()), (Duration::days(35), Duration::days(35)));
    let long = signed(&ledger, order(&ledger), &[0, 1]);
    let under = store(&mut ledger, &mut world, &long);
    let strict = under.freshness(Some(&class("low")), now()).unwrap().tightened(Some(Duration::days(39)));
    assert!(matches!(strict.judge(under.as_of(), now()), Age::TooOld { .. }));
}

#[test]
fn too_few_signers_make_no_order_and_one_that_signs_wrongly_spoils_it() {
    let ledger = Ledger::new();
    let signers = ledger.order_signers();
    let one = signed(&ledger, order(&ledger), &[0]);
    assert_eq!(one.verify(&signers, &ledger.origin()), Err(OrderError::TooFewSigners { signed: 1, needed: 2 }));
    let unsigned = order(&ledger).prepare().unwrap();
    let sign = |number: usize, key: &SigningKey| {
        let id = ledger.agency(number).0;
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    // The key with which an agency signs entries is not its key of orders.
    let wrong = vec![sign(0, ledger.agency(0).2), sign(1, ledger.agency(1).2), sign(2, ledger.agency(2).1)];
    let wrong = Order::parse(unsigned.attach(wrong)).unwrap();
    let agency = ledger.agency(2).0.clone();
    assert_eq!(wrong.verify(&signers, &ledger.origin()), Err(OrderError::SignatureInvalid { agency }));
}

#[test]
fn who_is_no_signer_of_orders_counts_for_nothing() {
    let ledger = Ledger::new();
    let two = OrderSigners::new(2, ledger.order_signers().keys()[..2].to_vec()).unwrap();
    let names: Vec<&str> = two.keys().iter().map(|(agency, _)| agency.as_str()).collect();
    assert_eq!(names, ["interior", "library"]);
    let order = signed(&ledger, order(&ledger), &[0, 1]);
    assert_eq!(order.verify(&two, &ledger.origin()), Err(OrderError::TooFewSigners { signed: 1, needed: 2 }));
}

#[test]
fn an_order_of_another_ledger_is_none() {
    let ledger = Ledger::new();
    let order = signed(&ledger, order(&ledger), &[0, 1]);
    let other: mapae_ledger::Origin = "other.example".parse().unwrap();
    let refused = OrderError::OtherLedger { origin: ledger.origin() };
    assert_eq!(order.verify(&ledger.order_signers(), &other), Err(refused));
}

#[test]
fn signatures_made_apart_are_combined() {
    let ledger = Ledger::new();
    let (one, two) = (signed(&ledger, order(&ledger), &[0]), signed(&ledger, order(&ledger), &[2]));
    let both = Order::merge(&[one.clone(), two, one.clone()]).unwrap();
    assert_eq!(both.signed_by().unwrap().len(), 2);
    assert!(both.verify(&ledger.order_signers(), &ledger.origin()).is_ok());
    let mut other = order(&ledger);
    other.until = other.until - Duration::days(1);
    let other = signed(&ledger, other, &[1]);
    assert!(matches!(Order::merge(&[one, other]), Err(OrderError::OtherTerms { .. })));
    assert!(matches!(Order::merge(&[]), Err(OrderError::Nothing)));
}

/// Design D14: it stretches ages for named classes and days, and no further than status lists last.
#[test]
fn terms_that_no_order_may_have_are_refused() {
    let ledger = Ledger::new();
    let refused = |change: fn(&mut NewOrder)| {
        let mut order = order(&ledger);
        change(&mut order);
        order.prepare().map(drop)
    };
    assert_eq!(refused(|_| ()), Ok(()));
    assert_eq!(refused(|order| order.until = order.from + Duration::days(35)), Ok(()));
    assert!(matches!(refused(|o| o.until = o.from + Duration::days(36)), Err(OrderError::Term { .. })));
    assert!(matches!(refused(|o| o.until = o.from - Duration::seconds(1)), Err(OrderError::Term { .. })));
    assert_eq!(refused(|order| order.classes.clear()), Err(OrderError::Classes));
    assert_eq!(refused(|order| order.classes.push(order.classes[0].clone())), Err(OrderError::Classes));
    assert_eq!(refused(|order| order.classes[0].1 = Duration::days(70)), Ok(()));
    assert!(matches!(refused(|o| o.classes[0].1 = Duration::days(71)), Err(OrderError::Age { .. })));
}

/// A compromise always wins: what the order knows is refused, though the bundle is older than the theft.
#[test]
fn what_the_order_knows_as_compromised_is_refused() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let thief = world.pki.document.certificate.fingerprint();
    let harmless = signed(&ledger, order(&ledger), &[0, 1]);
    let under = store(&mut ledger, &mut world, &harmless);
    assert!(under.signer(&world.pki.document.chain(), Role::DocumentSigner, now()).is_ok());
    let mut knowing = order(&ledger);
    knowing.compromised = vec![thief];
    let knowing = signed(&ledger, knowing, &[0, 1]);
    // Even where the bundle said that the key had been destroyed.
    world.distrusted = vec![(thief, Distrust::CeasedAt(now()))];
    let under = store(&mut ledger, &mut world, &knowing);
    let refused = under.signer(&world.pki.document.chain(), Role::DocumentSigner, now());
    assert!(matches!(refused, Err(TrustError::Compromised { .. })));
}

/// A signer that the store had come to know before the order was there is asked for anew.
#[test]
fn what_was_known_before_the_order_is_judged_again() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let mut knowing = order(&ledger);
    knowing.compromised = vec![world.pki.document.certificate.fingerprint()];
    let knowing = signed(&ledger, knowing, &[0, 1]);
    let knowing = knowing.verify(&ledger.order_signers(), &ledger.origin()).unwrap();
    let harmless = signed(&ledger, order(&ledger), &[0, 1]);
    let under = store(&mut ledger, &mut world, &harmless);
    let chain = world.pki.document.chain();
    assert!(under.signer(&chain, Role::DocumentSigner, now()).is_ok());
    assert!(under.under(knowing).signer(&chain, Role::DocumentSigner, now()).is_err());
}

#[test]
fn every_changed_byte_makes_another_order_or_none() {
    let ledger = Ledger::new();
    let order = signed(&ledger, order(&ledger), &[0, 1]);
    for at in 0..order.as_bytes().len() {
        let mut altered = order.as_bytes().to_vec();
        altered[at] ^= 1;
        let verified = Order::parse(altered).and_then(|order| order.verify(&ledger.order_signers(), &ledger.origin()));
        assert!(verified.is_err(), "byte {at}");
    }
}

#[test]
fn a_majority_of_different_agencies_with_keys_of_their_own_signs_orders() {
    let keys = Ledger::new().order_signers().keys().to_vec();
    assert!(OrderSigners::new(2, keys.clone()).is_ok());
    assert!(OrderSigners::new(1, keys.clone()).is_err(), "no majority");
    assert!(OrderSigners::new(4, keys.clone()).is_err(), "more than there are");
    let twice = vec![keys[0].clone(), keys[0].clone(), keys[1].clone()];
    assert!(OrderSigners::new(2, twice).is_err(), "an agency twice");
    let borrowed = vec![keys[0].clone(), (keys[1].0.clone(), keys[0].1.clone()), keys[2].clone()];
    assert!(OrderSigners::new(2, borrowed).is_err(), "a key twice");
}
