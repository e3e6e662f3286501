//! `GET /callback`: the citizen's browser, back from the provider, on its way to the wallet.
//!
//! Until the sign-in is found, and is this browser's, there is nobody to send it to; from then on every answer goes to the
//! wallet (RFC 6749 §4.1.2.1), with `iss` (RFC 9207).

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use mapae_oid4vci::{AuthorizationResponse, ErrorCode, PkceVerifier};
use mapae_types::{Duration, Entropy as _, Timestamp};

use super::{
    CALLBACK, Door,
    browser::{Mark, Page, Query, redirect},
    error::ProviderFault,
    provider::Attempt,
};
use crate::{
    ids::SignInId,
    seal::{AUTHORIZATION_CODE, SIGN_IN_STATE},
    store::{IssuerStore, TakenSignIn},
};

/// How long a code is good. FAPI 2.0 Security Profile §5.3.2.1, by way of HAIP 1.0 §4: a minute at most.
const CODE: Duration = Duration::seconds(60);

pub(super) async fn callback<S: IssuerStore>(
    State(door): State<Arc<Door<S>>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    match door.back(&headers, uri.query()).await {
        Ok(response) => response,
        Err(page) => page.into_response(),
    }
}

impl<S: IssuerStore> Door<S> {
    async fn back(&self, headers: &HeaderMap, query: Option<&str>) -> Result<Response, Page> {
        let service = &self.service;
        let now = service.clock.now().map_err(|error| self.ours(&error))?;
        let query = Query::parse(query).ok_or(Page::Malformed)?;
        let state = query.get("state").ok_or(Page::Malformed)?;
        let id = service.seal.open(SIGN_IN_STATE, state).ok_or(Page::Gone)?;
        let mark = Mark::new(&service.seal, id, service.issuer.as_str());
        // Looked at before anything is spent: a stranger's browser ends nobody's sign-in.
        if !mark.is_in(headers) {
            return Err(Page::OtherBrowser);
        }
        let taken = service.store.take_sign_in(id, now).await.map_err(|error| self.stored(&error))?;
        let taken = taken.ok_or(Page::Gone)?;
        let issuer = service.issuer.as_str();
        let (redirect_uri, wallet_state) = (&taken.request.redirect_uri, taken.request.state.as_deref());
        let answer = AuthorizationResponse { redirect_uri, state: wallet_state, issuer };
        let to = match self.sign_in(id, &taken, &query, now).await {
            Ok(()) => answer.code(&service.seal.seal(AUTHORIZATION_CODE, id).into()),
            Err(code) => answer.error(code),
        };
        Ok(redirect(&to, Some(mark.clear())))
    }

    /// Finds out who the citizen is, and lets the code stand for that; otherwise what the wallet is told.
    async fn sign_in(&self, id: SignInId, taken: &TakenSignIn, query: &Query, now: Timestamp) -> Result<(), ErrorCode> {
        let service = &self.service;
        self.provider.check_named(query.get("iss"), now).await.map_err(|fault| self.refused(&fault))?;
        let code = match (query.get("code"), query.get("error")) {
            (Some(code), None) => code,
            (None, Some(error)) => return Err(told(error)),
            _ => return Err(ErrorCode::ServerError),
        };
        let verifier = PkceVerifier::parse(&taken.verifier).map_err(|_| ErrorCode::ServerError)?;
        let redirect_uri = service.issuer.endpoint(CALLBACK);
        let attempt = Attempt { redirect_uri: &redirect_uri, nonce: &taken.nonce, verifier: &verifier };
        let random = (&service.dice).array().map_err(|error| self.refused(&error.into()))?;
        let person = self.provider.redeem(code, &attempt, random, now).await.map_err(|fault| self.refused(&fault))?;
        let away = |error| {
            self.stored(&error);
            ErrorCode::TemporarilyUnavailable
        };
        // Whoever is not in the register of the document learns it here, and not after having gone all the way.
        if service.store.row(&taken.request.name, &person).await.map_err(away)?.is_none() {
            return Err(ErrorCode::AccessDenied);
        }
        let expires_at = now + CODE;
        let signed_in = service.store.signed_in(id, &person, expires_at, now).await.map_err(away)?;
        signed_in.map(drop).ok_or(ErrorCode::ServerError)
    }

    fn refused(&self, fault: &ProviderFault) -> ErrorCode {
        self.service.notices.say(format_args!("sign-in at {}: {fault}", self.provider.issuer()));
        match fault {
            ProviderFault::CodeRefused => ErrorCode::AccessDenied,
            fault if fault.is_away() => ErrorCode::TemporarilyUnavailable,
            _ => ErrorCode::ServerError,
        }
    }
}

/// What the wallet is told of the provider's error (OpenID Connect Core §3.1.2.6). What else the provider says is between
/// it and us.
fn told(error: &str) -> ErrorCode {
    match error {
        "access_denied" | "login_required" | "interaction_required" | "consent_required" => ErrorCode::AccessDenied,
        "temporarily_unavailable" => ErrorCode::TemporarilyUnavailable,
        _ => ErrorCode::ServerError,
    }
}
