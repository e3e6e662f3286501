//! The bundle that follows from the entries.

use mapae_status_list::StatusTokenCwt;
use mapae_types::Timestamp;
use mapae_x509::{Certificate, Role, TrustAnchor, X509Error, verify_chain};

use super::{EnteredIssuer, LedgerState, RuleError, SignerListing};
use crate::{BundleContents, IssuerEntry, MAX_WITHDRAWN, SignerRule, StatusEntry, Withdrawn};

/// Whose status list is where: prefixes and roots.
#[derive(Debug, Clone)]
pub(super) struct Places(Vec<(String, TrustAnchor)>);

impl LedgerState {
    /// What the bundle of now says: everything that was entered, and the status lists, each below a prefix that is
    /// entered and signed below the root of its issuer. One state and the same lists make one manifest, whoever computes
    /// it.
    pub fn contents(&self, as_of: Timestamp, status_lists: Vec<StatusEntry>) -> Result<BundleContents, RuleError> {
        self.places().check(&status_lists, as_of)?;
        Ok(BundleContents { status_lists, ..self.contents_without_lists(as_of)? })
    }

    pub(super) fn contents_without_lists(&self, as_of: Timestamp) -> Result<BundleContents, RuleError> {
        let classes = self.classes.clone().ok_or(RuleError::FreshnessMissing)?;
        Ok(BundleContents {
            issuers: self.issuers.values().map(issuer_entry).collect(),
            software: self.releases.values().map(|known| known.release.software()).collect(),
            withdrawn: self.withdrawn_as_of(as_of),
            distrusted: self.distrusted.iter().map(|(signer, distrust)| (signer.0, *distrust)).collect(),
            registrars: self.registrars.values().cloned().collect(),
            registrations: self.registrations().cloned().collect(),
            order_signers: self.order_signers.clone(),
            ..BundleContents::new(as_of, classes)
        })
    }

    /// Those whose certificate has not expired, the newest if they are too many. Of the others a wallet says that the
    /// certificate has expired, or that nobody registered it.
    fn withdrawn_as_of(&self, as_of: Timestamp) -> Vec<Withdrawn> {
        let known = self.withdrawn.values().filter(|left| as_of <= left.until);
        let mut withdrawn: Vec<Withdrawn> = known.map(|left| left.withdrawn.clone()).collect();
        withdrawn.sort_by_key(|one| (core::cmp::Reverse(one.since), one.certificate));
        withdrawn.truncate(MAX_WITHDRAWN);
        withdrawn
    }

    pub(super) fn places(&self) -> Places {
        let root = |(prefix, root): (&String, _)| {
            self.issuers.get(root).map(|known: &EnteredIssuer| (prefix.clone(), known.issuer.root.clone()))
        };
        Places(self.status.iter().filter_map(root).collect())
    }
}

fn issuer_entry(entered: &EnteredIssuer) -> IssuerEntry {
    let signers = match entered.issuer.signers {
        SignerListing::Any => SignerRule::Any,
        SignerListing::Listed => SignerRule::Listed(entered.signers.iter().map(|signer| signer.0).collect()),
    };
    IssuerEntry { root: entered.issuer.root.clone(), status: entered.issuer.status, signers }
}

impl Places {
    /// Whether each list is where its issuer said, and signed below its root. Whether the signature holds, the draft
    /// knows.
    pub(super) fn check(&self, lists: &[StatusEntry], as_of: Timestamp) -> Result<(), RuleError> {
        for StatusEntry { uri, token } in lists {
            let place = self.0.iter().find(|(prefix, _)| uri.starts_with(prefix.as_str()));
            let (_, root) = place.ok_or_else(|| RuleError::StatusListOutside { uri: uri.clone() })?;
            check_signer(token, root, as_of)
                .map_err(|error| RuleError::StatusListForeign { uri: uri.clone(), error })?;
        }
        Ok(())
    }
}

fn check_signer(token: &[u8], root: &TrustAnchor, as_of: Timestamp) -> Result<(), X509Error> {
    // What cannot be read has no signer.
    let chain = StatusTokenCwt::parse(token).map(|token| token.x5chain()).unwrap_or_default();
    let chain = chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
    verify_chain(&chain, core::slice::from_ref(root), Role::StatusSigner, as_of).map(drop)
}
