//! One request with its proofs of possession, made anew whenever a server wants a nonce of its own.
//!
//! RFC 9449 §8 and §9: `use_dpop_nonce` from either server; draft-ietf-oauth-attestation-based-client-auth-07 §6.2 and §8:
//! challenges fetched beforehand, given along with any answer, or demanded by `use_attestation_challenge`.

use mapae_jose::{Jwk, json};

use super::{
    Answer, Context, Endpoint, HttpRequest, HttpResponse, IssuerFault, Method, Refusal, WalletError, WalletKey,
    key::signed,
};
use crate::{DpopContents, MessageFault, PopContents, Secret, ServerMetadata, members::into_text, uri};

/// A server that wants a third nonce within one exchange wants no answer.
const MAX_AGAIN: u8 = 2;

/// How a server says that it knows wallets by attestation (draft -07 §13.1).
const ATTESTATION_METHOD: &str = "attest_jwt_client_auth";

/// Nonces and challenges that servers gave, by server.
#[derive(Debug, Clone, Default)]
pub struct ServerNonces {
    dpop: ByServer,
    challenges: ByServer,
}

/// One text of each server; an exchange has to do with two or three of them.
#[derive(Debug, Clone, Default)]
struct ByServer(Vec<(String, String)>);

impl ByServer {
    fn get(&self, server: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == server).map(|(_, text)| text.as_str())
    }

    fn put(&mut self, server: &str, text: &str) {
        self.take(server);
        self.0.push((server.to_owned(), text.to_owned()));
    }

    fn take(&mut self, server: &str) -> Option<String> {
        let place = self.0.iter().position(|(of, _)| of == server)?;
        Some(self.0.swap_remove(place).1)
    }
}

/// What a wallet provider says of this wallet, and the key by which the wallet proves that it is meant.
#[derive(Clone, Copy)]
pub struct AttestedWallet<'a> {
    /// The client attestation, a JWT.
    pub attestation: &'a str,
    /// Its `sub`: the wallet's name as an OAuth client.
    pub client_id: &'a str,
    /// The key in its `cnf`.
    pub key: &'a dyn WalletKey,
}

/// What is to be asked.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) at: Endpoint,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) dpop: bool,
    pub(super) token: Option<Secret>,
    /// The server to which the wallet shows its attestation.
    pub(super) attest_to: Option<AttestTo>,
}

#[derive(Clone)]
pub(super) struct AttestTo {
    issuer: String,
    challenge_endpoint: Option<String>,
}

impl AttestTo {
    /// HAIP §4.4.1: wallets show their attestation; to a server that does not know what it is, it would tell something
    /// for nothing.
    pub(super) fn wanted_by(server: &ServerMetadata, context: &Context<'_>) -> Option<Self> {
        let known = server.token_endpoint_auth_methods_supported.iter().any(|method| method == ATTESTATION_METHOD);
        (known && context.wallet.is_some())
            .then(|| Self { issuer: server.issuer.clone(), challenge_endpoint: server.challenge_endpoint.clone() })
    }
}

impl Plan {
    pub(super) fn get(at: Endpoint, url: &str, accept: &str) -> Self {
        Self { headers: vec![("accept", accept.to_owned())], ..Self::to(at, Method::Get, url) }
    }

    pub(super) fn post(at: Endpoint, url: &str) -> Self {
        Self::to(at, Method::Post, url)
    }

    fn to(at: Endpoint, method: Method, url: &str) -> Self {
        let (headers, body) = (Vec::new(), Vec::new());
        Self { at, method, url: url.to_owned(), headers, body, dpop: false, token: None, attest_to: None }
    }

    pub(super) fn with_body(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.headers.push(("content-type", media_type.to_owned()));
        Self { body, ..self }
    }

    pub(super) fn with_form(self, form: String) -> Self {
        self.with_body("application/x-www-form-urlencoded", form.into_bytes())
    }

    pub(super) fn proving_device(self) -> Self {
        Self { dpop: true, ..self }
    }

    pub(super) fn with_token(self, token: &Secret) -> Self {
        Self { dpop: true, token: Some(token.clone()), ..self }
    }

    pub(super) fn attested_to(self, attest_to: Option<AttestTo>) -> Self {
        Self { attest_to, ..self }
    }

    /// Where a challenge is to be had first, if that is so.
    fn challenge_first(&self, context: &Context<'_>) -> Option<String> {
        let to = self.attest_to.as_ref()?;
        if context.nonces.challenges.get(&to.issuer).is_some() { None } else { to.challenge_endpoint.clone() }
    }

    /// What to send now, and whether that fetches a challenge first.
    fn next(&self, context: &mut Context<'_>) -> Result<(HttpRequest, bool), WalletError> {
        match self.challenge_first(context) {
            Some(url) => Ok((Self::post(Endpoint::Challenge, &url).request(context)?, true)),
            None => Ok((self.request(context)?, false)),
        }
    }

    /// The request, its proofs made now.
    fn request(&self, context: &mut Context<'_>) -> Result<HttpRequest, WalletError> {
        if uri::check_url(&self.url, "url").is_err() {
            return Err(insecure(self.at));
        }
        let mut headers = self.headers.clone();
        if self.dpop {
            headers.push(("dpop", self.dpop_proof(context)?));
        }
        if let Some(token) = &self.token {
            headers.push(("authorization", format!("DPoP {}", token.expose())));
        }
        if let (Some(to), Some(wallet)) = (&self.attest_to, context.wallet) {
            headers.push(("oauth-client-attestation", wallet.attestation.to_owned()));
            headers.push(("oauth-client-attestation-pop", attestation_proof(to, &wallet, context)?));
        }
        Ok(HttpRequest { method: self.method, url: self.url.clone(), headers, body: self.body.clone() })
    }

