//! Token requests: an offer's code, a sign-in's code, a refresh token (OpenID4VCI §6, RFC 6749 §4.1.3 and §6).
//!
//! Tokens are bound to the device's key by DPoP (HAIP §4). A request that is repeated with the same code and key is
//! answered with the same token, so a lost answer is no lost document (design D10).

use mapae_types::Duration;

use super::{
    Answer, Context, Endpoint, Exchange, Grant, HttpRequest, HttpResponse, Issuer, IssuerFault, OurFault, UserFault,
    WalletError,
    call::{AttestTo, Call, Plan, malformed},
    offer::check_tx_code,
};
use crate::{Asked, GrantRequest, MessageFault, PreAuthorizedGrant, Secret, TokenRequest, TokenResponse};

/// A token is on its way.
#[derive(Clone)]
pub struct AwaitingToken {
    call: Call,
    client_id: Option<String>,
    /// Refreshing keeps it where the server gives no other (RFC 6749 §6).
    refresh_token: Option<Secret>,
    typed: bool,
}

impl Issuer {
    /// Redeems an offer's code, with the transaction code that the person got by another way.
    pub fn redeem(
        &self,
        grant: &PreAuthorizedGrant,
        tx_code: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<AwaitingToken, WalletError> {
        check_tx_code(grant, tx_code)?;
        // §6.1: a code that was not asked for is refused.
        let tx_code = tx_code.filter(|_| grant.tx_code.is_some()).map(|code| Secret::from(code.to_owned()));
        let typed = tx_code.is_some();
        let waiting = self.token(GrantRequest::PreAuthorized { code: grant.code.clone(), tx_code }, context)?;
        // §12.3: without the word that anonymous wallets are let in, a client must say who it is.
        if waiting.client_id.is_none() && !self.server().anonymous_access_supported {
            return Err(OurFault::ClientAttestationMissing.into());
        }
        Ok(AwaitingToken { typed, ..waiting })
    }

    /// Gets a new access token for copies that are to replace old ones.
    pub fn refresh(&self, grant: &Grant, context: &mut Context<'_>) -> Result<AwaitingToken, WalletError> {
        let token = grant.refresh_token().ok_or(OurFault::NotRefillable)?;
        let waiting = self.token(GrantRequest::Refresh { token: token.clone() }, context)?;
        Ok(AwaitingToken { refresh_token: Some(token.clone()), ..waiting })
    }

    pub(super) fn token(&self, grant: GrantRequest, context: &mut Context<'_>) -> Result<AwaitingToken, WalletError> {
        let attest_to = AttestTo::wanted_by(self.server(), context);
        let client_id = context.wallet.filter(|_| attest_to.is_some()).map(|wallet| wallet.client_id.to_owned());
        let request = TokenRequest { grant, client_id: client_id.clone(), asked: Asked::default() };
        let plan = Plan::post(Endpoint::Token, &self.server().token_endpoint).with_form(request.to_form());
        let call = Call::begin(plan.proving_device().attested_to(attest_to), context)?;
        Ok(AwaitingToken { call, client_id, refresh_token: None, typed: false })
    }
}

impl Exchange for AwaitingToken {
    type Done = Grant;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, Grant>, WalletError> {
        let Self { call, client_id, refresh_token, typed } = self;
        match call.receive(response, context) {
            Ok(Answer::Again(call)) => Ok(Answer::Again(Self { call, client_id, refresh_token, typed })),
            Ok(Answer::Done(_)) => granted(response, client_id, refresh_token, context).map(Answer::Done),
            Err(error) => Err(wrong_code(error, typed)),
        }
    }
}

fn granted(
    response: &HttpResponse,
    client_id: Option<String>,
    refresh_token: Option<Secret>,
    context: &Context<'_>,
) -> Result<Grant, WalletError> {
    let token = TokenResponse::parse(&response.body).map_err(|fault| match fault {
        // HAIP §4: a token that is not bound to the device's key would serve whoever finds it.
        MessageFault::Malformed { name: "token_type" } => IssuerFault::NotSenderConstrained.into(),
        fault => malformed(Endpoint::Token, fault),
    })?;
    let expires_in = i64::try_from(token.expires_in).unwrap_or(i64::MAX).min(Duration::days(365).as_seconds());
    let expires_at = context.now + Duration::seconds(expires_in);
    Ok(Grant::new(token, expires_at, client_id, refresh_token))
}

/// §6.3: `invalid_grant` stands for a wrong transaction code and for a code that is void. Which of them it is a server
/// says beside it (§13.6.3), and only where a person typed something it can be theirs.
fn wrong_code(error: WalletError, typed: bool) -> WalletError {
    match error {
        WalletError::Issuer(IssuerFault::Refused(refusal)) if typed && refusal.is("invalid_grant") => {
            // An offer that is void whatever is typed is not the person's fault.
            if refusal.description.as_deref().is_some_and(|said| said.contains("transaction code")) {
                return UserFault::TxCodeWrong { tries_left: refusal.tries_left() }.into();
            }
            IssuerFault::Refused(refusal).into()
        }
        other => other,
    }
}
