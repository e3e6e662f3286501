//! The authorization code flow: the request is pushed (RFC 9126), a person signs in, the browser comes back (RFC 6749
//! §4.1, RFC 7636, RFC 9207; HAIP §4.3).

use mapae_jose::{Object, base64url, json};
use mapae_types::Timestamp;

use super::{
    Answer, AwaitingToken, Context, Endpoint, Exchange, HttpRequest, HttpResponse, Issuer, IssuerFault, OurFault,
    Refusal, UserFault, WalletError,
    call::{AttestTo, Call, Plan, insecure, malformed},
    stored::Stored,
};
use crate::{
    Asked, GrantRequest, PkceVerifier, PushedAuthorizationRequest, PushedAuthorizationResponse, Secret,
    form::{Form, FormWriter},
    uri::check_url,
};

/// Bytes of a value that a redirect may have.
const MAX_VALUE: usize = 2048;

/// What a person signs in for.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// The configurations, whose scopes are asked for (HAIP §4.3).
    pub configurations: &'a [String],
    /// Where the browser is to come back.
    pub redirect_uri: &'a str,
    /// `issuer_state` of the offer, given back as it came (OpenID4VCI §4.1.1).
    pub issuer_state: Option<&'a str>,
}

/// The pushed request is on its way.
#[derive(Clone)]
pub struct AwaitingPushed {
    call: Call,
    client_id: String,
    authorization_endpoint: String,
    issuer: String,
    redirect_uri: String,
    state: String,
    verifier: PkceVerifier,
}

/// A person is signing in. It is data, which the wallet may keep until the browser is back; an answer to another request
/// cannot be taken for it.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingSignIn {
    authorization_url: Secret,
    issuer: String,
    redirect_uri: String,
    state: Secret,
    verifier: Secret,
    expires_at: Timestamp,
}

impl Issuer {
    /// Pushes an authorization request.
    pub fn push(&self, sign_in: &SignIn<'_>, context: &mut Context<'_>) -> Result<AwaitingPushed, WalletError> {
        // HAIP §4.3: the `client_id` is the attestation's `sub`; nobody signs in for a wallet that nobody knows.
        let client_id = context.wallet.ok_or(OurFault::ClientAttestationMissing)?.client_id.to_owned();
        let server = self.server();
        let authorization = Self::endpoint(Endpoint::Authorization, server.authorization_endpoint.as_ref())?;
        if check_url(authorization, "authorization_endpoint").is_err() {
            return Err(insecure(Endpoint::Authorization));
        }
        let push = Self::endpoint(Endpoint::PushedRequest, server.pushed_authorization_request_endpoint.as_ref())?;
        let verifier = PkceVerifier::from_entropy(context.random()?);
        let state = base64url::encode(context.random::<16>()?);
        let request = PushedAuthorizationRequest {
            client_id: client_id.clone(),
            redirect_uri: sign_in.redirect_uri.to_owned(),
            state: Some(state.clone()),
            challenge: verifier.challenge(),
            asked: Asked { details: None, scopes: Some(self.scopes(sign_in.configurations)?) },
            issuer_state: sign_in.issuer_state.map(str::to_owned),
            dpop_jkt: None,
        };
        // RFC 9449 §10.1: the proof sent along binds the code to the device's key.
        let plan = Plan::post(Endpoint::PushedRequest, push).with_form(request.to_form()).proving_device();
        let call = Call::begin(plan.attested_to(AttestTo::wanted_by(server, context)), context)?;
        let (authorization_endpoint, issuer) = (authorization.to_owned(), server.issuer.clone());
        let redirect_uri = sign_in.redirect_uri.to_owned();
        Ok(AwaitingPushed { call, client_id, authorization_endpoint, issuer, redirect_uri, state, verifier })
    }

    fn scopes(&self, configurations: &[String]) -> Result<Vec<String>, WalletError> {
        let scope = |id: &String| {
            let scope = self.configuration(id)?.scope.clone();
            // HAIP §4.1: every configuration has one.
            scope.ok_or_else(|| OurFault::NotGranted { configuration: id.clone() }.into())
        };
        configurations.iter().map(scope).collect()
    }

