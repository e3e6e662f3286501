//! Token requests of three grants and their answer (OpenID4VCI §6, RFC 6749 §4.1.3, §5.1, §6).

use crate::{Asked, GrantedDetail, MessageFault, OAuthFault, PkceVerifier, Secret};

/// A token request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// What is redeemed.
    pub grant: GrantRequest,
    /// `client_id`, if given.
    pub client_id: Option<String>,
    /// What is asked for; where nothing is said, all that the grant allows.
    pub asked: Asked,
}

/// What a token request redeems.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantRequest {
    /// An offer's code (OpenID4VCI §6.1).
    PreAuthorized {
        /// `pre-authorized_code`.
        code: Secret,
        /// `tx_code`, what the person typed.
        tx_code: Option<Secret>,
    },
    /// The code of a sign-in (RFC 6749 §4.1.3).
    AuthorizationCode {
        /// `code`.
        code: Secret,
        /// `code_verifier`.
        verifier: PkceVerifier,
        /// `redirect_uri`, which must be the pushed one.
        redirect_uri: String,
    },
    /// A refresh token (RFC 6749 §6).
    Refresh {
        /// `refresh_token`.
        token: Secret,
    },
}

impl TokenRequest {
    /// Reads the form in the body of a token request.
    pub fn parse(body: &[u8]) -> Result<Self, OAuthFault> {
        let _ = body;
        Err(MessageFault::NotForm.into())
    }

    /// The form of the request, `application/x-www-form-urlencoded`.
    pub fn to_form(&self) -> String {
        String::new()
    }
}

/// The answer to a token request: an access token bound to the key of the DPoP proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: Secret,
    /// `expires_in`, in seconds.
    pub expires_in: u64,
    /// `refresh_token`.
    pub refresh_token: Option<Secret>,
    /// `scope`: what was granted, where scopes were asked for.
    pub scope: Option<String>,
    /// `authorization_details`; empty where none were asked for.
    pub details: Vec<GrantedDetail>,
}

impl TokenResponse {
    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads the answer of a server.
    pub fn parse(body: &[u8]) -> Result<Self, MessageFault> {
        let _ = body;
        Err(MessageFault::Missing { name: "access_token" })
    }
}
