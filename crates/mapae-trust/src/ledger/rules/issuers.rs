//! Rules of issuers, their signers, status lists and journals.

use std::collections::BTreeSet;

use mapae_types::{Duration, Timestamp};
use mapae_x509::{Role, TrustAnchor, VerifiedSigner, X509Error};

use super::{Hearing, Ruling, below, effect, entered_before, must_be, not_entered, root_of};
use crate::{
    Distrust,
    ledger::{
        Distrusted, EnteredIssuer, Fingerprint, Issuer, Journal, Kind, LedgerState, Right, RuleError, SignerStatement,
        StatusLocation, judge::not_later,
    },
};

/// What a signer below an issuer's root may be.
const ROLES: [Role; 3] = [Role::DocumentSigner, Role::SdJwtSigner, Role::StatusSigner];

/// A root that is entered changes; another of its name is a renewed one, and both are one agency's.
pub(super) fn enter(state: &LedgerState, issuer: &Issuer, hearing: &Hearing<'_>) -> Ruling {
    let root = Fingerprint::from(issuer.root.certificate());
    // ISO/IEC 18013-5 Annex B: a link leads from one root to another of the same name. Whose name it is decides who may
    // make one that readers follow.
    let name = |root: &TrustAnchor| root.certificate().subject_der().to_vec();
    let namesakes = state.issuers.values().filter(|known| name(&known.issuer.root) == name(&issuer.root));
    namesakes.into_iter().try_for_each(|known| check_owner(state, known, hearing))?;
    let (issuer, by) = (issuer.clone(), hearing.by.clone());
    effect(move |state| {
        let signers = state.issuers.remove(&root).map_or_else(BTreeSet::new, |known| known.signers);
        state.issuers.insert(root, EnteredIssuer { issuer, by, signers });
    })
}

/// Its signers and the places of its status lists go with it.
pub(super) fn withdraw(state: &LedgerState, root: Fingerprint, hearing: &Hearing<'_>) -> Ruling {
    check_owner(state, must_be(state.issuers.get(&root), Kind::Issuer, &root)?, hearing)?;
    effect(move |state| {
        state.issuers.remove(&root);
        state.status.retain(|_, of| *of != root);
    })
}

fn check_owner(state: &LedgerState, known: &EnteredIssuer, hearing: &Hearing<'_>) -> Result<(), RuleError> {
    super::check_owner(state, &known.by, Right::Issuer, hearing)
}

pub(super) fn signer(state: &LedgerState, stated: &SignerStatement, hearing: &Hearing<'_>) -> Ruling {
    let signer = Fingerprint::from(&stated.certificate);
    // D11: compromised is final. One that ceased may be entered (again), for what it signed before.
    if state.distrusted.get(&signer) == Some(&Distrust::Compromised) {
        return Err(RuleError::CompromiseIsFinal { signer });
    }
    let root = root_of(&below_an_issuer(state, stated, hearing.at)?);
    let known = must_be(state.issuers.get(&root), Kind::Issuer, &root)?;
    if known.signers.contains(&signer) {
        return Err(entered_before(Kind::Signer, &signer));
    }
    effect(move |state| {
        if let Some(issuer) = state.issuers.get_mut(&root) {
            issuer.signers.insert(signer);
        }
    })
}

/// In one of the roles. The reason given is that of the role which the certificate has, if it has any.
fn below_an_issuer(state: &LedgerState, stated: &SignerStatement, at: Timestamp) -> Result<VerifiedSigner, X509Error> {
    let mut refusal = X509Error::ChainEmpty;
    for role in ROLES {
        let roots = state.issuers.values().map(|known| &known.issuer.root);
        match below(roots, &stated.certificate, role, at) {
            Ok(verified) => return Ok(verified),
            Err(error @ X509Error::PurposeForbids { .. }) if refusal == X509Error::ChainEmpty => refusal = error,
            Err(X509Error::PurposeForbids { .. }) => {}
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

/// D11: a signer ceases, ceased earlier than was known, or is compromised; never the other way.
pub(super) fn distrust(state: &LedgerState, stated: &Distrusted, hearing: &Hearing<'_>) -> Ruling {
    let Distrusted { signer, distrust } = *stated;
    match (state.distrusted.get(&signer), distrust) {
        (Some(Distrust::Compromised), _) => return Err(RuleError::CompromiseIsFinal { signer }),
        (Some(Distrust::CeasedAt(before)), Distrust::CeasedAt(now)) if now >= *before => {
            return Err(RuleError::CeasedBefore { signer, before: *before });
        }
        _ => {}
    }
    let at = hearing.at;
    effect(move |state| {
        state.distrusted.insert(signer, distrust);
        if distrust == Distrust::Compromised {
            state.compromised.insert(signer, at);
        }
    })
}

/// Two issuers share no place, lest the one publish the other's status.
pub(super) fn status(state: &LedgerState, location: &StatusLocation) -> Ruling {
    let (prefix, root) = (location.prefix().to_owned(), location.root());
    must_be(state.issuers.get(&root), Kind::Issuer, &root)?;
    if state.status.contains_key(&prefix) {
        return Err(entered_before(Kind::Status, &prefix));
    }
    let overlaps = |other: &str| prefix.starts_with(other) || other.starts_with(&prefix);
    if let Some((other, _)) = state.status.iter().find(|(other, of)| **of != root && overlaps(other)) {
        return Err(RuleError::PrefixOverlaps { prefix, other: other.clone() });
    }
    effect(move |state| {
        state.status.insert(prefix, root);
    })
}

pub(super) fn withdraw_status(state: &LedgerState, prefix: &str) -> Ruling {
    must_be(state.status.get(prefix), Kind::Status, prefix)?;
    let prefix = prefix.to_owned();
    effect(move |state| {
        state.status.remove(&prefix);
    })
}

/// Each day is stated once, after it began, by the agency whose issuer it is; nothing that was issued is taken back.
pub(super) fn journal(state: &LedgerState, stated: &Journal, hearing: &Hearing<'_>) -> Ruling {
    let Journal { issuer, day, count, .. } = *stated;
    check_owner(state, must_be(state.issuers.get(&issuer), Kind::Issuer, &issuer)?, hearing)?;
    not_later(beginning(day).ok_or_else(|| not_entered(Kind::Journal, &day))?, hearing.latest)?;
    if let Some(before) = state.journals.get(&issuer) {
        if day <= before.day {
            return Err(RuleError::NotLater { kind: Kind::Journal, last: before.day, stated: day });
        }
        if count < before.count {
            return Err(RuleError::CountFell { issuer, before: before.count, count });
        }
    }
    let stated = *stated;
    effect(move |state| {
        state.journals.insert(issuer, stated);
    })
}

fn beginning(day: u64) -> Option<Timestamp> {
    let seconds = i64::try_from(day).ok()?.checked_mul(Duration::days(1).as_seconds())?;
    Timestamp::from_unix(seconds).ok()
}
