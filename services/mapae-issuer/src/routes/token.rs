//! The token endpoint (OpenID4VCI §6): three grants, each consumed once, each repeatable for a minute.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use mapae_http::Whole;
use mapae_oid4vci::{
    Asked, ErrorCode, GrantRequest, GrantedDetail, MessageFault, OAuthFault, PkceVerifier, Secret, TokenRequest,
    TokenResponse,
};
use mapae_types::{DocumentName, Timestamp};

use super::{answer, refusal::Refusal};
use crate::{
    config::WalletAttestation,
    desk::Configuration,
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
        let client_id = client.map(|client| client.client_id().to_owned()).or_else(|| request.client_id.clone());
        let asking = Asking { jkt: *proof.jkt(), client_id, now };
        self.expect_grantable(&request).await?;
        let grant = match &request.grant {
            GrantRequest::PreAuthorized { code, tx_code } => self.redeem(code, tx_code.as_ref(), &asking).await,
            GrantRequest::AuthorizationCode { code, verifier, redirect_uri } => {
                self.exchange(code, verifier, redirect_uri, &asking).await
            }
            GrantRequest::Refresh { token } => self.refresh(token, &asking).await,
            _ => Err(OAuthFault::GrantUnsupported.into()),
        }?;
        Ok(self.answer(&grant, &request.asked, now))
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

    /// Before anything is spent: whether what is asked for can be granted at all.
    async fn expect_grantable(&self, request: &TokenRequest) -> Result<(), Refusal> {
        let Asked { details, scopes } = &request.asked;
        if details.is_none() && scopes.is_none() {
            return Ok(());
        }
        let name = match &request.grant {
            GrantRequest::PreAuthorized { code, .. } => self.offered_name(code).await?,
            _ => None,
        };
        let of_it = |configuration: &Configuration| name.as_ref().is_none_or(|name| configuration.document == *name);
        let is_ours = |id: &str| self.desk.configurations().get(id).is_some_and(of_it);
        // OpenID4VCI §5.1.2: scopes that nobody knows are ignored, unless no other is left.
        if scopes.as_ref().is_some_and(|scopes| !scopes.iter().any(|scope| is_ours(scope))) {
            return Err(Refusal::new(ErrorCode::InvalidScope, "no scope that this grant covers"));
        }
        let mut details = details.iter().flatten();
        if !details.all(|detail| is_ours(&detail.credential_configuration_id)) {
            let why = "a configuration that this grant does not cover";
            return Err(Refusal::new(ErrorCode::InvalidAuthorizationDetails, why));
        }
        Ok(())
    }

    async fn offered_name(&self, code: &Secret) -> Result<Option<DocumentName>, Refusal> {
        let Some(offer) = self.seal.open(PRE_AUTHORIZED_CODE, code.expose()) else { return Ok(None) };
        Ok(self.store.offer_of(offer).await?.map(|offer| offer.name))
    }

    fn answer(&self, grant: &Grant, asked: &Asked, now: Timestamp) -> TokenResponse {
        let ours: Vec<&str> = self.desk.configurations_of(&grant.name).collect();
        let granted = |scopes: &Vec<String>| {
            let granted: Vec<&str> = scopes.iter().map(String::as_str).filter(|scope| ours.contains(scope)).collect();
            granted.join(" ")
        };
        let details = asked.details.iter().flatten();
        let details = details.filter(|detail| ours.contains(&detail.credential_configuration_id.as_str()));
        let details = details.map(|detail| GrantedDetail {
            credential_configuration_id: detail.credential_configuration_id.clone(),
            credential_identifiers: vec![detail.credential_configuration_id.clone()],
        });
        TokenResponse {
            access_token: self.seal.seal(ACCESS_TOKEN, grant.id).into(),
            expires_in: now.age_at(grant.expires_at).as_seconds().unsigned_abs(),
            refresh_token: Some(self.seal.seal(REFRESH_TOKEN, grant.root).into()),
            scope: asked.scopes.as_ref().map(granted),
            details: details.collect(),
        }
    }
}
