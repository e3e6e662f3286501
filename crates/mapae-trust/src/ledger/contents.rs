//! The bundle that follows from the entries.

use mapae_types::Timestamp;

use super::{EnteredIssuer, LedgerState, RuleError, SignerListing};
use crate::{BundleContents, IssuerEntry, StatusEntry};

impl LedgerState {
    /// What the bundle of now says: everything that was entered, and the status lists, each below a prefix that an
    /// issuer has entered. One state and the same lists make one manifest, whoever computes it.
    pub fn contents(&self, as_of: Timestamp, status_lists: Vec<StatusEntry>) -> Result<BundleContents, RuleError> {
        let classes = self.classes.clone().ok_or(RuleError::FreshnessMissing)?;
        if let Some(list) = status_lists.iter().find(|list| self.issuer_of(&list.uri).is_none()) {
            return Err(RuleError::StatusListOutside { uri: list.uri.clone() });
        }
        Ok(BundleContents {
            as_of,
            classes,
            issuers: self.issuers.values().map(issuer_entry).collect(),
            distrusted: self.distrusted.iter().map(|(signer, distrust)| (signer.0, *distrust)).collect(),
            status_lists,
        })
    }

    /// The issuer whose status list that would be.
    pub(super) fn issuer_of(&self, uri: &str) -> Option<&EnteredIssuer> {
        let (_, root) = self.status.iter().find(|(prefix, _)| uri.starts_with(prefix.as_str()))?;
        self.issuers.get(root)
    }
}

fn issuer_entry(entered: &EnteredIssuer) -> IssuerEntry {
    let _listed = matches!(entered.issuer.signers, SignerListing::Listed);
    IssuerEntry { root: entered.issuer.root.clone(), status: entered.issuer.status }
}
