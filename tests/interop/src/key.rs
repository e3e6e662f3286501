//! P-256 keys in the forms that the peers read. Test keys: `Debug` is left out rather than redacted.

use anyhow::{Result, anyhow};
use base64::Engine;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use serde_json::{Value, json};

use crate::BASE64URL;

/// A private key and its public half.
#[derive(Clone)]
pub struct Key(SigningKey);

impl Key {
    /// A new one from the system's randomness.
    pub fn generate() -> Self {
        Self(SigningKey::random(&mut OsRng))
    }

    /// The key of a PKCS#8 PEM file, as Mapae writes holder keys.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self> {
        Ok(Self(SigningKey::from_pkcs8_pem(pem)?))
    }

    /// The same as a PKCS#8 PEM file.
    pub fn to_pkcs8_pem(&self) -> Result<String> {
        Ok(self.0.to_pkcs8_pem(LineEnding::LF)?.to_string())
    }

    /// The key of a private JWK, as jobs carry it.
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        let scalar = jwk["d"].as_str().ok_or_else(|| anyhow!("not a private JWK"))?;
        Ok(Self(SigningKey::from_slice(&BASE64URL.decode(scalar)?)?))
    }

    /// The signing key, for crates that take it as such.
    pub fn signing(&self) -> &SigningKey {
        &self.0
    }

    /// RFC 7518 §6.2.1.
    pub fn public_jwk(&self) -> Value {
        let point = self.0.verifying_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| BASE64URL.encode(bytes));
        json!({ "kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y()) })
    }

    /// RFC 7518 §6.2.2.
    pub fn private_jwk(&self) -> Value {
        let mut jwk = self.public_jwk();
        jwk["d"] = json!(BASE64URL.encode(SecretKey::from(&self.0).to_bytes()));
        jwk
    }

    /// The uncompressed point, which an attacker who confuses algorithms would use as an HMAC key.
    pub fn public_point(&self) -> Vec<u8> {
        self.0.verifying_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// ES256 as r || s, the form of JWS and COSE.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_vec()
    }
}
