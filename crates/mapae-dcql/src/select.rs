//! Selecting claims (OpenID4VP 1.0 §6.4.1).

use crate::{Candidate, ClaimPath, ClaimQuery, CredentialQuery, Mismatch, QueryId};

/// How a credential answers a credential query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    claims: Vec<SelectedClaim>,
}

/// One claim that was asked for, and where the credential has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedClaim {
    asked: ClaimPath,
    found: Vec<ClaimPath>,
}

impl Selection {
    /// The claims in the order of the query; empty if the query asks for none.
    pub fn claims(&self) -> &[SelectedClaim] {
        &self.claims
    }

    /// Everything that is to be disclosed, as concrete paths (no [`All`](crate::PathSegment::All)).
    pub fn paths(&self) -> impl Iterator<Item = &ClaimPath> {
        self.claims.iter().flat_map(SelectedClaim::found)
    }
}

impl SelectedClaim {
    /// The path of the query.
    pub fn asked(&self) -> &ClaimPath {
        &self.asked
    }

    /// Where it leads in this credential: at least one path, several for an array's elements.
    pub fn found(&self) -> &[ClaimPath] {
        &self.found
    }
}

impl CredentialQuery {
    /// What of this credential answers the query: its format and type are right, a named authority
    /// certifies it, and all claims are there, or all of the first claim set that can be had.
    ///
    /// A wallet discloses exactly this. A verifier passes what was disclosed, and learns whether it is
    /// what was asked for; `values` and `trusted_authorities` are no security check (§6.4.1, §6.1).
    pub fn select(&self, candidate: &Candidate<'_>) -> Result<Selection, Mismatch> {
        self.check_kind(candidate)?;
        if self.claim_sets().is_empty() {
            return select_all(self.claims(), candidate);
        }
        let alternatives = self.claim_sets().iter();
        let mut selections = alternatives.map(|set| select_all(self.named(set), candidate));
        selections.find_map(Result::ok).ok_or(Mismatch::NoClaimSet { alternatives: self.claim_sets().len() })
    }

    /// Whether the credential answers the query: [`select`](Self::select) for those who need not know by what.
    pub fn check(&self, candidate: &Candidate<'_>) -> Result<(), Mismatch> {
        self.check_kind(candidate)?;
        if self.claim_sets().is_empty() {
            return check_all(self.claims(), candidate);
        }
        let mut alternatives = self.claim_sets().iter();
        let answered = alternatives.any(|set| check_all(self.named(set), candidate).is_ok());
        if answered { Ok(()) } else { Err(Mismatch::NoClaimSet { alternatives: self.claim_sets().len() }) }
    }

    fn check_kind(&self, candidate: &Candidate<'_>) -> Result<(), Mismatch> {
        if !candidate.has_format(self.wanted()) {
            return Err(Mismatch::Format);
        }
        if !candidate.has_type(self.wanted()) {
            return Err(Mismatch::Type);
        }
        if !candidate.is_certified(self.trusted_authorities()) {
            return Err(Mismatch::Authority);
        }
        Ok(())
    }

    /// Whether disclosing that claim serves the query: it is one of the claims, lies below one, or
    /// holds one. Every claim set counts, as each was asked for.
    pub fn asks_for(&self, path: &ClaimPath) -> bool {
        self.claims().iter().any(|claim| claim.path().covers(path))
    }

    /// Which of the selectively disclosed claims nobody asked for. Where one credential answers several
    /// queries (§6.4), only what is unasked in each of them is too much.
    pub fn unasked<'p>(&self, disclosed: impl IntoIterator<Item = &'p ClaimPath>) -> Vec<&'p ClaimPath> {
        disclosed.into_iter().filter(|path| !self.asks_for(path)).collect()
    }

    fn named<'q>(&'q self, set: &'q [QueryId]) -> impl Iterator<Item = &'q ClaimQuery> {
        set.iter().filter_map(|id| self.claims().iter().find(|claim| claim.id() == Some(id)))
    }
}

fn select_all<'q>(
    claims: impl IntoIterator<Item = &'q ClaimQuery>,
    candidate: &Candidate<'_>,
) -> Result<Selection, Mismatch> {
    let mut selected: Vec<SelectedClaim> = Vec::new();
    for claim in claims {
        // §6.1: a wallet ignores a second query for the same claim.
        if selected.iter().any(|earlier| earlier.asked == *claim.path()) {
            continue;
        }
        let found = candidate.locate(claim);
        // §7.1.1 step 3: an empty selection is as wrong as a path that leads nowhere.
        if found.is_empty() {
            return Err(Mismatch::Claim { path: claim.path().clone() });
        }
        selected.push(SelectedClaim { asked: claim.path().clone(), found });
    }
    Ok(Selection { claims: selected })
}

fn check_all<'q>(claims: impl IntoIterator<Item = &'q ClaimQuery>, candidate: &Candidate<'_>) -> Result<(), Mismatch> {
    match claims.into_iter().find(|claim| !candidate.answers(claim)) {
        Some(claim) => Err(Mismatch::Claim { path: claim.path().clone() }),
        None => Ok(()),
    }
}
