//! A root and its signers, by the profiles of ISO/IEC 18013-5 Annex B.

use mapae_crypto::{Signature, SigningKey};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, Role, RootParams, SignerParams, TrustAnchor, attestation_signer, document_signer,
    iaca_link, iaca_root, mdoc_reader, sd_jwt_signer, status_signer, vical_signer,
};

use crate::{Seeded, now};

/// Table B.3: as long as a document signer may live.
const SIGNER_LIFE: Duration = Duration::days(457);

/// A certificate and its key.
pub struct Signer {
    /// The certificate.
    pub certificate: Certificate,
    /// The key.
    pub key: SigningKey,
    /// The links by which older roots vouch for its own, the newest first.
    pub links: Vec<Certificate>,
}

/// A country's root and its three signers, whose certificates began 60 days ago.
pub struct Pki {
    /// The root.
    pub root: TrustAnchor,
    /// Signs mdocs.
    pub document: Signer,
    /// Signs SD-JWT VCs.
    pub sd_jwt: Signer,
    /// Signs status lists.
    pub status: Signer,
    root_key: SigningKey,
}

impl Signer {
    /// Signs with ES256.
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(message).unwrap()
    }

    /// The chain that goes into a signature's header: the certificate, and links where the root was renewed.
    pub fn chain(&self) -> Vec<&[u8]> {
        core::iter::once(&self.certificate).chain(&self.links).map(Certificate::der).collect()
    }
}

impl Pki {
    /// The PKI of a seed. Two seeds share no key.
    pub fn new(seed: u64, country: &str) -> Self {
        let mut entropy = Seeded::new(seed);
        let root_key = SigningKey::generate(&mut entropy).unwrap();
        let root = root(&root_key, country, &mut entropy);
        let from = now().start_of_day() - Duration::days(60);
        let mut leaf = |role| issue(&root, &root_key, role, from, from + SIGNER_LIFE, &mut entropy);
        let (document, sd_jwt, status) =
            (leaf(Role::DocumentSigner), leaf(Role::SdJwtSigner), leaf(Role::StatusSigner));
        Self { root, document, sd_jwt, status, root_key }
    }

    /// The same authority's next root and signers, whose chains carry the link by which this root vouches for it.
    #[must_use]
    pub fn renewed(&self, seed: u64) -> Self {
        let mut new = Self::new(seed, self.root.certificate().subject_country().unwrap());
        let serial = Seeded::new(seed ^ 0x11).array().unwrap();
        let unsigned = iaca_link(&self.root, &new.root, serial).unwrap();
        let signature = self.root_key.sign(unsigned.to_be_signed()).unwrap();
        let link = unsigned.attach(&signature).unwrap();
        let links = [&[link], &self.document.links[..]].concat();
        for signer in [&mut new.document, &mut new.sd_jwt, &mut new.status] {
            signer.links.clone_from(&links);
        }
        new
    }

    /// One more signer of the same root; its key comes from the seed.
    pub fn signer(&self, role: Role, seed: u64, not_before: Timestamp, not_after: Timestamp) -> Signer {
        issue(&self.root, &self.root_key, role, not_before, not_after, &mut Seeded::new(seed))
    }
}

fn root(key: &SigningKey, country: &str, entropy: &mut Seeded) -> TrustAnchor {
    let from = now().start_of_day() - Duration::days(365);
    let unsigned = iaca_root(&RootParams {
        country,
        state_or_province: None,
        organization: Some("Ministry of Samples"),
        common_name: &format!("{country} Sample IACA"),
        public_key: key.public(),
        serial: entropy.array().unwrap(),
        not_before: from,
        not_after: from + Duration::days(3650),
        crl_url: "https://id.example/iaca.crl",
        contact: AlternativeName::Email("pki@id.example".into()),
    })
    .unwrap();
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap()
}

fn issue(
    root: &TrustAnchor,
    root_key: &SigningKey,
    role: Role,
    not_before: Timestamp,
    not_after: Timestamp,
    entropy: &mut Seeded,
) -> Signer {
    let key = SigningKey::generate(entropy).unwrap();
    let params = SignerParams {
        organization: Some("Ministry of Samples"),
        common_name: &format!("Sample {role}"),
        public_key: key.public(),
        serial: entropy.array().unwrap(),
        not_before,
        not_after,
        alternative_names: &[],
    };
    let profile = match role {
        Role::DocumentSigner => document_signer,
        Role::SdJwtSigner => sd_jwt_signer,
        Role::StatusSigner => status_signer,
        Role::MdocReader => mdoc_reader,
        Role::VicalSigner => vical_signer,
        Role::AttestationSigner => attestation_signer,
    };
    let unsigned = profile(root, &params).unwrap();
    let signature = root_key.sign(unsigned.to_be_signed()).unwrap();
    Signer { certificate: unsigned.attach(&signature).unwrap(), key, links: Vec::new() }
}
