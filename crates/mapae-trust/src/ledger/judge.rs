//! Whether an entry may stand next.

use core::fmt;

use mapae_ledger::TreeHash;
use mapae_types::Timestamp;

use super::{
    BundleStatement, CheckedEntry, LedgerState, PendingBundle, RuleError, SignedEntry, StateDigest, Statement,
    rules::{self, Effect},
    who,
};

/// That an entry may stand next in the state that judged it. Made by [`LedgerState::judge`] and [`PendingBundle`] only.
#[must_use = "what was admitted is not entered yet"]
pub struct Admission {
    after: StateDigest,
    leaf: TreeHash,
    statement_hash: [u8; 32],
    effect: Effect,
}

/// The answer of [`LedgerState::judge`].
#[derive(Debug)]
#[must_use = "what was admitted is not entered yet"]
pub enum Judged {
    /// The entry keeps the rules.
    Admitted(Admission),
    /// It keeps the rules if the bundle that it states follows from the entries.
    NeedsBundle(PendingBundle),
}

pub(super) fn judge(state: &LedgerState, checked: &CheckedEntry<'_>, latest: Timestamp) -> Result<Judged, RuleError> {
    let entry = checked.entry();
    check_place(state, entry)?;
    who::authorise(state, checked)?;
    not_later(entry.at(), latest)?;
    if state.stated.contains(entry.statement_hash()) {
        return Err(RuleError::StatedBefore);
    }
    let effect = rules::judge(state, checked, latest)?;
    let (after, leaf, statement_hash) = (state.digest, entry.leaf(), *entry.statement_hash());
    let admission = Admission { after, leaf, statement_hash, effect };
    match entry.statement() {
        Statement::Bundle(bundle) => needs_bundle(state, *bundle, admission),
        _ => Ok(Judged::Admitted(admission)),
    }
}

/// The founding is the first entry, and no other.
fn check_place(state: &LedgerState, entry: &SignedEntry) -> Result<(), RuleError> {
    let kind = entry.statement().kind();
    match (state.size, entry.statement()) {
        (0, Statement::Founding(_)) => Ok(()),
        (0, _) => Err(RuleError::NotFounded { kind }),
        (_, Statement::Founding(_)) => Err(RuleError::FoundedBefore),
        _ => Ok(()),
    }
}

/// Nothing is stated of times that have not come.
pub(super) fn not_later(time: Timestamp, latest: Timestamp) -> Result<(), RuleError> {
    if time <= latest { Ok(()) } else { Err(RuleError::FromFuture { time, latest }) }
}

fn needs_bundle(state: &LedgerState, bundle: BundleStatement, admission: Admission) -> Result<Judged, RuleError> {
    PendingBundle::new(state, bundle, admission).map(Judged::NeedsBundle)
}

impl Admission {
    pub(super) fn enter(self, state: &mut LedgerState) -> Result<u64, RuleError> {
        if state.digest != self.after {
            return Err(RuleError::Overtaken);
        }
        (self.effect)(state);
        let index = state.size;
        state.size += 1;
        state.digest = state.digest.then(&self.leaf);
        state.stated.insert(self.statement_hash);
        Ok(index)
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admission(after {:?})", self.after)
    }
}
