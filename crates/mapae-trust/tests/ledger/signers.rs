//! Who must have signed: founders, a majority, or the one agency that has the right.

use mapae_crypto::SigningKey;
use mapae_trust::ledger::{
    Catalogue, Change, Distrusted, Fingerprint, Kind, PolicyStatement, Right, RuleError, SignerListing,
    SignerStatement, Statement,
};
use mapae_trust::{Classes, Distrust, OrderSigners};
use testkit::now;

use super::{
    code,
    scene::{ALL, ONE, ORIGIN, Scene, TWO, agency, entry, entry_with, founding, id, issuer, key, policy},
};

fn catalogue() -> Statement {
    Statement::Catalogue(Catalogue { version: 1, sha256: [1; 32] })
}

/// One statement that the scene would admit of each kind that an agency states alone and that needs nothing else.
fn alone(scene: &Scene) -> Vec<Statement> {
    vec![
        issuer(&testkit::Pki::new(9, "KR"), SignerListing::Any),
        Statement::Signer(SignerStatement { certificate: scene.pki.document.certificate.clone() }),
        Statement::Distrust(Distrusted { signer: Fingerprint([1; 32]), distrust: Distrust::Compromised }),
        catalogue(),
        scene.registrar(),
        scene.status(),
        Statement::Freshness(Classes::standard().unwrap()),
    ]
}

#[test]
fn one_agency_states_alone_what_it_has_the_right_to() {
    let scene = Scene::with_issuer();
    for statement in alone(&scene) {
        assert_eq!(scene.code(&statement, ONE), "admitted", "{}", statement.kind());
    }
}

#[test]
fn an_agency_without_the_right_is_refused() {
    let scene = Scene::with_issuer();
    for statement in alone(&scene) {
        let right = statement.kind().right().unwrap();
        let refused = RuleError::NoRight { agency: id("court"), right };
        assert_eq!(scene.refusal(&statement, &["court"]), refused, "{}", statement.kind());
    }
}

#[test]
fn every_kind_takes_a_right_or_several_agencies() {
    let several = [Kind::Founding, Kind::Agency, Kind::Policy, Kind::OrderSigners];
    for kind in Kind::ALL {
        assert_eq!(kind.right().is_none(), several.contains(&kind), "{kind}");
        assert_eq!(kind.as_str().parse(), Ok(kind));
        let named_like_it = kind.right().map(Right::as_str);
        assert!(kind == Kind::Reader || named_like_it.is_none_or(|name| name == kind.as_str()), "{kind}");
    }
    for right in Right::ALL {
        assert_eq!(right.as_str().parse(), Ok(right));
    }
}

#[test]
fn what_one_states_alone_is_not_signed_by_two() {
    let refused = RuleError::NotOneSigner { signed: 2 };
    assert_eq!(Scene::founded().refusal(&catalogue(), TWO), refused);
}

#[test]
fn a_majority_states_who_is_an_agency_and_what_the_policy_is() {
    let scene = Scene::founded();
    let signers = ALL.map(|name| (id(name), key(&format!("{name} order")).public().clone()));
    for statement in [
        Statement::Agency(Change::Enter(agency("tax", &[]))),
        Statement::Agency(Change::Withdraw(id("court"))),
        Statement::Policy(PolicyStatement::new(policy(ORIGIN, 20, 2), 1).unwrap()),
        Statement::OrderSigners(OrderSigners::new(2, signers.to_vec()).unwrap()),
    ] {
        assert_eq!(scene.code(&statement, TWO), "admitted", "{}", statement.kind());
        let refused = RuleError::TooFewSigners { signed: 1, needed: 2 };
        assert_eq!(scene.refusal(&statement, ONE), refused, "{}", statement.kind());
    }
}

#[test]
fn two_of_four_are_no_majority() {
    let mut scene = Scene::founded();
    scene.enter(&Statement::Agency(Change::Enter(agency("tax", &[]))), TWO);
    let leaves = Statement::Agency(Change::Withdraw(id("tax")));
    assert_eq!(scene.refusal(&leaves, TWO), RuleError::TooFewSigners { signed: 2, needed: 3 });
    assert_eq!(scene.code(&leaves, &ALL), "admitted");
}

