//! Bundles that the trust ledger vouches for: drafts, proofs, and policies that follow each other.
#![expect(
    clippy::expect_used,
    reason = "constant input makes constant policies, and what was written here can be read: else no target can run"
)]

use std::sync::LazyLock;

use mapae_ledger::{SignatureType, TlogProof, TreeHead, leaf_hash};
use mapae_trust::{
    Bundle, BundleError, DraftBundle, TrustStore,
    ledger::{BundleStatement, PolicyStatement, Statement},
};
use mapae_types::Duration;

use crate::{
    entries::entry,
    ledger::{LogParty, WITNESS, cosigned_by, origin, party, policy, policy_text_of, signed},
    parties::{contents, now, store},
    trust::ask,
};

/// The witnesses of three policies, of which every reader holds the first.
pub static WITNESSES: [&LazyLock<LogParty>; 3] = [&WITNESS, &SECOND, &THIRD];
static SECOND: LazyLock<LogParty> = LazyLock::new(|| party("second.example", SignatureType::CosignatureV1, 3));
static THIRD: LazyLock<LogParty> = LazyLock::new(|| party("third.example", SignatureType::CosignatureV1, 4));

static DRAFT: LazyLock<DraftBundle> = LazyLock::new(draft);

/// Steps that are tried at all.
const STEPS: usize = 8;

/// One change of the policy, as a file claims it: to which policy, seen by whose witness, under which number.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The policy that is stated.
    pub policy: usize,
    /// The policy whose witness cosigned the tree that has it.
    pub cosigner: usize,
    /// Its generation.
    pub generation: u8,
}

/// The bundle of the scenes before it is in the log.
pub fn draft() -> DraftBundle {
    contents(now() - Duration::hours(1)).draft(&origin())
}

/// The draft as the only entry of a tree that a witness cosigned, after these steps.
pub fn sealed(draft: &DraftBundle, cosigner: usize, steps: &[Step]) -> Vec<u8> {
    let entry = entry(&Statement::Bundle(BundleStatement::new(draft.manifest_hash(), now())));
    let rotations: Vec<_> = steps.iter().map(|step| rotation(*step)).collect();
    draft.seal(&entry, &proof(&entry, cosigner), &rotations)
}

fn rotation(step: Step) -> (Vec<u8>, TlogProof) {
    let text = policy_text_of(WITNESSES[step.policy]);
    let statement = PolicyStatement::new(text, step.generation.into()).expect("a policy of one witness");
    let entry = entry(&Statement::Policy(statement));
    let proof = proof(&entry, step.cosigner);
    (entry, proof)
}

fn proof(entry: &[u8], cosigner: usize) -> TlogProof {
    let checkpoint = signed(TreeHead::new(1, leaf_hash(entry)));
    TlogProof::new(0, Vec::new(), cosigned_by(WITNESSES[cosigner], &checkpoint))
}

fn verified(file: impl Into<Vec<u8>>) -> Result<TrustStore, BundleError> {
    Bundle::parse(file)?.verify(policy())
}

/// A bundle: it is believed only if it says what the log's says.
pub fn logged_bundle(data: &[u8]) -> bool {
    let Ok(verified) = verified(data) else { return false };
    assert_eq!(verified.sealed_by().log(), Some(&origin()));
    assert_eq!(verified.as_of(), store().as_of());
    assert_eq!(verified.classes(), store().classes());
    assert_eq!((verified.issuers().len(), verified.status_lists().count(), verified.distrusted().count()), (1, 1, 2));
    assert!(verified.proven().is_some_and(|proven| !proven.cosigned().is_empty()));
    true
}

/// A draft, which the log takes whatever it says, and every question that its bundle can be asked.
pub fn draft_bundle(data: &[u8]) -> bool {
    let Ok(draft) = DraftBundle::parse(data) else { return false };
    assert_eq!(draft.as_bytes(), data);
    let sound = draft.check_lists().is_ok();
    let file = sealed(&draft, 0, &[]);
    let bundle = Bundle::parse(file.as_slice()).expect("a draft that is read makes a bundle that is read");
    let own = bundle.sealed_by().log() == Some(&origin());
    let store = bundle.verify(policy());
    assert!(store.is_ok() || !(sound && own), "a sound draft makes a sound bundle");
    let Ok(store) = store else { return false };
    assert!(own && store.as_of() == draft.as_of() && store.status_lists().count() == draft.status_lists().len());
    ask(&store);
    true
}

/// A byte for the bundle's cosigner, and three for each step before it. What is believed has a chain of policies from
/// the reader's own, each seen by the witness of the one before it; and a chain without a fault is believed.
pub fn bundle_rotations(data: &[u8]) -> bool {
    let Some((cosigner, steps)) = read(data) else { return false };
    let believed = verified(sealed(&DRAFT, cosigner, &steps));
    let newest = steps.last().map_or(0, |step| step.policy);
    if let Ok(store) = &believed {
        assert_eq!(newest, cosigner, "{steps:?}");
        assert_eq!(store.policy_generation(), steps.last().map_or(0, |step| step.generation.into()));
        assert!(leads_from_own(&steps), "{steps:?}");
    }
    let sound = newest == cosigner && follows(0, 0, &steps);
    assert!(believed.is_ok() || !sound, "{steps:?}");
    believed.is_ok()
}

fn read(data: &[u8]) -> Option<(usize, Vec<Step>)> {
    let (cosigner, steps) = data.split_first()?;
    let witness = |byte: u8| Some(usize::from(byte)).filter(|number| *number < WITNESSES.len());
    let (steps, []) = steps.as_chunks::<3>() else { return None };
    let step = |[policy, cosigner, generation]: &[u8; 3]| {
        Some(Step { policy: witness(*policy)?, cosigner: witness(*cosigner)?, generation: *generation })
    };
    let steps = steps.iter().map(step).collect::<Option<Vec<_>>>()?;
    Some((witness(*cosigner)?, steps)).filter(|(_, steps)| steps.len() <= STEPS)
}

/// Whether each step is seen by the policy before it, under a greater number.
fn follows(policy: usize, generation: u8, steps: &[Step]) -> bool {
    let mut before = (policy, generation);
    steps.iter().all(|step| {
        let sound = step.cosigner == before.0 && step.generation > before.1;
        before = (step.policy, step.generation);
        sound
    })
}

/// Whether there is such a chain from the start, or from a step that states the reader's own policy.
fn leads_from_own(steps: &[Step]) -> bool {
    let own = steps.iter().enumerate().filter(|(_, step)| step.policy == 0);
    follows(0, 0, steps) || own.into_iter().any(|(at, step)| follows(0, step.generation, &steps[at + 1..]))
}
