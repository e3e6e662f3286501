//! Founding, joining, leaving, policies, and who may sign orders.

use mapae_trust::OrderSigners;
use mapae_trust::ledger::{
    Catalogue, Change, EntryError, Founding, Kind, PolicyStatement, Right, RuleError, SignerListing, Statement,
};

use super::scene::{ALL, ONE, ORIGIN, Scene, TWO, agencies, agency, founding, id, issuer, key, policy};

fn changed(generation: u64) -> Statement {
    Statement::Policy(PolicyStatement::new(policy(ORIGIN, 20, 3), generation).unwrap())
}

fn leaves(name: &str) -> Statement {
    Statement::Agency(Change::Withdraw(id(name)))
}

#[test]
fn a_ledger_begins_with_its_founding() {
    let scene = Scene::founded();
    let names: Vec<String> = scene.state.agencies().keys().map(ToString::to_string).collect();
    assert_eq!(names, ALL);
    assert_eq!(scene.state.policy(), Some(policy(ORIGIN, 10, 2).as_str()));
    assert_eq!((scene.state.policy_generation(), scene.state.size()), (0, 1));
    assert_eq!(scene.state.origin().unwrap().as_str(), ORIGIN);
    assert_eq!(scene.state.majority_policy().unwrap().threshold(), 2);
}

#[test]
fn nothing_is_stated_before_the_founding() {
    let catalogue = Statement::Catalogue(Catalogue { version: 1, sha256: [1; 32] });
    let refused = Scene::unfounded().judge(&catalogue, ONE);
    // Nobody is an agency yet; and even a majority of none has nothing to state.
    assert_eq!(refused.unwrap_err(), RuleError::NotAgency { agency: id("interior") });
    let scene = Scene::founded();
    let entry = super::scene::entry(&catalogue, testkit::now(), ONE);
    let checked = scene.state.check(&entry).unwrap();
    let unfounded = Scene::unfounded().state.judge_checked(&checked, testkit::now());
    assert_eq!(unfounded.unwrap_err(), RuleError::NotFounded { kind: Kind::Catalogue });
}

#[test]
fn a_ledger_is_founded_once() {
    assert_eq!(Scene::founded().refusal(&founding(), &ALL), RuleError::FoundedBefore);
}

#[test]
fn founders_have_ids_and_keys_of_their_own() {
    let found = |agencies| Founding::new(agencies, &policy(ORIGIN, 10, 2));
    let mut same_key = agencies();
    same_key[0].key = same_key[1].key.clone();
    let mut again = agency("court", &[Right::Order]);
    again.key = key("court, later").public().clone();
    let same_id = [agencies(), vec![again]].concat();
    let many = (0..65).map(|number| agency(&format!("a{number}"), &[])).collect();
    for founders in [vec![], same_key, same_id, many] {
        assert_eq!(found(founders), Err(EntryError::Founders));
    }
    let one = found(vec![agency("court", &[])]).unwrap();
    assert_eq!(one.agencies().len(), 1);
}

#[test]
fn founders_agree_on_a_policy_that_loads() {
    let minority = policy(ORIGIN, 10, 1);
    assert!(matches!(Founding::new(agencies(), &minority), Err(EntryError::Policy(_))));
}

#[test]
fn an_agency_joins_changes_and_leaves() {
    let mut scene = Scene::founded();
    scene.enter(&Statement::Agency(Change::Enter(agency("tax", &[Right::Catalogue]))), TWO);
    let catalogue = Statement::Catalogue(Catalogue { version: 1, sha256: [1; 32] });
    assert_eq!(scene.code(&catalogue, &["tax"]), "admitted");
    scene.enter(&Statement::Agency(Change::Enter(agency("tax", &[]))), &ALL);
    assert_eq!(scene.code(&catalogue, &["tax"]), "no_right");
    scene.enter(&leaves("tax"), &ALL);
    assert_eq!(scene.state.agencies().len(), 3);
}

#[test]
fn an_agency_that_is_none_cannot_leave() {
    let refused = RuleError::NotEntered { kind: Kind::Agency, key: "tax".into() };
    assert_eq!(Scene::founded().refusal(&leaves("tax"), TWO), refused);
}

#[test]
fn the_last_agency_stays() {
    let mut scene = Scene::founded();
    scene.enter(&leaves("court"), &ALL);
    scene.enter(&leaves("police"), &["interior", "police"]);
    assert_eq!(scene.refusal(&leaves("interior"), ONE), RuleError::LastAgency { agency: id("interior") });
}

#[test]
fn two_agencies_do_not_share_a_key() {
    let scene = Scene::founded();
    let mut copy = agency("tax", &[]);
    copy.key = key("court").public().clone();
    let refused = RuleError::KeyTaken { agency: id("court") };
    assert_eq!(scene.refusal(&Statement::Agency(Change::Enter(copy)), TWO), refused);
    let same = Statement::Agency(Change::Enter(agency("court", &[Right::Order])));
    assert_eq!(scene.code(&same, TWO), "admitted", "its own key it keeps");
}

#[test]
fn a_policy_follows_the_last_one() {
    let mut scene = Scene::founded();
    for generation in [0, 2, 3] {
        let refused = RuleError::Generation { expected: 1, found: generation };
        assert_eq!(scene.refusal(&changed(generation), TWO), refused);
    }
    scene.enter(&changed(1), TWO);
    assert_eq!(scene.state.policy_generation(), 1);
    assert_eq!(scene.state.majority_policy().unwrap().threshold(), 3);
    assert_eq!(scene.refusal(&changed(1), &["interior", "police"]), RuleError::StatedBefore);
    assert_eq!(scene.code(&changed(2), TWO), "admitted");
}

#[test]
fn a_policy_is_of_the_same_log() {
    let other = Statement::Policy(PolicyStatement::new(policy("other.example", 20, 2), 1).unwrap());
    let refused = Scene::founded().refusal(&other, TWO);
    let expected = RuleError::OtherLog { expected: ORIGIN.parse().unwrap(), found: "other.example".parse().unwrap() };
    assert_eq!(refused, expected);
}

#[test]
fn orders_are_signed_for_agencies_in_force() {
    let mut scene = Scene::founded();
    let signers = |names: &[&str]| {
        let keys = names.iter().map(|name| (id(name), key(&format!("{name} order")).public().clone())).collect();
        OrderSigners::new(2, keys).unwrap()
    };
    let stranger = Statement::OrderSigners(signers(&["court", "interior", "tax"]));
    assert_eq!(scene.refusal(&stranger, TWO), RuleError::NotAgency { agency: id("tax") });
    scene.enter(&Statement::OrderSigners(signers(&ALL)), TWO);
    assert_eq!(scene.state.order_signers(), Some(&signers(&ALL)));
}

#[test]
fn who_takes_over_from_an_agency_that_left_may_change_what_it_entered() {
    let mut scene = Scene::founded();
    scene.enter(&issuer(&scene.pki, SignerListing::Listed), &["police"]);
    let any = issuer(&scene.pki, SignerListing::Any);
    let refused = RuleError::NotOwner { agency: id("interior"), owner: id("police") };
    assert_eq!(scene.refusal(&any, ONE), refused);
    scene.enter(&Statement::Agency(Change::Enter(agency("police", &[]))), TWO);
    assert_eq!(scene.code(&any, ONE), "admitted", "police may enter issuers no more");
    scene.enter(&leaves("police"), TWO);
    scene.enter(&any, ONE);
    assert_eq!(scene.state.issuers()[&scene.root()].by, id("interior"));
}
