//! Telling the issuer what became of copies (OpenID4VCI §11). It may be left out, and repeated.

use super::{
    Answer, Context, Endpoint, Exchange, Grant, HttpRequest, HttpResponse, Issuer, WalletError,
    call::{Call, Plan},
};
use crate::{NotificationEvent, NotificationRequest, Secret};

/// A notification is on its way.
#[derive(Clone)]
pub struct AwaitingNotified {
    call: Call,
}

impl Issuer {
    /// Tells what became of the copies of one answer; `None` where the issuer does not want to know.
    pub fn notify(
        &self,
        grant: &Grant,
        notification_id: &str,
        event: NotificationEvent,
        context: &mut Context<'_>,
    ) -> Result<Option<AwaitingNotified>, WalletError> {
        let Some(url) = &self.metadata().notification_endpoint else { return Ok(None) };
        let notification_id = Secret::from(notification_id.to_owned());
        let body = NotificationRequest { notification_id, event, description: None }.to_json();
        let plan = Plan::post(Endpoint::Notification, url).with_body("application/json", body);
        let call = Call::begin(plan.with_token(grant.access_token()), context)?;
        Ok(Some(AwaitingNotified { call }))
    }
}

impl Exchange for AwaitingNotified {
    type Done = ();

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, ()>, WalletError> {
        Ok(match self.call.receive(response, context)? {
            Answer::Again(call) => Answer::Again(Self { call }),
            Answer::Done(_) => Answer::Done(()),
        })
    }
}
