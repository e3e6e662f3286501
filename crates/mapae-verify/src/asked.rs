//! Whether a credential is what was asked for (OpenID4VP 1.0 §6).

use mapae_dcql::{Candidate, CredentialQuery, Mismatch};
use mapae_jose::base64url;
use mapae_trust::TrustedSigner;

use crate::{Check, NotVerified, Refusal};

impl Check<'_> {
    /// Whether the credential answers one of the queries. The refusal given is that of the last query for a
    /// credential of its kind.
    pub(crate) fn asked(&self, candidate: Candidate<'_>, signer: &TrustedSigner) -> Result<(), NotVerified> {
        let Some(query) = self.policy.asked else { return Ok(()) };
        let certified = |credential: &CredentialQuery| !credential.trusted_authorities().is_empty();
        let authorities =
            if query.credentials().iter().any(certified) { authority_key_ids(signer) } else { Vec::new() };
        let candidate = authorities.iter().fold(candidate, |candidate, id| candidate.certified_by("aki", id));
        let mut refusal = Mismatch::Format;
        for credential in query.credentials() {
            match credential.check(&candidate) {
                Ok(()) => return Ok(()),
                Err(Mismatch::Format) => {}
                Err(mismatch) => refusal = mismatch,
            }
        }
        Err(Refusal::NotAsked(refusal).into())
    }
}

/// §6.1.1.1: the key identifiers of the authorities above the signer, in base64url.
fn authority_key_ids(signer: &TrustedSigner) -> Vec<String> {
    let (certificate, root) = (signer.certificate(), signer.anchor().certificate());
    [certificate.authority_key_id(), root.subject_key_id()].into_iter().flatten().map(base64url::encode).collect()
}
