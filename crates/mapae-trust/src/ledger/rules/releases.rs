//! Rules of releases: several of one program stand side by side until they are withdrawn.

use super::{Hearing, Ruling, check_owner, effect, entered_before, must_be};
use crate::{
    MAX_SOFTWARE,
    ledger::{EnteredRelease, Fingerprint, Kind, LedgerState, Release, Right, RuleError},
};

/// A hash stands for one release, and a program is one agency's as long as any of its releases is in force.
pub(super) fn enter(state: &LedgerState, release: &Release, hearing: &Hearing<'_>) -> Ruling {
    let sha256 = release.sha256();
    if state.releases.contains_key(&sha256) {
        return Err(entered_before(Kind::Release, &sha256));
    }
    let namesakes = state.releases.values().filter(|known| known.release.name() == release.name());
    namesakes.into_iter().try_for_each(|known| check_owner(state, &known.by, Right::Release, hearing))?;
    if state.releases.len() >= MAX_SOFTWARE {
        return Err(RuleError::ReleasesFull { limit: MAX_SOFTWARE });
    }
    let entered = EnteredRelease { release: release.clone(), by: hearing.by.clone() };
    effect(move |state| {
        state.releases.insert(sha256, entered);
    })
}

pub(super) fn withdraw(state: &LedgerState, sha256: Fingerprint, hearing: &Hearing<'_>) -> Ruling {
    let known = must_be(state.releases.get(&sha256), Kind::Release, &sha256)?;
    check_owner(state, &known.by, Right::Release, hearing)?;
    effect(move |state| {
        state.releases.remove(&sha256);
    })
}
