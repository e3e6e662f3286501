//! The authorization request, pushed beforehand (RFC 9126), and the way back (RFC 6749 §4.1.2, RFC 9207).

use crate::{Asked, ErrorCode, MessageFault, OAuthFault, PkceChallenge, Secret};

/// What a wallet pushes before it sends the person to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedAuthorizationRequest {
    /// `client_id`.
    pub client_id: String,
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// The wallet's `state`, given back as it is.
    pub state: Option<String>,
    /// `code_challenge`, of the method S256.
    pub challenge: PkceChallenge,
    /// What is asked for: never nothing.
    pub asked: Asked,
    /// `issuer_state` of an offer, which somebody else may have made up (OpenID4VCI §5.1.3).
    pub issuer_state: Option<String>,
    /// `dpop_jkt`: the key to which the code will be bound (RFC 9449 §10).
    pub dpop_jkt: Option<[u8; 32]>,
}

impl PushedAuthorizationRequest {
    /// Reads the form in the body of a pushed request.
    pub fn parse(body: &[u8]) -> Result<Self, OAuthFault> {
        let _ = body;
        Err(MessageFault::NotForm.into())
    }

    /// The form of the request, `application/x-www-form-urlencoded`.
    pub fn to_form(&self) -> String {
        String::new()
    }

    /// The key to which the code is bound: that of the DPoP proof sent along, of `dpop_jkt`, or of both, which then
    /// must be one (RFC 9449 §10.1).
    pub fn bound_to(&self, proof: Option<&[u8; 32]>) -> Result<Option<[u8; 32]>, OAuthFault> {
        match (self.dpop_jkt, proof) {
            (Some(said), Some(proven)) if said != *proven => Err(OAuthFault::DpopKeyDiffers),
            (said, proven) => Ok(proven.copied().or(said)),
        }
    }

    /// Whether `state` and `redirect_uri` may be used to answer `error` by redirection.
    pub fn answer<'a>(&'a self, issuer: &'a str) -> AuthorizationResponse<'a> {
        AuthorizationResponse { redirect_uri: &self.redirect_uri, state: self.state.as_deref(), issuer }
    }
}

/// The answer to a pushed request (RFC 9126 §2.2), of status 201.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedAuthorizationResponse {
    /// `request_uri`: opens the request once.
    pub request_uri: Secret,
    /// `expires_in`, in seconds.
    pub expires_in: u64,
}

impl PushedAuthorizationResponse {
    /// A `request_uri` of random bytes.
    pub fn new(random: [u8; 32], expires_in: u64) -> Self {
        let random = mapae_jose::base64url::encode(random);
        Self { request_uri: format!("urn:ietf:params:oauth:request_uri:{random}").into(), expires_in }
    }

    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads the answer of a server.
    pub fn parse(body: &[u8]) -> Result<Self, MessageFault> {
        let _ = body;
        Err(MessageFault::Missing { name: "request_uri" })
    }
}

/// What a browser brings to the authorization endpoint: a pushed request, and nothing else counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// `client_id`, which must be that of the pushed request.
    pub client_id: String,
    /// `request_uri`.
    pub request_uri: Secret,
}

impl AuthorizationRequest {
    /// Reads the query of the address, without its question mark.
    pub fn parse(query: &str) -> Result<Self, OAuthFault> {
        let _ = query;
        Err(MessageFault::NotForm.into())
    }
}

impl AuthorizationRequest {
    /// The address that a wallet opens in a browser.
    pub fn to_url(&self, authorization_endpoint: &str) -> String {
        authorization_endpoint.to_owned()
    }
}

/// The way back to the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorizationResponse<'a> {
    /// Where to.
    pub redirect_uri: &'a str,
    /// The wallet's `state`.
    pub state: Option<&'a str>,
    /// `iss` (RFC 9207): which server answers.
    pub issuer: &'a str,
}

impl AuthorizationResponse<'_> {
    /// The address to redirect to, with a code.
    pub fn code(&self, code: &Secret) -> String {
        let _ = code;
        String::new()
    }

    /// The address to redirect to, with an error.
    pub fn error(&self, error: ErrorCode) -> String {
        let _ = error;
        String::new()
    }
}
