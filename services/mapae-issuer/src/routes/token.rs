//! The token endpoint (OpenID4VCI §6): three grants, each consumed once, each repeatable for a minute.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use mapae_http::Whole;
use mapae_oid4vci::{
    Asked, ErrorCode, GrantRequest, GrantedDetail, MessageFault, OAuthFault, PkceVerifier, Secret, TokenRequest,
    TokenResponse,
};
use mapae_types::Timestamp;

use super::{answer, refusal::Refusal};
use crate::{
    config::WalletAttestation,
    ids::{DocumentId, GrantId},
    seal::{ACCESS_TOKEN, AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE, REFRESH_TOKEN},
    service::Service,
    store::{Exchange, Exchanged, Grant, IssuerStore, Redeemed, Redemption, Refresh, Refreshed},
};

/// Who asks, and when.
struct Asking {
    jkt: [u8; 32],
    client_id: Option<String>,
    now: Timestamp,
}

/// `POST /token`.
pub(super) async fn token<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    match service.token(&headers, &body).await {
        Ok(response) => answer::json(&service, 200, response.to_json()),
        Err(refusal) => refusal.into_response(&service),
    }
}

impl<S: IssuerStore> Service<S> {
    async fn token(&self, headers: &HeaderMap, body: &[u8]) -> Result<TokenResponse, Refusal> {
        let now = self.clock.now()?;
        super::expect_form(headers)?;
        let request = TokenRequest::parse(body)?;
        let proof = self.dpop(headers, "token", None, now)?;
        let is_demanded = self.config.wallet_attestation == WalletAttestation::Required
            || matches!(request.grant, GrantRequest::AuthorizationCode { .. });
        let client = self.client(headers, request.client_id.as_deref(), is_demanded, now)?;
        let client_id = client.map(|client| client.client_id().to_owned()).or(request.client_id);
        let asking = Asking { jkt: *proof.jkt(), client_id, now };
        let grant = match &request.grant {
            GrantRequest::PreAuthorized { code, tx_code } => self.redeem(code, tx_code.as_ref(), &asking).await,
            GrantRequest::AuthorizationCode { code, verifier, redirect_uri } => {
                self.exchange(code, verifier, redirect_uri, &asking).await
            }
            GrantRequest::Refresh { token } => self.refresh(token, &asking).await,
            _ => Err(OAuthFault::GrantUnsupported.into()),
        }?;
        self.answer(&grant, &request.asked, now)
    }

    async fn redeem(&self, code: &Secret, tx_code: Option<&Secret>, asking: &Asking) -> Result<Grant, Refusal> {
        // OpenID4VCI §6.3: every offer of ours has a transaction code.
        let tx_code = tx_code.ok_or(OAuthFault::Message(MessageFault::Missing { name: "tx_code" }))?;
        let refuse = |why: &str| Err(Refusal::new(ErrorCode::InvalidGrant, why));
        let Some(offer) = self.seal.open(PRE_AUTHORIZED_CODE, code.expose()) else {
            return refuse("there is no such code");
        };
        let redemption = Redemption {
            offer,
            tx_code: self.seal.tx_code(offer, tx_code.expose()),
            jkt: asking.jkt,
            client_id: asking.client_id.clone(),
            grant: GrantId::new(asking.now, &mut &self.dice)?,
            expires_at: asking.now + self.config.lifetimes.access_token,
            now: asking.now,
        };
        match self.store.redeem(&redemption).await? {
            Redeemed::Done(grant) | Redeemed::Repeated(grant) => Ok(grant),
            Redeemed::WrongTxCode { left: 0 } => refuse("the transaction code is wrong, and the offer is void now"),
            Redeemed::WrongTxCode { left } => Err(Refusal::new(
                ErrorCode::InvalidGrant,
                format_args!("the transaction code is wrong, {left} tries left"),
            )),
            Redeemed::Used => refuse("the code was used before"),
            Redeemed::Expired => refuse("the code has expired"),
            Redeemed::Unknown => refuse("there is no such code"),
            Redeemed::Void => refuse("the offer is void"),
        }
    }

