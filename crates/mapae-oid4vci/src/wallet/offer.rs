//! An offer that lies elsewhere (OpenID4VCI §4.1.3), and the code that belongs to one.
//!
//! Nothing in an offer is authenticated (§13.5): it leads to an issuer, whose metadata and credentials are then checked
//! as if the person had found it alone.

use super::{
    Answer, Context, Endpoint, Exchange, HttpRequest, HttpResponse, OfferFault, UserFault, WalletError,
    call::{Call, Plan},
};
use crate::{CredentialOffer, PreAuthorizedGrant, TxCodeMode};

/// An offer to fetch.
#[derive(Clone)]
pub struct AwaitingOffer {
    call: Call,
}

impl AwaitingOffer {
    /// Fetches an offer by reference.
    pub fn begin(url: &str, context: &mut Context<'_>) -> Result<Self, WalletError> {
        let call = Call::begin(Plan::get(Endpoint::Offer, url, "application/json"), context)?;
        Ok(Self { call })
    }
}

impl Exchange for AwaitingOffer {
    type Done = CredentialOffer;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, CredentialOffer>, WalletError> {
        match self.call.receive(response, context)? {
            Answer::Again(call) => Ok(Answer::Again(Self { call })),
            Answer::Done(_) => {
                Ok(Answer::Done(CredentialOffer::parse(&response.body).map_err(OfferFault::Unreadable)?))
            }
        }
    }
}

/// Checks what a person typed against what the offer says of the code, before a try is spent on it.
pub fn check_tx_code(grant: &PreAuthorizedGrant, typed: Option<&str>) -> Result<(), UserFault> {
    // §4.1.1: an object that is there asks for a code, even if it is empty.
    let Some(expected) = &grant.tx_code else { return Ok(()) };
    let Some(typed) = typed.filter(|typed| !typed.is_empty()) else {
        return Err(UserFault::TxCodeMissing { description: expected.description.clone() });
    };
    let digits = expected.mode == TxCodeMode::Numeric;
    let length = expected.length.map(usize::from);
    let fits = length.is_none_or(|length| typed.chars().count() == length);
    let of_digits = !digits || typed.bytes().all(|byte| byte.is_ascii_digit());
    if fits && of_digits { Ok(()) } else { Err(UserFault::TxCodeForm { length, digits }) }
}
