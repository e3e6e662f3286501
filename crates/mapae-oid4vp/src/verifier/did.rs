//! Naming oneself by a decentralized identifier (OpenID4VP 1.0 §5.9.3 `decentralized_identifier`; DID Core 1.0 §5; the DID
//! methods `jwk` and `web`).
//!
//! A verifier that certificates name needs none; HAIP 1.0 §5 has wallets know `x509_hash`. This is for wallets that know
//! nothing else. Left out: other methods, and resolving the identifiers of others.

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, Value, base64url, json};

use super::DraftFault;

/// The name of the one key of a `did:web`.
const KEY: &str = "request-key";

/// A decentralized identifier of ours, and the name of the key that signs requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Did {
    id: String,
    kid: String,
}

impl Did {
    /// `did:jwk`: the key itself. Whoever resolves it needs nobody, and learns of nobody.
    pub fn jwk(key: &PublicKey) -> Self {
        let jwk = Jwk::from(key.clone()).to_object();
        let id = format!("did:jwk:{}", base64url::encode(json::to_vec(&jwk)));
        // did:jwk: the one key is named `0`.
        Self { kid: format!("{id}#0"), id }
    }

    /// `did:web`: a host, whose document lies at `/.well-known/did.json`.
    pub fn web(host: &str) -> Result<Self, DraftFault> {
        if !crate::client_id::is_host_name(host) {
            return Err(DraftFault::HostForeign { host: host.to_owned() });
        }
        let id = format!("did:web:{host}");
        Ok(Self { kid: format!("{id}#{KEY}"), id })
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.id
    }

    /// The name of its key: `kid` of the request objects.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The document that a `did:web` is resolved to, as `application/did+json`.
    pub fn document(&self, key: &PublicKey) -> Vec<u8> {
        let method: Value = serde_json::json!({
            "id": self.kid,
            "type": "JsonWebKey2020",
            "controller": self.id,
            "publicKeyJwk": Jwk::from(key.clone()).to_object(),
        });
        let document: Value = serde_json::json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
            "id": self.id,
            "verificationMethod": [method],
            "authentication": [self.kid],
        });
        json::to_vec(&document)
    }
}
