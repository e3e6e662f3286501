//! A root and the signers below it, in the profiles of ISO/IEC 18013-5 Annex B.

use anyhow::Result;
use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, RootParams, SignerParams, TrustAnchor, UnsignedCertificate, X509Error,
    document_signer, iaca_root, sd_jwt_signer, status_signer,
};

use super::Seeded;
use crate::limit::Signing;

/// A certificate, its key, and the same key for the limit.
pub struct Signer {
    /// The certificate.
    pub certificate: Certificate,
    /// Its key, for us.
    pub key: SigningKey,
    /// Its key, for the limit.
    pub limit: Signing,
}

/// A root and its signers.
pub struct Authority {
    /// The root.
    pub root: TrustAnchor,
    /// Signs mdocs.
    pub document: Signer,
    /// Signs SD-JWT VCs.
    pub sd_jwt: Signer,
    /// Signs status lists.
    pub status: Signer,
}

type Profile = fn(&TrustAnchor, &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error>;

impl Authority {
    pub(super) fn new(from: Timestamp, entropy: &mut Seeded) -> Result<Self> {
        let root_key = SigningKey::generate(entropy)?;
        let root = TrustAnchor::new(sign(root(from, &root_key, entropy)?, &root_key)?)?;
        let mut signer = |name: &str, profile| Signer::new(&root, &root_key, name, from, profile, entropy);
        let document = signer("document signer", document_signer)?;
        let sd_jwt = signer("SD-JWT signer", sd_jwt_signer)?;
        let status = signer("status signer", status_signer)?;
        Ok(Self { root, document, sd_jwt, status })
    }
}

fn root(from: Timestamp, key: &SigningKey, entropy: &mut Seeded) -> Result<UnsignedCertificate> {
    Ok(iaca_root(&RootParams {
        country: "KR",
        state_or_province: None,
        organization: Some("Sample authority"),
        common_name: "Sample authority IACA",
        public_key: key.public(),
        serial: entropy.array()?,
        not_before: from,
        not_after: from + Duration::days(3650),
        crl_url: "https://id.example/iaca.crl",
        contact: AlternativeName::Uri("https://id.example".to_owned()),
    })?)
}

impl Signer {
    fn new(
        root: &TrustAnchor,
        root_key: &SigningKey,
        name: &str,
        from: Timestamp,
        profile: Profile,
        entropy: &mut Seeded,
    ) -> Result<Self> {
        let scalar = entropy.array()?;
        let key = SigningKey::from_scalar(&scalar)?;
        let params = SignerParams {
            organization: Some("Sample authority"),
            common_name: name,
            public_key: key.public(),
            serial: entropy.array()?,
            not_before: from,
            not_after: from + Duration::days(457),
            alternative_names: &[],
        };
        let certificate = sign(profile(root, &params)?, root_key)?;
        let limit = Signing::new(&scalar, key.public().sec1())?;
        Ok(Self { certificate, key, limit })
    }
}

fn sign(unsigned: UnsignedCertificate, key: &SigningKey) -> Result<Certificate> {
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature)?)
}
