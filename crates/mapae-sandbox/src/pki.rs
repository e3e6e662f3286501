//! A root and its signers, by the profiles of ISO/IEC 18013-5 Annex B. Their names say SAMPLE.

use mapae_crypto::{SeededEntropy, Signature, SigningKey};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{
    AlternativeName, Certificate, RootParams, SignerParams, TrustAnchor, UnsignedCertificate, X509Error,
    document_signer, iaca_root, mdoc_reader, sd_jwt_signer, status_signer,
};

use crate::SandboxError;

/// How long a root lives.
const ROOT_LIFE: Duration = Duration::days(3650);
/// Table B.3: as long as a document signer may live.
const SIGNER_LIFE: Duration = Duration::days(457);
/// How long signers have been at work.
const SINCE: Duration = Duration::days(60);
/// Who everything is of.
const ORGANISATION: &str = "SAMPLE (Mapae sandbox)";

/// A certificate and its key.
pub(crate) struct Signer {
    pub(crate) certificate: Certificate,
    key: SigningKey,
}

/// A country's root and its signers.
pub(crate) struct Pki {
    pub(crate) root: TrustAnchor,
    root_key: SigningKey,
    pub(crate) document: Signer,
    pub(crate) sd_jwt: Signer,
    pub(crate) status: Signer,
    /// Their keys are in other hands, and the bundle says so.
    pub(crate) lost: (Signer, Signer),
    from: Timestamp,
}

/// A profile of mapae-x509.
type Profile = fn(&TrustAnchor, &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error>;

impl Signer {
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Signature, SandboxError> {
        Ok(self.key.sign(message)?)
    }

    /// The chain that goes into a signature's header.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.certificate.der().to_vec()]
    }

    pub(crate) fn into_parts(self) -> (Certificate, SigningKey) {
        (self.certificate, self.key)
    }
}

impl Pki {
    /// The keys come from `entropy`, one after the other.
    pub(crate) fn new(country: &str, now: Timestamp, entropy: &mut SeededEntropy) -> Result<Self, SandboxError> {
        let from = now.start_of_day() - SINCE;
        let root_key = SigningKey::generate(entropy)?;
        let root = root(country, &root_key, from, entropy)?;
        let mut leaf = |name: &str, profile: Profile| issue(&root, &root_key, (name, profile), from, entropy);
        Ok(Self {
            document: leaf("SAMPLE document signer", document_signer)?,
            sd_jwt: leaf("SAMPLE SD-JWT signer", sd_jwt_signer)?,
            status: leaf("SAMPLE status signer", status_signer)?,
            lost: (
                leaf("SAMPLE lost document signer", document_signer)?,
                leaf("SAMPLE lost SD-JWT signer", sd_jwt_signer)?,
            ),
            root,
            root_key,
            from,
        })
    }

    /// A relying party's access certificate.
    pub(crate) fn access(&self, name: &str, entropy: &mut SeededEntropy) -> Result<Signer, SandboxError> {
        issue(&self.root, &self.root_key, (name, mdoc_reader), self.from, entropy)
    }
}

fn root(
    country: &str,
    key: &SigningKey,
    from: Timestamp,
    entropy: &mut SeededEntropy,
) -> Result<TrustAnchor, SandboxError> {
    let unsigned = iaca_root(&RootParams {
        country,
        state_or_province: None,
        organization: Some(ORGANISATION),
        common_name: "SAMPLE root (Mapae sandbox)",
        public_key: key.public(),
        serial: entropy.array()?,
        not_before: from,
        not_after: from + ROOT_LIFE,
        crl_url: "https://sandbox.example/iaca.crl",
        contact: AlternativeName::Email("nobody@sandbox.example".into()),
    })?;
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(TrustAnchor::new(unsigned.attach(&signature)?)?)
}

fn issue(
    root: &TrustAnchor,
    root_key: &SigningKey,
    (name, profile): (&str, Profile),
    from: Timestamp,
    entropy: &mut SeededEntropy,
) -> Result<Signer, SandboxError> {
    let key = SigningKey::generate(entropy)?;
    let unsigned = profile(
        root,
        &SignerParams {
            organization: Some(ORGANISATION),
            common_name: name,
            public_key: key.public(),
            serial: entropy.array()?,
            not_before: from,
            not_after: from + SIGNER_LIFE,
            alternative_names: &[],
        },
    )?;
    let signature = root_key.sign(unsigned.to_be_signed())?;
    Ok(Signer { certificate: unsigned.attach(&signature)?, key })
}