    fn dpop_proof(&self, context: &mut Context<'_>) -> Result<String, WalletError> {
        let contents = DpopContents {
            key: &Jwk::from(context.device.public().clone()),
            method: self.method.as_str(),
            uri: uri::target(&self.url),
            issued_at: context.now,
            random: context.random()?,
            access_token: self.token.as_ref().map(Secret::expose),
            nonce: context.nonces.dpop.get(origin(&self.url)),
        };
        signed(contents.unsigned(), context.device)
    }
}

/// Scheme, host and port: to what a server's DPoP nonces belong (RFC 9449 §8).
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['/', '?']).map_or(url.len(), |at| authority + at);
    &url[..end]
}

/// A challenge serves once.
fn attestation_proof(
    to: &AttestTo,
    wallet: &AttestedWallet<'_>,
    context: &mut Context<'_>,
) -> Result<String, WalletError> {
    let challenge = context.nonces.challenges.take(&to.issuer);
    let contents = PopContents {
        client_id: wallet.client_id,
        audience: &to.issuer,
        issued_at: context.now,
        random: context.random()?,
        challenge: challenge.as_deref(),
    };
    signed(contents.unsigned(), wallet.key)
}

pub(super) fn insecure(at: Endpoint) -> WalletError {
    match at {
        Endpoint::Offer => super::OfferFault::Insecure.into(),
        Endpoint::ClientAttestation | Endpoint::KeyAttestation => super::ProviderFault::Insecure.into(),
        _ => IssuerFault::Insecure { at }.into(),
    }
}

/// A request on its way. Every state of an exchange hands it on, so it is but one word.
#[derive(Clone)]
pub(super) struct Call(Box<Sent>);

#[derive(Clone)]
struct Sent {
    plan: Plan,
    request: HttpRequest,
    fetching_challenge: bool,
    again: u8,
}

impl Call {
    pub(super) fn begin(plan: Plan, context: &mut Context<'_>) -> Result<Self, WalletError> {
        let (request, fetching_challenge) = plan.next(context)?;
        Ok(Self(Box::new(Sent { plan, request, fetching_challenge, again: 0 })))
    }

    fn next(mut self, context: &mut Context<'_>) -> Result<Self, WalletError> {
        (self.0.request, self.0.fetching_challenge) = self.0.plan.next(context)?;
        Ok(self)
    }

    pub(super) fn request(&self) -> &HttpRequest {
        &self.0.request
    }

    pub(super) fn at(&self) -> Endpoint {
        self.0.plan.at
    }

    /// Takes a response: the same request with another nonce, or its end with a success. Refusals are errors.
    pub(super) fn receive(
        mut self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, Endpoint>, WalletError> {
        self.0.remember(response, context.nonces);
        if self.0.fetching_challenge {
            return self.take_challenge(response, context).map(Answer::Again);
        }
        if response.is_success() {
            return Ok(Answer::Done(self.at()));
        }
        let refusal = Refusal::read(self.at(), response);
        if !self.0.wants_nonce(&refusal, response) {
            return Err(refusal.into_error());
        }
        if self.0.again == MAX_AGAIN {
            return Err(IssuerFault::NonceLoop { at: self.at() }.into());
        }
        self.0.again += 1;
        self.next(context).map(Answer::Again)
    }

    fn take_challenge(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Self, WalletError> {
        if !response.is_success() {
            return Err(Refusal::read(Endpoint::Challenge, response).into_error());
        }
        let challenge = member(Endpoint::Challenge, response, "attestation_challenge")?;
        if let Some(to) = &self.0.plan.attest_to {
            context.nonces.challenges.put(&to.issuer, &challenge);
        }
        self.next(context)
    }
}

impl Sent {
    fn wants_nonce(&self, refusal: &Refusal, response: &HttpResponse) -> bool {
        let dpop = self.plan.dpop && refusal.is("use_dpop_nonce") && response.header("dpop-nonce").is_some();
        dpop || (self.plan.attest_to.is_some() && refusal.is("use_attestation_challenge"))
    }

    /// RFC 9449 §8.2: a nonce that comes with any answer replaces the one before.
    fn remember(&self, response: &HttpResponse, nonces: &mut ServerNonces) {
        if let Some(nonce) = response.header("dpop-nonce") {
            nonces.dpop.put(origin(&self.request.url), nonce);
        }
        if let (Some(to), Some(challenge)) =
            (&self.plan.attest_to, response.header("oauth-client-attestation-challenge"))
        {
            nonces.challenges.put(&to.issuer, challenge);
        }
    }
}

/// A text of the answer.
pub(super) fn member(at: Endpoint, response: &HttpResponse, name: &'static str) -> Result<String, WalletError> {
    let mut body = json::parse_object(&response.body).map_err(|error| malformed(at, error.into()))?;
    let text = body.remove(name).and_then(into_text);
    text.ok_or_else(|| malformed(at, MessageFault::Missing { name }))
}

pub(super) fn malformed(at: Endpoint, fault: MessageFault) -> WalletError {
    match at {
        Endpoint::ClientAttestation | Endpoint::KeyAttestation => super::ProviderFault::Malformed { at, fault }.into(),
        _ => IssuerFault::Malformed { at, fault }.into(),
    }
}
