//! Notifications (OpenID4VCI §11): what became of the copies on the phone.

use crate::{MessageFault, NotificationFault, Secret};

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
}

impl NotificationRequest {
    /// Reads the JSON of a notification.
    pub fn parse(json: &[u8]) -> Result<Self, NotificationFault> {
        let _ = json;
        Err(MessageFault::Missing { name: "notification_id" }.into())
    }

    /// The JSON of the notification.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }
}
