//! Keys for RS256, which a client that names no algorithm takes (Registration 1.0 §2). Documents are never signed by RSA.

use core::fmt;

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use mapae_oidc::{RsaKey, RsaPublicKey};
use zeroize::Zeroizing;

/// 112 bits of strength, for a key that signs for months (NIST SP 800-57 Part 1 §5.6.3: until 2030).
const SIZE: KeySize = KeySize::Rsa2048;

/// A pair of keys.
pub(super) struct Rsa {
    pair: KeyPair,
    public: RsaPublicKey,
}

/// The library failed, or what it is given is no key.
#[derive(Debug, Clone, Copy)]
pub(super) struct RsaFailed;

impl Rsa {
    /// A new one. The randomness is the library's: an RSA key cannot be drawn from a few bytes of somebody else's.
    pub(super) fn generate() -> Result<Self, RsaFailed> {
        Self::of(KeyPair::generate(SIZE).map_err(|_| RsaFailed)?)
    }

    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, RsaFailed> {
        Self::of(KeyPair::from_pkcs8(der).map_err(|_| RsaFailed)?)
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, RsaFailed> {
        let der = self.pair.as_der().map_err(|_| RsaFailed)?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, RsaFailed> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| RsaFailed)
    }

    fn of(pair: KeyPair) -> Result<Self, RsaFailed> {
        let public = RsaPublicKey::from_pkcs1(pair.public_key().as_ref()).ok_or(RsaFailed)?;
        Ok(Self { pair, public })
    }
}

impl RsaKey for Rsa {
    fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (n, e) = (&self.public.n, &self.public.e);
        RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

impl fmt::Debug for Rsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rsa([redacted])")
    }
}
