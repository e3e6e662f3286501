//! Who signed an entry, and who must have.

use mapae_crypto::PublicKey;
use mapae_types::AgencyId;

use super::{Founding, LedgerState, Right, RuleError, SignedEntry, Statement};

/// That the signatures of an entry are those of agencies. Made by [`LedgerState::check`] only.
///
/// It is apart from the rest since it takes most of the time: a log that receives many entries checks them side by
/// side, and judges them one after the other.
#[derive(Debug, Clone)]
pub struct CheckedEntry<'e> {
    entry: &'e SignedEntry,
    signers: Vec<(AgencyId, PublicKey)>,
}

impl<'e> CheckedEntry<'e> {
    /// The entry.
    pub const fn entry(&self) -> &'e SignedEntry {
        self.entry
    }

    pub(super) fn signers(&self) -> impl ExactSizeIterator<Item = &AgencyId> {
        self.signers.iter().map(|(agency, _)| agency)
    }
}

/// Checks every signature of the entry, each with the key of its agency. One that is wrong spoils the entry.
pub(super) fn check<'e>(state: &LedgerState, entry: &'e SignedEntry) -> Result<CheckedEntry<'e>, RuleError> {
    let mut signers = Vec::with_capacity(entry.signed_by().len());
    for (index, agency) in entry.signed_by().enumerate() {
        let key = key_of(state, entry, agency).ok_or_else(|| RuleError::NotAgency { agency: agency.clone() })?;
        if !entry.is_signed_with(index, key) {
            return Err(RuleError::SignatureInvalid { agency: agency.clone() });
        }
        signers.push((agency.clone(), key.clone()));
    }
    Ok(CheckedEntry { entry, signers })
}

/// Founders bring their own keys; all others are in force already.
fn key_of<'s>(state: &'s LedgerState, entry: &'s SignedEntry, agency: &AgencyId) -> Option<&'s PublicKey> {
    match entry.statement() {
        Statement::Founding(founding) => {
            founding.agencies().iter().find(|founder| founder.id == *agency).map(|founder| &founder.key)
        }
        _ => state.agencies().get(agency).map(|agency| &agency.key),
    }
}

/// Whether those who signed may say what they say.
pub(super) fn authorise(state: &LedgerState, checked: &CheckedEntry<'_>) -> Result<(), RuleError> {
    let statement = checked.entry.statement();
    if let Statement::Founding(founding) = statement {
        return founders_signed(founding, checked);
    }
    in_force(state, checked)?;
    match statement.kind().right() {
        Some(right) => alone(state, checked, right).map(drop),
        None => majority(state, checked),
    }
}

fn founders_signed(founding: &Founding, checked: &CheckedEntry<'_>) -> Result<(), RuleError> {
    let missing = founding.agencies().iter().find(|founder| !checked.signers().any(|signer| *signer == founder.id));
    match missing {
        Some(founder) => Err(RuleError::FounderMissing { agency: founder.id.clone() }),
        None => Ok(()),
    }
}

/// An entry that was checked before an agency left or changed its key is not signed by that agency any more.
fn in_force(state: &LedgerState, checked: &CheckedEntry<'_>) -> Result<(), RuleError> {
    for (agency, key) in &checked.signers {
        match state.agencies().get(agency) {
            None => return Err(RuleError::NotAgency { agency: agency.clone() }),
            Some(known) if known.key != *key => return Err(RuleError::SignatureInvalid { agency: agency.clone() }),
            Some(_) => {}
        }
    }
    Ok(())
}

/// 2k > n: two such decisions have an agency in common.
fn majority(state: &LedgerState, checked: &CheckedEntry<'_>) -> Result<(), RuleError> {
    let (signed, needed) = (checked.signers.len(), state.agencies().len() / 2 + 1);
    if signed >= needed { Ok(()) } else { Err(RuleError::TooFewSigners { signed, needed }) }
}

/// The one agency that signed, if it has the right. Two signers would leave open whose the entry is.
fn alone<'c>(state: &LedgerState, checked: &'c CheckedEntry<'_>, right: Right) -> Result<&'c AgencyId, RuleError> {
    let [(agency, _)] = checked.signers.as_slice() else {
        return Err(RuleError::NotOneSigner { signed: checked.signers.len() });
    };
    let may = state.agencies().get(agency).is_some_and(|agency| agency.may(right));
    if may { Ok(agency) } else { Err(RuleError::NoRight { agency: agency.clone(), right }) }
}
