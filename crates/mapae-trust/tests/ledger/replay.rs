//! The same entries make the same state everywhere, one after the other.

use mapae_ledger::TreeHash;
use mapae_trust::ledger::{
    Catalogue, Change, Distrusted, Fingerprint, Journal, LedgerState, PolicyStatement, ReaderDevice, RuleError,
    SignedEntry, SignerStatement, StateDigest, Statement,
};
use mapae_trust::{Classes, Distrust};
use mapae_types::Duration;
use testkit::now;

use super::scene::{ALL, ONE, ORIGIN, Scene, TWO, admitted, agency, entry, founding, id, policy};

/// A short history with something of most kinds.
fn history() -> Vec<SignedEntry> {
    let scene = Scene::unfounded();
    let root = scene.root();
    let reader = ReaderDevice { relying_party: "shop".parse().unwrap(), certificate: scene.access(2) };
    let signer = Statement::Signer(SignerStatement { certificate: scene.pki.document.certificate.clone() });
    let ceased = Distrusted { signer: Fingerprint([5; 32]), distrust: Distrust::CeasedAt(now()) };
    let steps: Vec<(Statement, &[&str])> = vec![
        (founding(), &ALL),
        (scene.issuer(), ONE),
        (signer, ONE),
        (scene.status(), ONE),
        (Statement::Freshness(Classes::standard().unwrap()), ONE),
        (scene.registrar(), ONE),
        (scene.shop("shop", 1), ONE),
        (Statement::Reader(Change::Enter(reader)), ONE),
        (Statement::Distrust(ceased), ONE),
        (Statement::Catalogue(Catalogue { version: 3, sha256: [3; 32] }), ONE),
        (Statement::Agency(Change::Enter(agency("tax", &[]))), TWO),
        (Statement::Policy(PolicyStatement::new(policy(ORIGIN, 30, 3), 1).unwrap()), &ALL),
        (Statement::Agency(Change::Withdraw(id("tax"))), &ALL),
        (Statement::Journal(Journal { issuer: root, day: 20_000, count: 9, root: TreeHash::EMPTY }), ONE),
        (Statement::RelyingParty(Change::Withdraw("shop".parse().unwrap())), ONE),
    ];
    let at = |step: usize| now() - Duration::seconds(60) + Duration::seconds(i64::try_from(step).unwrap());
    steps.iter().enumerate().map(|(step, (statement, signers))| entry(statement, at(step), signers)).collect()
}

fn enter(state: &mut LedgerState, entry: &SignedEntry) -> Result<u64, RuleError> {
    let admission = admitted(state.judge(entry, now())?);
    state.enter(admission)
}

fn replayed(entries: &[SignedEntry]) -> LedgerState {
    let mut state = LedgerState::new();
    for (index, entry) in (0..).zip(entries) {
        assert_eq!(enter(&mut state, entry), Ok(index), "{:?}", entry.statement().kind());
    }
    state
}

#[test]
fn the_same_entries_make_the_same_state() {
    let entries = history();
    let state = replayed(&entries);
    let copies: Vec<SignedEntry> = entries.iter().map(|entry| SignedEntry::parse(entry.bytes()).unwrap()).collect();
    assert_eq!(replayed(&copies), state);
    assert_eq!(state.size(), entries.len() as u64);
    assert_eq!((state.agencies().len(), state.policy_generation(), state.issuers().len()), (3, 1, 1));
}

#[test]
fn each_entry_changes_the_state_and_its_digest() {
    let entries = history();
    let mut states = vec![LedgerState::new()];
    for entry in &entries {
        let mut next = states[states.len() - 1].clone();
        enter(&mut next, entry).unwrap();
        assert!(!states.contains(&next), "{:?}", entry.statement().kind());
        states.push(next);
    }
    let digests: std::collections::HashSet<StateDigest> = states.iter().map(LedgerState::digest).collect();
    assert_eq!(digests.len(), states.len());
    assert_eq!(states[0].digest().as_bytes(), &[0; 32]);
}

#[test]
fn an_entry_that_is_refused_changes_nothing() {
    let entries = history();
    let mut state = replayed(&entries);
    let before = state.clone();
    for entry in &entries {
        assert!(enter(&mut state, entry).is_err(), "{:?}", entry.statement().kind());
    }
    assert_eq!(state, before);
}

#[test]
fn what_was_judged_before_another_entry_came_in_is_not_entered() {
    let mut scene = Scene::founded();
    let catalogue = |version| Statement::Catalogue(Catalogue { version, sha256: [1; 32] });
    let (slow, fast) = (scene.judge(&catalogue(1), ONE), scene.judge(&catalogue(2), ONE));
    assert_eq!(scene.state.enter(admitted(fast.unwrap())), Ok(1));
    let before = scene.state.clone();
    assert_eq!(scene.state.enter(admitted(slow.unwrap())), Err(RuleError::Overtaken));
    assert_eq!(scene.state, before);
}

#[test]
fn what_one_ledger_admitted_another_does_not_enter() {
    let scene = Scene::founded();
    let statement = Statement::Catalogue(Catalogue { version: 1, sha256: [1; 32] });
    let admission = admitted(scene.judge(&statement, ONE).unwrap());
    // Founded by the same agencies with the same words, but it is another entry.
    let mut other = Scene::founded();
    assert_eq!(other.state.enter(admission), Err(RuleError::Overtaken));
}
