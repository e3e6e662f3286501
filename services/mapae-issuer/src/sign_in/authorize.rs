//! `GET /authorize`: the citizen's browser, on its way to the provider.

use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use mapae_jose::base64url;
use mapae_oid4vci::{AuthorizationRequest, PkceVerifier};
use mapae_types::Entropy as _;

use super::{
    CALLBACK, Door,
    browser::{Mark, Page, redirect},
    error::ProviderFault,
    provider::Attempt,
    push::URN,
};
use crate::{
    seal::{REQUEST_URI, SIGN_IN_STATE},
    store::{BeginSignIn, IssuerStore, StoreError},
};

pub(super) async fn authorize<S: IssuerStore>(State(door): State<Arc<Door<S>>>, uri: Uri) -> Response {
    match door.begin(uri.query().unwrap_or_default()).await {
        Ok(response) => response,
        Err(page) => page.into_response(),
    }
}

impl<S: IssuerStore> Door<S> {
    async fn begin(&self, query: &str) -> Result<Response, Page> {
        let service = &self.service;
        let now = service.clock.now().map_err(|error| self.ours(&error))?;
        let request = AuthorizationRequest::parse(query).map_err(|_| Page::Malformed)?;
        let sealed = request.request_uri.expose().strip_prefix(URN).ok_or(Page::Malformed)?;
        let id = service.seal.open(REQUEST_URI, sealed).ok_or(Page::Gone)?;
        let (nonce, verifier) = self.secrets().map_err(|error| self.ours(&error))?;
        let state = service.seal.seal(SIGN_IN_STATE, id);
        let redirect_uri = service.issuer.endpoint(CALLBACK);
        let attempt = Attempt { redirect_uri: &redirect_uri, nonce: &nonce, verifier: &verifier };
        // Asked before the request URI is spent: a provider that is away costs the citizen a moment, not the request.
        let url = self.provider.authorization_url(&attempt, &state, now).await.map_err(|fault| self.away(&fault))?;
        let lifetime = service.config.lifetimes.sign_in;
        let begin = BeginSignIn {
            id,
            client_id: request.client_id,
            nonce: nonce.clone(),
            verifier: verifier.expose().to_owned(),
            expires_at: now + lifetime,
            now,
        };
        service.store.begin_sign_in(&begin).await.map_err(|error| self.stored(&error))?.ok_or(Page::Gone)?;
        let mark = Mark::new(&service.seal, id, service.issuer.as_str());
        Ok(redirect(url.as_str(), Some(mark.set(lifetime))))
    }

    fn secrets(&self) -> Result<(String, PkceVerifier), mapae_types::EntropyError> {
        let mut dice = &self.service.dice;
        let nonce = base64url::encode(dice.array::<32>()?);
        Ok((nonce, PkceVerifier::from_entropy(dice.array()?)))
    }

    pub(super) fn ours(&self, cause: &dyn core::fmt::Display) -> Page {
        self.service.notices.say(format_args!("sign-in: {cause}"));
        Page::Ours
    }

    pub(super) fn stored(&self, error: &StoreError) -> Page {
        self.service.notices.say(format_args!("sign-in: {error}"));
        Page::Away
    }

    fn away(&self, fault: &ProviderFault) -> Page {
        self.service.notices.say(format_args!("sign-in at {}: {fault}", self.provider.issuer()));
        Page::Away
    }
}
