//! What a verifier wants to ask, before it has a nonce.

use mapae_dcql::DcqlQuery;
use mapae_jose::base64url;
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
use mapae_x509::{AlternativeName, Certificate, x509_hash_client_id};

use super::{
    Did, DraftFault, PendingPresentation,
    asked::Asked,
    signer::{KeyPlace, Signer},
};
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
    /// `decentralized_identifier`, whose key signs; the chain is not used.
    Did(&'a Did),
}

impl RequestDraft<'_> {
    /// Draws nonce, state and a key for this one answer (HAIP 1.0 §5), and begins to wait.
    pub fn begin(&self, now: Timestamp, entropy: &mut dyn Entropy) -> Result<PendingPresentation, DraftFault> {
        let signer = self.naming.signer(self.chain)?;
        self.check_place()?;
        let encrypted = self.response_mode == ResponseMode::DirectPostJwt;
        let mut asked = Asked::new(self.query, encrypted, (now, now + self.lifetime), entropy)?;
        asked.purpose = self.purpose.map(str::to_owned);
        let response_uri = self.response_uri.to_owned();
        Ok(PendingPresentation { asked, signer, state: random(entropy)?, response_uri })
    }

    fn check_place(&self) -> Result<(), DraftFault> {
        if !uri::is_endpoint(self.response_uri) {
            return Err(DraftFault::Insecure);
        }
        match self.naming {
            Naming::Host(host) if uri::host(self.response_uri) != Some(host) => Err(DraftFault::ResponseUriForeign),
            _ => Ok(()),
        }
    }
}

impl Naming<'_> {
    /// The client identifier, and where the key of it is found.
    pub(super) fn signer(self, chain: &[Certificate]) -> Result<Signer, DraftFault> {
        if let Self::Did(did) = self {
            let client_id = format!("decentralized_identifier:{}", did.as_str());
            return Ok(Signer { client_id, key: KeyPlace::Did(did.kid().to_owned()) });
        }
        let leaf = chain.first().ok_or(DraftFault::CertificateMissing)?;
        let client_id = match self {
            Self::Host(host) => by_host(leaf, host)?,
            _ => x509_hash_client_id(leaf),
        };
        let chain = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
        Ok(Signer { client_id, key: KeyPlace::Certificates(chain) })
    }
}

fn by_host(leaf: &Certificate, host: &str) -> Result<String, DraftFault> {
    let names_it = |name: &AlternativeName| matches!(name, AlternativeName::Dns(dns) if dns == host);
    if !leaf.subject_alternative_names().iter().any(names_it) {
        return Err(DraftFault::HostForeign { host: host.to_owned() });
    }
    Ok(format!("x509_san_dns:{host}"))
}

/// §5.2, §5.3: fresh, and more than 128 bits.
pub(super) fn random(entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0; 24];
    entropy.fill(&mut bytes)?;
    Ok(base64url::encode(bytes))
}
