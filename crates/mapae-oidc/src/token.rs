//! The token request (RFC 6749 §4.1.3, RFC 7636 §4.5, OpenID Connect Core §3.1.3.1, §3.1.3.2).
//!
//! A code that somebody else brings is refused before it is marked as used: who stole it cannot spoil it, nor have withdrawn
//! what its owner got for it.

use std::sync::Arc;

use mapae_types::Timestamp;

use crate::{
    Client, Code, PkceVerifier, Provider, Redemption, Secret, TokenFault,
    authenticate::{Endpoint, Unconfirmed},
    form::{Form, MAX_ID},
};

/// A token request of a client that is known.
#[derive(Debug)]
pub struct TokenRequest {
    client: Arc<Client>,
    code: Secret,
    redirect_uri: String,
    verifier: Option<PkceVerifier>,
}

impl Provider {
    /// Reads a token request: the header `Authorization` if there is one, and the body.
    pub fn token(
        &self,
        authorization: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Unconfirmed<TokenRequest>, TokenFault> {
        let form = Form::parse(body)?;
        let (client, replay) = self.authenticate(Endpoint::Token, authorization, &form, now)?;
        if form.required("grant_type", MAX_ID)? != "authorization_code" {
            return Err(TokenFault::GrantUnsupported);
        }
        let verifier = form.optional("code_verifier", MAX_ID)?.map(PkceVerifier::parse).transpose();
        let request = TokenRequest {
            client,
            code: form.required("code", MAX_ID)?.to_owned().into(),
            redirect_uri: form.required("redirect_uri", 2048)?.to_owned(),
            verifier: verifier.map_err(|_| TokenFault::VerifierMalformed)?,
        };
        Ok(Unconfirmed::new(request, replay))
    }
}

impl TokenRequest {
    /// By what the code is found.
    pub fn code_hash(&self) -> [u8; 32] {
        self.code.sha256()
    }

    /// Who asks.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the code, which is nothing if there is none, was made for this client, this address and this verifier.
    pub fn redeem(self, code: Option<Code>) -> Result<Redemption, TokenFault> {
        let code = code.ok_or(TokenFault::CodeUnknown)?;
        if code.grant.client_id != self.client.id {
            return Err(TokenFault::CodeOfAnother);
        }
        if code.grant.redirect_uri != self.redirect_uri {
            return Err(TokenFault::RedirectUriDiffers);
        }
        self.check_verifier(&code)?;
        Ok(Redemption::new(code))
    }

    fn check_verifier(&self, code: &Code) -> Result<(), TokenFault> {
        match (&code.grant.challenge, &self.verifier) {
            (Some(challenge), Some(verifier)) => challenge.check(verifier).map_err(|_| TokenFault::VerifierDiffers),
            (Some(_), None) => Err(TokenFault::VerifierMissing),
            // RFC 9700 §4.8.2: somebody took the challenge out of the request.
            (None, Some(_)) => Err(TokenFault::VerifierUnexpected),
            (None, None) => Ok(()),
        }
    }
}
