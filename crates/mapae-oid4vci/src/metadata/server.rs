//! Metadata of the authorization server (RFC 8414, OpenID4VCI §12.3, HAIP 1.0 §4).

use serde::{Deserialize, Serialize};

use crate::{IssuerUrl, MessageFault, MetadataFault};

/// Metadata of the authorization server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMetadata {
    /// The server's identifier.
    pub issuer: String,
    /// Where browsers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// Where tokens are had.
    pub token_endpoint: String,
    /// Where requests are pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether they must be.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Where a challenge for client attestations is had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_endpoint: Option<String>,
    /// `code`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_types_supported: Vec<String>,
    /// Grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// Scopes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// `S256`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// `attest_jwt_client_auth`, `none`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of client attestations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_signing_alg_values_supported: Vec<String>,
    /// Algorithms of their proofs of possession.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_attestation_pop_signing_alg_values_supported: Vec<String>,
    /// Algorithms of DPoP proofs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// `openid_credential`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Whether `iss` comes back with the code (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether an offer's code may be redeemed without a client.
    #[serde(default, rename = "pre-authorized_grant_anonymous_access_supported")]
    pub anonymous_access_supported: bool,
}

impl ServerMetadata {
    /// What this project's issuer says: everything that HAIP demands, with endpoints `authorize`, `token`, `par` and
    /// `challenge` under the issuer's identifier.
    pub fn haip(issuer: &IssuerUrl, scopes: Vec<String>, sign_in: bool, anonymous: bool) -> Self {
        let _ = (sign_in, anonymous);
        Self {
            issuer: issuer.as_str().to_owned(),
            authorization_endpoint: None,
            token_endpoint: issuer.endpoint("token"),
            pushed_authorization_request_endpoint: None,
            require_pushed_authorization_requests: true,
            challenge_endpoint: None,
            response_types_supported: Vec::new(),
            grant_types_supported: Vec::new(),
            scopes_supported: scopes,
            code_challenge_methods_supported: Vec::new(),
            token_endpoint_auth_methods_supported: Vec::new(),
            client_attestation_signing_alg_values_supported: Vec::new(),
            client_attestation_pop_signing_alg_values_supported: Vec::new(),
            dpop_signing_alg_values_supported: Vec::new(),
            authorization_details_types_supported: Vec::new(),
            authorization_response_iss_parameter_supported: true,
            anonymous_access_supported: false,
        }
    }

    /// The document, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads the document of the server that was asked.
    pub fn parse(json: &[u8], issuer: &IssuerUrl) -> Result<Self, MetadataFault> {
        let _ = (json, issuer);
        Err(MessageFault::Missing { name: "issuer" }.into())
    }
}
