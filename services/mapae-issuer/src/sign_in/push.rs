//! `POST /par` (RFC 9126): who asks, for what, and where the answer goes, before a browser is involved.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use mapae_http::Whole;
use mapae_oid4vci::{Asked, ErrorCode, PushedAuthorizationRequest, PushedAuthorizationResponse, VerifiedDpop};
use mapae_types::DocumentName;

use super::Door;
use crate::{
    ids::SignInId,
    routes::{answer, expect_form, refusal::Refusal},
    seal::REQUEST_URI,
    service::Service,
    store::{IssuerStore, NewSignIn, PushedRequest},
};

/// Before the sealed id in a request URI (RFC 9126 §2.2).
pub(super) const URN: &str = "urn:ietf:params:oauth:request_uri:";

pub(super) async fn push<S: IssuerStore>(
    State(door): State<Arc<Door<S>>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    let service = &door.service;
    match service.push(&headers, &body).await {
        Ok(response) => answer::json(service, 201, response.to_json()),
        Err(refusal) => refusal.into_response(service),
    }
}

impl<S: IssuerStore> Service<S> {
    async fn push(&self, headers: &HeaderMap, body: &[u8]) -> Result<PushedAuthorizationResponse, Refusal> {
        let now = self.clock.now()?;
        expect_form(headers)?;
        let pushed = PushedAuthorizationRequest::parse(body)?;
        // HAIP 1.0 §4.3: the wallet is attested here, and that is why its redirect URI is believed.
        self.client(headers, Some(&pushed.client_id), true, now)?;
        // RFC 9449 §10.1: a proof is welcome and binds the code.
        let proof = if headers.contains_key("dpop") { Some(self.dpop(headers, "par", None, now)?) } else { None };
        let jkt = pushed.bound_to(proof.as_ref().map(VerifiedDpop::jkt))?;
        let (name, configurations) = self.asked_for(&pushed.asked)?;
        let id = SignInId::new(now, &mut &self.dice)?;
        let lifetime = self.config.lifetimes.sign_in;
        let request = PushedRequest {
            client_id: pushed.client_id,
            redirect_uri: pushed.redirect_uri,
            state: pushed.state,
            challenge: pushed.challenge.to_string(),
            configurations,
            name,
            jkt,
        };
        self.store.push(&NewSignIn { id, request, expires_at: now + lifetime }).await?;
        let request_uri = format!("{URN}{}", self.seal.seal(REQUEST_URI, id)).into();
        Ok(PushedAuthorizationResponse { request_uri, expires_in: lifetime.as_seconds().unsigned_abs() })
    }

    /// The configurations, and the one document that they are of: a grant is of one (design D9).
    fn asked_for(&self, asked: &Asked) -> Result<(DocumentName, Vec<String>), Refusal> {
        let (details, scopes) = (asked.details.as_deref().unwrap_or_default(), asked.scopes.as_deref());
        // OpenID4VCI §5.1.1: `locations` names credential issuers, and there is one here.
        let elsewhere = |location: &String| location != self.issuer.as_str();
        if details.iter().any(|detail| detail.locations.iter().any(elsewhere)) {
            return Err(Refusal::new(ErrorCode::InvalidAuthorizationDetails, "locations of another issuer"));
        }
        let details = details.iter().map(|detail| (&detail.credential_configuration_id, DETAILS));
        let scopes = scopes.unwrap_or_default().iter().map(|scope| (scope, SCOPE));
        let mut asked: Vec<String> = Vec::new();
        let mut document: Option<&DocumentName> = None;
        for (id, refusal) in details.chain(scopes) {
            let Some(configuration) = self.desk.configurations().get(id) else {
                return Err(Refusal::new(refusal.0, refusal.1));
            };
            if document.is_some_and(|known| *known != configuration.document) {
                return Err(Refusal::new(refusal.0, "one document at a time"));
            }
            document = Some(&configuration.document);
            if !asked.contains(id) {
                asked.push(id.clone());
            }
        }
        let nothing = || Refusal::new(ErrorCode::InvalidScope, "nothing is asked for");
        Ok((document.ok_or_else(nothing)?.clone(), asked))
    }
}

const DETAILS: (ErrorCode, &str) =
    (ErrorCode::InvalidAuthorizationDetails, "a credential configuration that is not issued here");
const SCOPE: (ErrorCode, &str) = (ErrorCode::InvalidScope, "a scope that is not issued here");
