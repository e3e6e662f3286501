//! Metadata of the authorization server (RFC 8414, OpenID4VCI §12.3, HAIP 1.0 §4).

use mapae_jose::{Value, json};
use serde::Serialize;

use super::issuer::{MAX_LEN, malformed};
use crate::{
    ALGORITHM, Fields, IssuerUrl, MetadataFault, members,
    token::{AUTHORIZATION_CODE, PRE_AUTHORIZED, REFRESH_TOKEN},
    uri,
};

/// Metadata of the authorization server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let grants = if sign_in {
            &[PRE_AUTHORIZED, REFRESH_TOKEN, AUTHORIZATION_CODE][..]
        } else {
            &[PRE_AUTHORIZED, REFRESH_TOKEN]
        };
        let clients = if anonymous { &["attest_jwt_client_auth", "none"][..] } else { &["attest_jwt_client_auth"] };
        let alg = texts(&[ALGORITHM.jose()]);
        Self {
            issuer: issuer.as_str().to_owned(),
            authorization_endpoint: sign_in.then(|| issuer.endpoint("authorize")),
            token_endpoint: issuer.endpoint("token"),
            pushed_authorization_request_endpoint: sign_in.then(|| issuer.endpoint("par")),
            require_pushed_authorization_requests: sign_in,
            challenge_endpoint: Some(issuer.endpoint("challenge")),
            response_types_supported: texts(&["code"]),
            grant_types_supported: texts(grants),
            scopes_supported: scopes,
            code_challenge_methods_supported: texts(&["S256"]),
            token_endpoint_auth_methods_supported: texts(clients),
            client_attestation_signing_alg_values_supported: alg.clone(),
            client_attestation_pop_signing_alg_values_supported: alg.clone(),
            dpop_signing_alg_values_supported: alg,
            authorization_details_types_supported: texts(&["openid_credential"]),
            authorization_response_iss_parameter_supported: true,
            anonymous_access_supported: anonymous,
        }
    }

    /// The document, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        json::to_vec(self)
    }

    /// Reads the document of the server that was asked.
    pub fn parse(json: &[u8], issuer: &IssuerUrl) -> Result<Self, MetadataFault> {
        let object = members::object(json, MAX_LEN)?;
        let read = Self::read(object.into()).ok_or_else(|| malformed("metadata"))?;
        // RFC 8414 §3.3: identical, or nothing of it is used.
        if read.issuer != issuer.as_str() {
            return Err(MetadataFault::IssuerDiffers);
        }
        read.check_endpoints()?;
        Ok(read)
    }

    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let read = Self {
            issuer: fields.text("issuer"),
            authorization_endpoint: fields.maybe_text("authorization_endpoint"),
            token_endpoint: fields.text("token_endpoint"),
            pushed_authorization_request_endpoint: fields.maybe_text("pushed_authorization_request_endpoint"),
            require_pushed_authorization_requests: fields.flag_or_no("require_pushed_authorization_requests"),
            challenge_endpoint: fields.maybe_text("challenge_endpoint"),
            response_types_supported: fields.any_texts("response_types_supported"),
            grant_types_supported: fields.any_texts("grant_types_supported"),
            scopes_supported: fields.any_texts("scopes_supported"),
            code_challenge_methods_supported: fields.any_texts("code_challenge_methods_supported"),
            token_endpoint_auth_methods_supported: fields.any_texts("token_endpoint_auth_methods_supported"),
            client_attestation_signing_alg_values_supported: fields
                .any_texts("client_attestation_signing_alg_values_supported"),
            client_attestation_pop_signing_alg_values_supported: fields
                .any_texts("client_attestation_pop_signing_alg_values_supported"),
            dpop_signing_alg_values_supported: fields.any_texts("dpop_signing_alg_values_supported"),
            authorization_details_types_supported: fields.any_texts("authorization_details_types_supported"),
            authorization_response_iss_parameter_supported: fields
                .flag_or_no("authorization_response_iss_parameter_supported"),
            anonymous_access_supported: fields.flag_or_no("pre-authorized_grant_anonymous_access_supported"),
        };
        fields.whole(read)
    }

    fn check_endpoints(&self) -> Result<(), MetadataFault> {
        let endpoints = [
            ("token_endpoint", Some(&self.token_endpoint)),
            ("authorization_endpoint", self.authorization_endpoint.as_ref()),
            ("pushed_authorization_request_endpoint", self.pushed_authorization_request_endpoint.as_ref()),
            ("challenge_endpoint", self.challenge_endpoint.as_ref()),
        ];
        for (name, url) in endpoints {
            url.map_or(Ok(()), |url| uri::check_url(url, name))?;
        }
        Ok(())
    }
}