    async fn exchange(
        &self,
        code: &Secret,
        verifier: &PkceVerifier,
        redirect_uri: &str,
        asking: &Asking,
    ) -> Result<Grant, Refusal> {
        let refuse = |why: &str| Err(Refusal::new(ErrorCode::InvalidGrant, why));
        let Some(id) = self.seal.open(AUTHORIZATION_CODE, code.expose()) else {
            return refuse("there is no such code");
        };
        let exchange = Exchange {
            id,
            challenge: verifier.challenge().to_string(),
            redirect_uri: redirect_uri.to_owned(),
            client_id: asking.client_id.clone().unwrap_or_default(),
            jkt: asking.jkt,
            document: DocumentId::new(asking.now, &mut &self.dice)?,
            grant: GrantId::new(asking.now, &mut &self.dice)?,
            copies: self.copies_of_an_offer(),
            expires_at: asking.now + self.config.lifetimes.access_token,
            now: asking.now,
        };
        match self.store.exchange(&exchange).await? {
            Exchanged::Done(grant) | Exchanged::Repeated(grant) => Ok(grant),
            Exchanged::Mismatch => refuse("the verifier, redirect_uri, client or key is not that of the request"),
            Exchanged::Used => refuse("the code was used before"),
            Exchanged::Expired => refuse("the code has expired"),
            Exchanged::Unknown => refuse("there is no such code"),
        }
    }

    async fn refresh(&self, token: &Secret, asking: &Asking) -> Result<Grant, Refusal> {
        let refuse = |why: &str| Err(Refusal::new(ErrorCode::InvalidGrant, why));
        let Some(root) = self.seal.open(REFRESH_TOKEN, token.expose()) else {
            return refuse("there is no such refresh token");
        };
        let refresh = Refresh {
            root,
            jkt: asking.jkt,
            grant: GrantId::new(asking.now, &mut &self.dice)?,
            copies: self.copies_of_an_offer(),
            expires_at: asking.now + self.config.lifetimes.access_token,
            now: asking.now,
        };
        match self.store.refresh(&refresh).await? {
            Refreshed::Done(grant) | Refreshed::Repeated(grant) => Ok(grant),
            Refreshed::TooSoon { from } => {
                Err(Refusal::new(ErrorCode::InvalidGrant, format_args!("there are copies enough until {from}")))
            }
            Refreshed::OtherKey => refuse("the refresh token is bound to another key"),
            Refreshed::Not(state) => {
                Err(Refusal::new(ErrorCode::InvalidGrant, format_args!("the document is {}", state.name())))
            }
            Refreshed::Unknown => refuse("there is no such refresh token"),
        }
    }

    fn answer(&self, grant: &Grant, asked: &Asked, now: Timestamp) -> Result<TokenResponse, Refusal> {
        let ours: Vec<&str> = self.desk.configurations_of(&grant.name).collect();
        let is_ours = |id: &str| ours.contains(&id);
        if let Some(scopes) = &asked.scopes
            && !scopes.iter().all(|scope| is_ours(scope))
        {
            return Err(Refusal::new(ErrorCode::InvalidScope, "a scope that this grant does not cover"));
        }
        let details = asked.details.as_deref().unwrap_or_default();
        if !details.iter().all(|detail| is_ours(&detail.credential_configuration_id)) {
            let why = "a configuration that this grant does not cover";
            return Err(Refusal::new(ErrorCode::InvalidAuthorizationDetails, why));
        }
        let granted = details.iter().map(|detail| GrantedDetail {
            credential_configuration_id: detail.credential_configuration_id.clone(),
            credential_identifiers: vec![detail.credential_configuration_id.clone()],
        });
        Ok(TokenResponse {
            access_token: self.seal.seal(ACCESS_TOKEN, grant.id).into(),
            expires_in: now.age_at(grant.expires_at).as_seconds().unsigned_abs(),
            refresh_token: Some(self.seal.seal(REFRESH_TOKEN, grant.root).into()),
            scope: asked.scopes.as_ref().map(|scopes| scopes.join(" ")),
            details: granted.collect(),
        })
    }
}