    /// Takes the address to which the browser came back, and redeems its code.
    pub fn redirected(
        &self,
        pending: &PendingSignIn,
        address: &str,
        context: &mut Context<'_>,
    ) -> Result<AwaitingToken, WalletError> {
        let code = pending.code(address)?;
        let malformed = |_| OurFault::StoredMalformed("verifier");
        let verifier = PkceVerifier::parse(pending.verifier.expose()).map_err(malformed)?;
        let redirect_uri = pending.redirect_uri.clone();
        self.token(GrantRequest::AuthorizationCode { code, verifier, redirect_uri }, context)
    }
}

impl Exchange for AwaitingPushed {
    type Done = PendingSignIn;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, PendingSignIn>, WalletError> {
        match self.call.receive(response, context)? {
            Answer::Again(call) => Ok(Answer::Again(Self { call, ..self })),
            Answer::Done(at) => {
                let pushed =
                    PushedAuthorizationResponse::parse(&response.body).map_err(|fault| malformed(at, fault))?;
                let url = FormWriter::after(&self.authorization_endpoint).add("client_id", &self.client_id);
                let url = url.add("request_uri", pushed.request_uri.expose()).finish();
                let lifetime = i64::try_from(pushed.expires_in).unwrap_or(0);
                Ok(Answer::Done(PendingSignIn {
                    authorization_url: url.into(),
                    issuer: self.issuer,
                    redirect_uri: self.redirect_uri,
                    state: self.state.into(),
                    verifier: self.verifier.expose().to_owned().into(),
                    expires_at: context.now + mapae_types::Duration::seconds(lifetime),
                }))
            }
        }
    }
}

impl PendingSignIn {
    /// Where to send the person's browser.
    pub fn authorization_url(&self) -> &str {
        self.authorization_url.expose()
    }

    /// Until when the browser must have been there.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The code, out of an answer to this very request (RFC 6749 §10.12, RFC 9207 §2.4).
    fn code(&self, address: &str) -> Result<Secret, WalletError> {
        let query = address.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default());
        let form = query.and_then(|query| Form::parse(query.as_bytes()).ok()).ok_or(IssuerFault::RedirectForeign)?;
        let of = |name| form.optional(name, MAX_VALUE).ok().flatten();
        // HAIP §4.3 by FAPI 2: `iss` is always there, and tells the servers of two issuers apart.
        if of("state") != Some(self.state.expose()) || of("iss") != Some(&self.issuer) {
            return Err(IssuerFault::RedirectForeign.into());
        }
        match (of("error"), of("code")) {
            (Some("access_denied"), _) => Err(UserFault::Declined.into()),
            (Some(error), _) => Err(refused(error, of("error_description")).into_error()),
            (None, Some(code)) => Ok(code.to_owned().into()),
            (None, None) => Err(IssuerFault::RedirectForeign.into()),
        }
    }

    /// For the wallet's encrypted store.
    pub fn to_object(&self) -> Object {
        let pairs = [
            ("authorization_url", self.authorization_url.expose()),
            ("issuer", &self.issuer),
            ("redirect_uri", &self.redirect_uri),
            ("state", self.state.expose()),
            ("verifier", self.verifier.expose()),
        ];
        let mut object = json::object(pairs.map(|(name, value)| (name, value.into())));
        object.insert("expires_at".to_owned(), self.expires_at.unix().into());
        object
    }

    /// Reads what [`Self::to_object`] wrote.
    pub fn from_object(object: &Object) -> Result<Self, WalletError> {
        let mut stored = Stored::of(object);
        let names = ["authorization_url", "issuer", "redirect_uri", "state", "verifier"];
        let [authorization_url, issuer, redirect_uri, state, verifier] = names.map(|name| stored.text(name));
        let (authorization_url, state, verifier) = (authorization_url.into(), state.into(), verifier.into());
        let expires_at = stored.expires_at();
        Ok(Self { authorization_url, issuer, redirect_uri, state, verifier, expires_at: stored.read(expires_at)? })
    }
}

impl core::fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PendingSignIn").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

fn refused(error: &str, description: Option<&str>) -> Refusal {
    Refusal::redirected(Endpoint::Authorization, error, description)
}
