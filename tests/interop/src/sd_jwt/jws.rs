//! A compact JWS that can be changed and signed again, well or badly. Until then it stays byte for byte as it came.

use anyhow::{Result, anyhow, ensure};
use base64::Engine;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::BASE64URL;
use crate::key::Key;

/// RFC 7515 §7.1.
#[derive(Clone, Debug)]
pub struct Jws {
    header: String,
    payload: String,
    signature: String,
}

impl Jws {
    /// Three parts between dots.
    pub fn parse(compact: &str) -> Result<Self> {
        let parts: Vec<_> = compact.split('.').map(str::to_owned).collect();
        let [header, payload, signature] =
            parts.try_into().map_err(|parts: Vec<_>| anyhow!("{} parts in a JWS", parts.len()))?;
        Ok(Self { header, payload, signature })
    }

    /// A new one.
    pub fn new(key: &Key, header: &Value, payload: &Value) -> Self {
        Self::of_text(key, &header.to_string(), &payload.to_string())
    }

    /// A new one whose header and payload are these very characters.
    pub fn of_text(key: &Key, header: &str, payload: &str) -> Self {
        let mut jws =
            Self { header: BASE64URL.encode(header), payload: BASE64URL.encode(payload), signature: String::new() };
        jws.signature = BASE64URL.encode(key.sign(jws.signed().as_bytes()));
        jws
    }

    /// The compact form.
    pub fn encoded(&self) -> String {
        format!("{}.{}", self.signed(), self.signature)
    }

    /// The header as it stands.
    pub fn header(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&BASE64URL.decode(&self.header)?)?)
    }

    /// The payload as it stands.
    pub fn payload(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&BASE64URL.decode(&self.payload)?)?)
    }

    /// Changes header or payload and signs again.
    pub fn change(&mut self, key: &Key, change: impl FnOnce(&mut Value, &mut Value)) -> Result<()> {
        let (mut header, mut payload) = (self.header()?, self.payload()?);
        change(&mut header, &mut payload);
        *self = Self::new(key, &header, &payload);
        Ok(())
    }

    /// Flips one bit of the signature.
    pub fn break_signature(&mut self) -> Result<()> {
        let mut signature = BASE64URL.decode(&self.signature)?;
        ensure!(!signature.is_empty(), "no signature to break");
        signature[0] ^= 1;
        self.signature = BASE64URL.encode(signature);
        Ok(())
    }

    /// `alg` none with an empty signature (RFC 7518 §3.6).
    pub fn unsecure(&mut self) -> Result<()> {
        self.rename_algorithm("none")?;
        self.signature = String::new();
        Ok(())
    }

    /// HMAC with the public key as its secret: what a verifier accepts that lets the token choose the algorithm (RFC 8725 §2.1).
    pub fn confuse_with_hmac(&mut self, key: &Key) -> Result<()> {
        self.rename_algorithm("HS256")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.public_point())?;
        mac.update(self.signed().as_bytes());
        self.signature = BASE64URL.encode(mac.finalize().into_bytes());
        Ok(())
    }

    fn rename_algorithm(&mut self, name: &str) -> Result<()> {
        let mut header = self.header()?;
        header["alg"] = json!(name);
        self.header = BASE64URL.encode(header.to_string());
        Ok(())
    }

    fn signed(&self) -> String {
        format!("{}.{}", self.header, self.payload)
    }
}