#[test]
fn who_is_no_agency_is_refused_also_beside_a_majority() {
    let scene = Scene::founded();
    let refused = RuleError::NotAgency { agency: id("mallory") };
    assert_eq!(scene.refusal(&catalogue(), &["mallory"]), refused);
    let leaves = Statement::Agency(Change::Withdraw(id("police")));
    assert_eq!(scene.refusal(&leaves, &["court", "interior", "mallory"]), refused);
}

#[test]
fn a_signature_by_another_key_is_refused_also_beside_a_majority() {
    let scene = Scene::founded();
    let refused = |agency: &str| RuleError::SignatureInvalid { agency: id(agency) };
    let forged = entry_with(&catalogue(), now(), &[("interior", key("mallory"))]);
    assert_eq!(scene.state.judge(&forged, now()).unwrap_err(), refused("interior"));
    let leaves = Statement::Agency(Change::Withdraw(id("police")));
    let signers = [("court", key("court")), ("interior", key("interior")), ("police", key("mallory"))];
    assert_eq!(scene.state.judge(&entry_with(&leaves, now(), &signers), now()).unwrap_err(), refused("police"));
}

#[test]
fn one_agencys_signature_does_not_count_for_another() {
    let scene = Scene::founded();
    let unsigned = catalogue().prepare(now());
    // Police signs in its own name; the name is part of what is signed.
    let signature = key("interior").sign(&unsigned.to_be_signed(&id("police"))).unwrap();
    let entry = mapae_trust::ledger::SignedEntry::parse(&unsigned.attach(vec![(id("interior"), signature)])).unwrap();
    assert_eq!(code(scene.state.judge(&entry, now())), "signature_invalid");
}

#[test]
fn all_founders_sign_the_founding() {
    let scene = Scene::unfounded();
    assert_eq!(scene.code(&founding(), &ALL), "admitted");
    assert_eq!(scene.refusal(&founding(), TWO), RuleError::FounderMissing { agency: id("police") });
}

#[test]
fn nobody_but_the_founders_signs_the_founding() {
    let all: Vec<(&str, SigningKey)> = ALL.into_iter().chain(["tax"]).map(|name| (name, key(name))).collect();
    let founded = entry_with(&founding(), now(), &all);
    let refused = Scene::unfounded().state.judge(&founded, now()).unwrap_err();
    assert_eq!(refused, RuleError::NotAgency { agency: id("tax") });
}

#[test]
fn an_agency_that_left_signs_nothing_more() {
    let mut scene = Scene::founded();
    let issuer = issuer(&scene.pki, SignerListing::Any);
    assert_eq!(scene.code(&issuer, &["police"]), "admitted");
    scene.enter(&Statement::Agency(Change::Withdraw(id("police"))), TWO);
    assert_eq!(scene.refusal(&issuer, &["police"]), RuleError::NotAgency { agency: id("police") });
}

#[test]
fn signatures_may_be_checked_before_their_turn_if_the_key_is_still_in_force() {
    let mut scene = Scene::founded();
    let waiting = entry(&issuer(&scene.pki, SignerListing::Any), now(), &["police"]);
    let checked = scene.state.check(&waiting).unwrap();
    assert_eq!(checked.entry().leaf(), waiting.leaf());
    scene.enter(&catalogue(), ONE);
    assert_eq!(code(scene.state.judge_checked(&checked, now())), "admitted");
    let mut rotated = agency("police", &Right::ALL);
    rotated.key = key("police, later").public().clone();
    scene.enter(&Statement::Agency(Change::Enter(rotated)), TWO);
    assert_eq!(code(scene.state.judge_checked(&checked, now())), "signature_invalid");
    scene.enter(&Statement::Agency(Change::Withdraw(id("police"))), TWO);
    assert_eq!(code(scene.state.judge_checked(&checked, now())), "not_agency");
}
