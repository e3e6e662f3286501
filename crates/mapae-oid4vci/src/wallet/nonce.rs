//! The `c_nonce` by which key proofs are fresh (OpenID4VCI §7).

use mapae_jose::{Value, json};

use super::{
    Answer, Context, Endpoint, Exchange, HttpRequest, HttpResponse, Issuer, WalletError,
    call::{Call, Plan, malformed},
};
use crate::MessageFault;

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
            Answer::Done(at) => {
                let body = json::parse_object(&response.body).map_err(|error| malformed(at, error.into()))?;
                let nonce = body.get("c_nonce").and_then(Value::as_str);
                let missing = || malformed(at, MessageFault::Missing { name: "c_nonce" });
                Ok(Answer::Done(nonce.ok_or_else(missing)?.to_owned()))
            }
        }
    }
}
