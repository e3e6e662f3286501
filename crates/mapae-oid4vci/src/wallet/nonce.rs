//! The `c_nonce` by which key proofs are fresh (OpenID4VCI §7).

use super::{
    Answer, Context, Endpoint, Exchange, HttpRequest, HttpResponse, Issuer, WalletError,
    call::{Call, Plan, member},
};

/// A nonce is on its way.
#[derive(Clone)]
pub struct AwaitingNonce {
    call: Call,
}

impl Issuer {
    /// Asks for a nonce; `None` where the issuer wants none.
    pub fn nonce(&self, context: &mut Context<'_>) -> Result<Option<AwaitingNonce>, WalletError> {
        let Some(url) = &self.metadata().nonce_endpoint else { return Ok(None) };
        let call = Call::begin(Plan::post(Endpoint::Nonce, url), context)?;
        Ok(Some(AwaitingNonce { call }))
    }
}

impl Exchange for AwaitingNonce {
    type Done = String;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, String>, WalletError> {
        match self.call.receive(response, context)? {
            Answer::Again(call) => Ok(Answer::Again(Self { call })),
            Answer::Done(at) => member(at, response, "c_nonce").map(Answer::Done),
        }
    }
}
