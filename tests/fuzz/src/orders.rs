//! Continuity orders.
#![expect(
    clippy::expect_used,
    reason = "constant input makes constant signers: if they cannot be made, no target can run"
)]

use mapae_cose::{Headers, UnsignedSign};
use mapae_crypto::{Algorithm, SigningKey};
use mapae_trust::{Age, Bundle, ContinuityOrder, GREATEST_AGE, LONGEST_ORDER, Names, NewOrder, Order, OrderSigners};
use mapae_types::{AgencyId, Duration};

use crate::{
    ledger::origin,
    parties::{now, parties, store},
};

/// The agencies that may sign, in order; two must.
const AGENCIES: [&str; 3] = ["interior", "police", "privacy"];

/// An agency and its key for orders.
pub fn signer(number: u8) -> (AgencyId, SigningKey) {
    let name = AGENCIES[usize::from(number)].parse().expect("a name of an agency");
    (name, SigningKey::from_scalar(&[20 + number; 32]).expect("a small scalar is below the order"))
}

fn signers() -> OrderSigners {
    let keys = (0..3).map(signer).map(|(agency, key)| (agency, key.public().clone()));
    OrderSigners::new(2, keys.collect()).expect("two of three different keys")
}

/// The one order that the agencies ever signed.
pub fn terms() -> NewOrder {
    let class = |name: &str, days| (name.parse().expect("a name of a class"), Duration::days(days));
    NewOrder {
        id: "2026-fire".parse().expect("an order's id"),
        reason: Names::new("전산실 화재", "A fire in the data centre").expect("two names"),
        origin: origin(),
        issued_at: now(),
        from: now(),
        until: now() + Duration::days(20),
        classes: vec![class("low", 60), class("substantial", 40)],
        compromised: vec![[0xdd; 32]],
    }
}

/// A file: it is believed only if it is the order that enough agencies signed.
pub fn order(data: &[u8]) -> bool {
    let Ok(order) = Order::parse(data) else { return false };
    assert_eq!(order.as_bytes(), data);
    if let Ok(merged) = Order::merge(&[order.clone(), order.clone()]) {
        assert_eq!(merged.unverified(), order.unverified());
        assert_eq!(merged.signed_by(), order.signed_by());
    }
    let Ok(verified) = order.verify(&signers(), &origin()) else { return false };
    assert_eq!(verified.terms(), &terms());
    assert!(verified.signed_by().len() >= 2);
    true
}

/// The inside of an order, which two agencies sign whatever it says: it stretches ages within bounds and shortens none.
pub fn order_payload(data: &[u8]) -> bool {
    let unsigned = UnsignedSign::new(&Headers::default().with_typ("application/mapae-order+cbor"), data);
    let sign = |number| {
        let (agency, key) = signer(number);
        let message = unsigned.to_be_signed(Algorithm::Es256, agency.as_str().as_bytes());
        (agency.to_string(), Algorithm::Es256, key.sign(&message).expect("a software key signs"))
    };
    let Ok(order) = Order::parse(unsigned.attach(vec![sign(0), sign(2)])) else { return false };
    let ledger = order.unverified().origin.clone();
    let verified = order.verify(&signers(), &ledger).expect("two of three have signed it for this ledger");
    keeps_its_bounds(&verified);
    true
}

fn keeps_its_bounds(order: &ContinuityOrder) {
    let terms = order.terms();
    assert!(terms.from <= terms.until && terms.from.age_at(terms.until) <= LONGEST_ORDER);
    for (class, age) in &terms.classes {
        assert!(*age <= GREATEST_AGE);
        assert_eq!(order.usable_for(class, terms.from), Some(*age));
        assert_eq!(order.usable_for(class, terms.until), Some(*age));
    }
    let bundle = Bundle::parse(store().file()).and_then(|bundle| bundle.verify(parties().bundle_key.public()));
    let under = bundle.expect("our own bundle verifies").under(order.clone());
    for (class, ages) in store().classes().iter() {
        let ordered = under.freshness(Some(class), terms.from);
        let usable = |age: Duration| ordered.map(|ages| ages.judge(terms.from - age, terms.from));
        assert!(!matches!(usable(ages.usable_for()), Some(Age::TooOld { .. })), "an age was shortened");
    }
    assert!(terms.compromised.iter().all(|signer| order.compromised().contains(signer)));
}
