//! Metadata of a credential issuer (OpenID4VCI §12.2).

use std::collections::BTreeMap;

use mapae_jose::Value;
use serde::{Deserialize, Serialize};

use crate::{CredentialConfiguration, IssuerUrl, MessageFault, MetadataFault};

/// A name in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language, such as `ko` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// `batch_credential_issuance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchIssuance {
    /// Keys in one request at most.
    pub batch_size: usize,
}

/// `credential_request_encryption`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestEncryption {
    /// A JWK Set; each key with `kid`, `alg`, `use`.
    pub jwks: Value,
    /// `enc` values.
    pub enc_values_supported: Vec<String>,
    /// Whether every request must be encrypted.
    pub encryption_required: bool,
}

/// `credential_response_encryption`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseEncryptionSupport {
    /// `alg` values.
    pub alg_values_supported: Vec<String>,
    /// `enc` values.
    pub enc_values_supported: Vec<String>,
    /// Whether every answer is encrypted.
    pub encryption_required: bool,
}

/// Metadata of a credential issuer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// The issuer's identifier.
    pub credential_issuer: String,
    /// Empty where the issuer is its own authorization server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// Where credentials are asked for.
    pub credential_endpoint: String,
    /// Where a `c_nonce` is had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce_endpoint: Option<String>,
    /// Where is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Where the wallet says what became of the copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// Encryption of requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_request_encryption: Option<RequestEncryption>,
    /// Encryption of answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_response_encryption: Option<ResponseEncryptionSupport>,
    /// Batches; absent where one key is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_credential_issuance: Option<BatchIssuance>,
    /// The issuer's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<Display>,
    /// What can be issued.
    pub credential_configurations_supported: BTreeMap<String, CredentialConfiguration>,
}

impl IssuerMetadata {
    /// The document, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads the document of the issuer that was asked.
    pub fn parse(json: &[u8], issuer: &IssuerUrl) -> Result<Self, MetadataFault> {
        let _ = (json, issuer);
        Err(MessageFault::Missing { name: "credential_issuer" }.into())
    }
}
