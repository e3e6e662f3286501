//! Rules of catalogues, ages, bundles and continuity orders.

use mapae_types::Timestamp;

use super::{Effect, Hearing, Ruling, effect, entered_before};
use crate::{
    Classes,
    ledger::{BundleStatement, Catalogue, Kind, LedgerState, OrderStatement, RuleError, judge::not_later},
};

pub(super) fn catalogue(state: &LedgerState, catalogue: &Catalogue) -> Ruling {
    let (last, stated) = (state.catalogue.map(|known| known.version), catalogue.version);
    must_grow(Kind::Catalogue, last, stated)?;
    let catalogue = *catalogue;
    effect(move |state| state.catalogue = Some(catalogue))
}

pub(super) fn freshness(classes: &Classes) -> Effect {
    let classes = classes.clone();
    Box::new(move |state| state.classes = Some(classes))
}

/// Whether the manifest follows from the entries is asked by [`crate::ledger::PendingBundle`], which has the draft.
pub(super) fn bundle(state: &LedgerState, bundle: &BundleStatement, hearing: &Hearing<'_>) -> Ruling {
    not_later(bundle.as_of(), hearing.latest)?;
    let seconds = |time: Timestamp| time.unix().unsigned_abs();
    must_grow(Kind::Bundle, state.bundle.map(|last| seconds(last.as_of())), seconds(bundle.as_of()))?;
    let bundle = *bundle;
    effect(move |state| state.bundle = Some(bundle))
}

/// D14: an order is logged when there is a log again. It rests on its own signatures, and names all whom the ledger
/// knew as compromised when it was decided; what became known later, the bundle says.
pub(super) fn order(state: &LedgerState, stated: &OrderStatement) -> Ruling {
    let (Some(signers), Some(origin)) = (&state.order_signers, state.origin()) else {
        return Err(RuleError::OrderSignersMissing);
    };
    let order = stated.order().verify(signers, &origin)?;
    // Verdicts name the order that they rest on: a name stands for one.
    if state.orders.iter().any(|known| known.order().unverified().id == *order.id()) {
        return Err(entered_before(Kind::Order, order.id()));
    }
    let known = state.compromised.iter().filter(|(_, at)| **at <= order.terms().issued_at);
    if let Some((signer, _)) = known.into_iter().find(|(signer, _)| !order.compromised().contains(&signer.0)) {
        return Err(RuleError::OrderForgets { signer: *signer });
    }
    let stated = stated.clone();
    effect(move |state| state.orders.push(stated))
}

fn must_grow(kind: Kind, last: Option<u64>, stated: u64) -> Result<(), RuleError> {
    match last {
        Some(last) if stated <= last => Err(RuleError::NotLater { kind, last, stated }),
        _ => Ok(()),
    }
}
