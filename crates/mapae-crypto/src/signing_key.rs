//! Software keys, for tests, development and small offline authorities. Services use an HSM.

use core::fmt;

use der::{Encode as _, pem::LineEnding};
use mapae_types::{Entropy, EntropyError};
use pkcs8::{AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::{CryptoError, Curve, PublicKey, Signature, backend};

const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// A P-256 private key in memory.
pub struct SigningKey {
    secret: backend::Secret,
    public: PublicKey,
}

/// The x coordinate of an agreed point: input to a key derivation, never a key itself.
pub struct SharedSecret(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// A key from its scalar: 32 bytes, big-endian, not zero and below the order.
    pub fn from_scalar(scalar: &[u8; 32]) -> Result<Self, CryptoError> {
        let secret = backend::Secret::from_scalar(scalar).ok_or(CryptoError::KeyInvalid(Curve::P256))?;
        let public = PublicKey::from_sec1(Curve::P256, secret.public_sec1())?;
        Ok(Self { secret, public })
    }

    /// A new key. A draw outside the scalar's range (1 in 2³²) is thrown away and drawn again.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let mut scalar = Zeroizing::new([0; 32]);
        for _ in 0..8 {
            entropy.fill(scalar.as_mut())?;
            if let Ok(key) = Self::from_scalar(&scalar) {
                return Ok(key);
            }
        }
        Err(EntropyError)
    }

    /// Reads PKCS#8 in PEM (`BEGIN PRIVATE KEY`).
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, CryptoError> {
        Self::from_pkcs8_der(private_key_der(pem)?.as_bytes())
    }

    /// Reads PKCS#8 (RFC 5958) holding an `ECPrivateKey` (RFC 5915) on P-256.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, CryptoError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| CryptoError::KeyUnreadable)?;
        let parameters = info.algorithm.parameters_oid().map_err(|_| CryptoError::KeyUnreadable)?;
        if info.algorithm.oid != ID_EC_PUBLIC_KEY || parameters != SECP256R1 {
            return Err(CryptoError::KeyUnreadable);
        }
        let key = sec1::EcPrivateKey::try_from(info.private_key.as_bytes()).map_err(|_| CryptoError::KeyUnreadable)?;
        let scalar: &[u8; 32] = key.private_key.try_into().map_err(|_| CryptoError::KeyInvalid(Curve::P256))?;
        Self::from_scalar(scalar)
    }

    /// Writes PKCS#8 in PEM.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let encode = || {
            let key = sec1::EcPrivateKey {
                private_key: self.secret.scalar(),
                parameters: None,
                public_key: Some(self.public.sec1()),
            };
            let inner = Zeroizing::new(key.to_der()?);
            let algorithm = AlgorithmIdentifierRef { oid: ID_EC_PUBLIC_KEY, parameters: Some((&SECP256R1).into()) };
            let octets = der::asn1::OctetStringRef::new(&inner)?;
            let info = Zeroizing::new(PrivateKeyInfoRef::new(algorithm, octets).to_der()?);
            Ok::<_, der::Error>(der::pem::encode_string("PRIVATE KEY", LineEnding::LF, &info)?)
        };
        Zeroizing::new(encode().unwrap_or_default())
    }

    /// The scalar, for who keeps a key for a while and wipes it then.
    pub fn to_scalar(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.secret.scalar())
    }

    /// The public half.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs with ECDSA, P-256 and SHA-256.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        let bytes = self.secret.sign(message).ok_or(CryptoError::SigningFailed)?;
        Signature::from_bytes(Curve::P256, &bytes)
    }

    /// Agrees on a secret with the holder of `peer` (ECDH).
    pub fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        if peer.curve() != Curve::P256 {
            return Err(CryptoError::KeyInvalid(peer.curve()));
        }
        let shared = self.secret.agree(peer.sec1()).ok_or(CryptoError::KeyInvalid(Curve::P256))?;
        Ok(SharedSecret(Zeroizing::new(shared)))
    }
}

/// The DER inside `BEGIN PRIVATE KEY`, for keys of every kind.
pub(crate) fn private_key_der(pem: &str) -> Result<der::SecretDocument, CryptoError> {
    match der::SecretDocument::from_pem(pem) {
        Ok(("PRIVATE KEY", document)) => Ok(document),
        _ => Err(CryptoError::KeyUnreadable),
    }
}

impl SharedSecret {
    /// The bytes, as input to a key derivation.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret([redacted])")
    }
}
