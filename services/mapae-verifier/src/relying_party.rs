//! Who asks: a registration, the certificate that names its holder, and the key that signs requests.

use core::fmt;

use mapae_crypto::{CryptoError, Signature, SigningKey};
use mapae_jose::UnsignedJws;
use mapae_oid4vp::VerifierInfo;
use mapae_trust::Registration;
use mapae_x509::Certificate;

/// A registered relying party that can ask.
pub struct RelyingParty {
    registration: Registration,
    chain: Vec<Certificate>,
    /// The registration as every request carries it.
    info: [VerifierInfo; 1],
    key: SigningKey,
}

/// The operator put a key beside a certificate that is not its own: no wallet would answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access key is not that of the registered certificate")]
pub struct ForeignKey;

impl RelyingParty {
    /// Of a registration and the key of its certificate.
    pub fn new(registration: Registration, key: SigningKey) -> Result<Self, ForeignKey> {
        if registration.certificate().public_key() != key.public() {
            return Err(ForeignKey);
        }
        let chain = vec![registration.certificate().clone()];
        let info = [VerifierInfo::registration(&registration.to_bytes())];
        Ok(Self { registration, chain, info, key })
    }

    /// What it may ask for.
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    pub(crate) fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    pub(crate) const fn info(&self) -> &[VerifierInfo] {
        &self.info
    }

    pub(crate) fn sign(&self, unsigned: UnsignedJws) -> Result<String, CryptoError> {
        let signature = self.signature(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    }

    pub(crate) fn signature(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        self.key.sign(message)
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RelyingParty").field(self.registration.id()).finish()
    }
}
