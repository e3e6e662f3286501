//! Who signs attestations: a key, and the chain of its certificate.

use mapae_hsm::Signer;
use mapae_jose::UnsignedJws;
use mapae_types::Timestamp;
use mapae_x509::{Certificate, Role, TrustAnchor, VerifiedSigner, verify_chain};

use crate::{ServeError, error::Refusal};

/// The provider's signer. Its chain goes into every attestation, without the root (HAIP 1.0 §4.4.1, §4.5.1).
#[derive(Debug, Clone)]
pub struct Attester {
    signer: Signer,
    leaf: VerifiedSigner,
    chain: Vec<Vec<u8>>,
}

impl Attester {
    /// The key of the first certificate of `chain`, which leads to `root`; refused if issuers would not follow.
    pub fn new(signer: Signer, chain: &[Certificate], root: &TrustAnchor, now: Timestamp) -> Result<Self, ServeError> {
        let leaf = verify_chain(chain, core::slice::from_ref(root), Role::AttestationSigner, now)?;
        if leaf.certificate().public_key() != signer.public() {
            return Err(ServeError::KeyDiffers);
        }
        Ok(Self { signer, leaf, chain: chain.iter().map(|certificate| certificate.der().to_vec()).collect() })
    }

    /// The chain, in DER, as `x5c` takes it.
    pub(crate) fn chain(&self) -> Vec<&[u8]> {
        self.chain.iter().map(Vec::as_slice).collect()
    }

    /// Signs what lives until then at most as long as the certificate does.
    pub(crate) async fn sign(&self, unsigned: UnsignedJws, now: Timestamp) -> Result<String, Refusal> {
        let not_after = self.not_after();
        if now > not_after {
            return Err(Refusal::CertificateEnded { not_after });
        }
        let mut signatures = self.signer.sign(vec![unsigned.to_be_signed().to_vec()]).await?;
        let signature = signatures.pop().ok_or(Refusal::SignatureMissing)?;
        Ok(unsigned.attach(&signature))
    }

    /// A signature over nothing of value, to see that the signer answers.
    pub(crate) async fn probe(&self) -> Result<(), Refusal> {
        self.signer.sign(vec![b"mapae wallet provider: health".to_vec()]).await?;
        Ok(())
    }

    /// The last second in which it signs.
    pub(crate) fn not_after(&self) -> Timestamp {
        self.leaf.certificate().not_after()
    }
}
