//! What a verifier wants to ask, before it has a nonce.

use mapae_crypto::SigningKey;
use mapae_dcql::DcqlQuery;
use mapae_jose::base64url;
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
use mapae_x509::{AlternativeName, Certificate, x509_hash_client_id};

use super::{DraftFault, PendingPresentation};
use crate::{ResponseMode, uri};

/// A request without what is fresh in each.
#[derive(Debug, Clone)]
pub struct RequestDraft<'a> {
    /// The access certificate and what leads to the registrar's root, which is left out.
    pub chain: &'a [Certificate],
    /// How the verifier is named.
    pub naming: Naming<'a>,
    /// Where the answer goes.
    pub response_uri: &'a str,
    /// How it travels; HAIP 1.0 §5.1 wants it encrypted.
    pub response_mode: ResponseMode,
    /// What is asked for.
    pub query: &'a DcqlQuery,
    /// Why, in the registered words.
    pub purpose: Option<&'a str>,
    /// How long the request holds.
    pub lifetime: Duration,
}

/// Which client identifier a verifier goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Naming<'a> {
    /// `x509_hash`, which HAIP 1.0 §5 wants.
    CertificateHash,
    /// `x509_san_dns`, by a host that the certificate names.
    Host(&'a str),
}

impl RequestDraft<'_> {
    /// Draws nonce, state and a key for this one answer (HAIP 1.0 §5), and begins to wait.
    pub fn begin(&self, now: Timestamp, entropy: &mut dyn Entropy) -> Result<PendingPresentation, DraftFault> {
        let client_id = self.client_id()?;
        if !uri::is_endpoint(self.response_uri) {
            return Err(DraftFault::Insecure);
        }
        let key = match self.response_mode {
            ResponseMode::DirectPost => None,
            ResponseMode::DirectPostJwt => Some(SigningKey::generate(entropy)?),
        };
        Ok(PendingPresentation {
            client_id,
            chain: self.chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            nonce: random(entropy)?,
            state: random(entropy)?,
            response_uri: self.response_uri.to_owned(),
            query: self.query.clone(),
            purpose: self.purpose.map(str::to_owned),
            issued_at: now,
            expires: now + self.lifetime,
            key,
        })
    }

    fn client_id(&self) -> Result<String, DraftFault> {
        let leaf = self.chain.first().ok_or(DraftFault::CertificateMissing)?;
        let Naming::Host(host) = self.naming else { return Ok(x509_hash_client_id(leaf)) };
        let names_it = |name: &AlternativeName| matches!(name, AlternativeName::Dns(dns) if dns == host);
        if !leaf.subject_alternative_names().iter().any(names_it) {
            return Err(DraftFault::HostForeign { host: host.to_owned() });
        }
        if uri::host(self.response_uri) != Some(host) {
            return Err(DraftFault::ResponseUriForeign);
        }
        Ok(format!("x509_san_dns:{host}"))
    }
}

/// §5.2, §5.3: fresh, and more than 128 bits.
fn random(entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0; 24];
    entropy.fill(&mut bytes)?;
    Ok(base64url::encode(bytes))
}
