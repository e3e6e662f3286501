//! A root and its signers, by the profiles of ISO/IEC 18013-5 Annex B.

use mapae_crypto::{Signature, SigningKey};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, Role, RootParams, SignerParams, TrustAnchor, document_signer, iaca_root, mdoc_reader,
    sd_jwt_signer, status_signer, vical_signer,
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

    /// The chain that goes into a signature's header: the certificate alone.
    pub fn chain(&self) -> [&[u8]; 1] {
        [self.certificate.der()]
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
    };
    let unsigned = profile(root, &params).unwrap();
    let signature = root_key.sign(unsigned.to_be_signed()).unwrap();
    Signer { certificate: unsigned.attach(&signature).unwrap(), key }
}
