//! The authorization request, pushed beforehand (RFC 9126), and the way back (RFC 6749 §4.1.2, RFC 9207).

use mapae_jose::{Object, base64url, json};

use crate::{
    Asked, ErrorCode, MessageFault, OAuthFault, PkceChallenge, Secret,
    form::{Form, FormWriter},
    members::{self, MAX_ID},
    uri,
};

/// Bytes of an answer to a pushed request at most.
const MAX_RESPONSE: usize = 8 << 10;

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
        let form = Form::parse(body)?;
        check_pushed(&form)?;
        let redirect_uri = form.required("redirect_uri", 2048)?;
        uri::check_redirect(redirect_uri)?;
        let asked = Asked::from_form(&form)?;
        if asked.is_empty() {
            return Err(OAuthFault::NothingAsked);
        }
        Ok(Self {
            client_id: form.required("client_id", MAX_ID)?.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            state: form.owned("state", MAX_ID)?,
            challenge: PkceChallenge::parse(form.required("code_challenge", 128)?)?,
            asked,
            issuer_state: form.owned("issuer_state", MAX_ID)?,
            dpop_jkt: form.optional("dpop_jkt", 64)?.map(thumbprint).transpose()?,
        })
    }

    /// The form of the request, `application/x-www-form-urlencoded`.
    pub fn to_form(&self) -> String {
        let (details, scope) = self.asked.to_parameters();
        FormWriter::new()
            .add("response_type", "code")
            .add("client_id", &self.client_id)
            .add("redirect_uri", &self.redirect_uri)
            .add("code_challenge", &self.challenge.to_string())
            .add("code_challenge_method", "S256")
            .add_some("state", self.state.as_deref())
            .add_some("authorization_details", details.as_deref())
            .add_some("scope", scope.as_deref())
            .add_some("issuer_state", self.issuer_state.as_deref())
            .add_some("dpop_jkt", self.dpop_jkt.map(base64url::encode).as_deref())
            .finish()
    }

    /// The key to which the code is bound: that of the DPoP proof sent along, of `dpop_jkt`, or of both, which then
    /// must be one (RFC 9449 §10.1).
    pub fn bound_to(&self, proof: Option<&[u8; 32]>) -> Result<Option<[u8; 32]>, OAuthFault> {
        match (self.dpop_jkt, proof) {
            (Some(said), Some(proven)) if said != *proven => Err(OAuthFault::DpopKeyDiffers),
            (said, proven) => Ok(proven.copied().or(said)),
        }
    }

    /// The way back, whatever the answer.
    pub fn answer<'a>(&'a self, issuer: &'a str) -> AuthorizationResponse<'a> {
        AuthorizationResponse { redirect_uri: &self.redirect_uri, state: self.state.as_deref(), issuer }
    }
}

fn check_pushed(form: &Form<'_>) -> Result<(), OAuthFault> {
    // RFC 9126 §2.1: what is pushed does not point at what was pushed.
    if form.optional("request_uri", MAX_ID)?.is_some() {
        return Err(MessageFault::Unexpected { name: "request_uri" }.into());
    }
    // RFC 9101 is not supported; what a signed request says must not be passed over.
    if form.optional("request", 16 << 10)?.is_some() {
        return Err(MessageFault::Unexpected { name: "request" }.into());
    }
    if form.required("response_type", 64)? != "code" {
        return Err(OAuthFault::ResponseTypeUnsupported);
    }
    // RFC 7636 §4.3: left out it would mean `plain`.
    if form.optional("code_challenge_method", 16)? == Some("S256") { Ok(()) } else { Err(OAuthFault::ChallengeMethod) }
}

fn thumbprint(text: &str) -> Result<[u8; 32], MessageFault> {
    let mut thumbprint = [0; 32];
    let whole = base64url::decode_to(text, &mut thumbprint).is_ok_and(|read| read.len() == 32);
    if whole { Ok(thumbprint) } else { Err(MessageFault::Malformed { name: "dpop_jkt" }) }
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
        let random = base64url::encode(random);
        Self { request_uri: format!("urn:ietf:params:oauth:request_uri:{random}").into(), expires_in }
    }

    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        json::to_vec(&Object::from_iter([
            ("request_uri".to_owned(), self.request_uri.expose().into()),
            ("expires_in".to_owned(), self.expires_in.into()),
        ]))
    }

    /// Reads the answer of a server.
    pub fn parse(body: &[u8]) -> Result<Self, MessageFault> {
        let object = members::object(body, MAX_RESPONSE)?;
        let expires_in = members::seconds(&object, "expires_in")?;
        Ok(Self {
            request_uri: members::required(&object, "request_uri", MAX_ID)?.to_owned().into(),
            expires_in: expires_in.ok_or(MessageFault::Missing { name: "expires_in" })?,
        })
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
        let form = Form::parse(query.as_bytes())?;
        Ok(Self {
            client_id: form.required("client_id", MAX_ID)?.to_owned(),
            request_uri: form.required("request_uri", MAX_ID)?.to_owned().into(),
        })
    }

    /// The address that a wallet opens in a browser.
    pub fn to_url(&self, authorization_endpoint: &str) -> String {
        let query = FormWriter::after(authorization_endpoint).add("client_id", &self.client_id);
        query.add("request_uri", self.request_uri.expose()).finish()
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
        self.redirect("code", code.expose())
    }

    /// The address to redirect to, with an error.
    pub fn error(&self, error: ErrorCode) -> String {
        self.redirect("error", error.as_str())
    }

    fn redirect(&self, name: &str, value: &str) -> String {
        let query = FormWriter::after(self.redirect_uri).add(name, value);
        query.add_some("state", self.state).add("iss", self.issuer).finish()
    }
}
