//! Rules of what several agencies state together.

use mapae_types::AgencyId;

use super::{Effect, Ruling, effect, must_be};
use crate::{
    OrderSigners,
    ledger::{Agency, Founding, Kind, LedgerState, PolicyStatement, RuleError},
};

pub(super) fn found(founding: &Founding) -> Effect {
    let founding = founding.clone();
    Box::new(move |state| {
        state.policy = Some(founding.policy().clone());
        state.agencies = founding.agencies().iter().map(|agency| (agency.id.clone(), agency.clone())).collect();
    })
}

/// An agency joins, or its key, names and rights change.
pub(super) fn enter(state: &LedgerState, agency: &Agency) -> Ruling {
    // A key that two agencies have would let the one sign for the other, and count twice.
    if let Some(other) = state.agencies.values().find(|other| other.key == agency.key && other.id != agency.id) {
        return Err(RuleError::KeyTaken { agency: other.id.clone() });
    }
    let agency = agency.clone();
    effect(move |state| {
        state.agencies.insert(agency.id.clone(), agency);
    })
}

pub(super) fn withdraw(state: &LedgerState, id: &AgencyId) -> Ruling {
    must_be(state.agencies.get(id), Kind::Agency, id)?;
    if state.agencies.len() == 1 {
        return Err(RuleError::LastAgency { agency: id.clone() });
    }
    let id = id.clone();
    effect(move |state| {
        state.agencies.remove(&id);
    })
}

/// Generations follow each other without a gap, so that a reader who is shown some of the policies notices.
pub(super) fn policy(state: &LedgerState, policy: &PolicyStatement) -> Ruling {
    let expected = state.policy_generation() + 1;
    if policy.generation() != expected {
        return Err(RuleError::Generation { expected, found: policy.generation() });
    }
    match state.origin() {
        Some(expected) if expected != policy.origin() => {
            return Err(RuleError::OtherLog { expected, found: policy.origin() });
        }
        _ => {}
    }
    let policy = policy.clone();
    effect(move |state| state.policy = Some(policy))
}

/// Only agencies in force may be named.
pub(super) fn order_signers(state: &LedgerState, signers: &OrderSigners) -> Ruling {
    if let Some((stranger, _)) = signers.keys().iter().find(|(agency, _)| !state.agencies.contains_key(agency)) {
        return Err(RuleError::NotAgency { agency: stranger.clone() });
    }
    let signers = signers.clone();
    effect(move |state| state.order_signers = Some(signers))
}
