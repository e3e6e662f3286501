//! Notifications (OpenID4VCI §11): what became of the copies on the phone.

use mapae_jose::{Value, json};

use crate::{
    MessageFault, NotificationFault, Secret,
    members::{self, MAX_ID},
};

/// Bytes of a notification at most.
const MAX_LEN: usize = 8 << 10;

/// What happened to the copies of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationEvent {
    /// `credential_accepted`: they are stored.
    Accepted,
    /// `credential_failure`: they could not be stored, or not all of them.
    Failure,
    /// `credential_deleted`: the person did not want them.
    Deleted,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationRequest {
    /// `notification_id` of the answer.
    pub notification_id: Secret,
    /// The event.
    pub event: NotificationEvent,
    /// `event_description`: printable ASCII by the wallet's developers, never to be shown to anybody else.
    pub description: Option<String>,
}

impl NotificationEvent {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "credential_accepted",
            Self::Failure => "credential_failure",
            Self::Deleted => "credential_deleted",
        }
    }

    fn from_str(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Failure, Self::Deleted].into_iter().find(|event| event.as_str() == name)
    }
}

impl NotificationRequest {
    /// Reads the JSON of a notification.
    pub fn parse(json: &[u8]) -> Result<Self, NotificationFault> {
        let mut object = members::object(json, MAX_LEN)?;
        let id = members::take(&mut object, "notification_id", MAX_ID)?;
        let event = NotificationEvent::from_str(members::required(&object, "event", 64)?);
        let description = members::take(&mut object, "event_description", 4096)?;
        if !description.as_deref().is_none_or(is_description) {
            return Err(MessageFault::Malformed { name: "event_description" }.into());
        }
        Ok(Self {
            notification_id: id.ok_or(MessageFault::Missing { name: "notification_id" })?.into(),
            event: event.ok_or(MessageFault::Malformed { name: "event" })?,
            description,
        })
    }

    /// The JSON of the notification.
    pub fn to_json(&self) -> Vec<u8> {
        let members = [
            ("notification_id", Some(self.notification_id.expose().into())),
            ("event", Some(self.event.as_str().into())),
            ("event_description", self.description.as_deref().map(Value::from)),
        ];
        json::to_vec(&crate::jwt::collect(members))
    }
}

/// §11.1: `%x20-21 / %x23-5B / %x5D-7E`.
fn is_description(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\')
}
