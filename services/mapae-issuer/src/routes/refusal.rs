//! A refusal with both its faces: what the wallet is told, and what the operator.

use core::fmt::Display;

use axum::response::Response;
use mapae_oid4vci::{
    ClientFault, CredentialFault, DpopFault, Endpoint, ErrorCode, MessageFault, NotificationFault, OAuthFault,
    ProofFault, WireError,
};
use mapae_types::EntropyError;

use super::answer;
use crate::{issuing::IssueFault, service::Service, store::StoreError};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    wire: WireError,
    /// For the operator; nothing where the wallet alone is at fault.
    cause: Option<String>,
    retry_after: Option<u32>,
}

impl Refusal {
    /// By a code alone.
    pub(crate) fn new(code: ErrorCode, why: impl Display) -> Self {
        WireError::new(code).because(why).into()
    }

    /// Something of ours failed.
    pub(crate) fn ours(cause: impl Display) -> Self {
        Self { wire: WireError::new(ErrorCode::ServerError), cause: Some(cause.to_string()), retry_after: None }
    }

    /// Something that we need is away for now.
    pub(crate) fn away(cause: impl Display) -> Self {
        let wire = WireError::new(ErrorCode::TemporarilyUnavailable);
        Self { wire, cause: Some(cause.to_string()), retry_after: Some(1) }
    }

    /// A proof of possession or a token.
    pub(crate) fn dpop(fault: &DpopFault, endpoint: Endpoint) -> Self {
        WireError::dpop(fault, endpoint).into()
    }

    /// The answer, with fresh nonces.
    pub(crate) fn into_response<S>(self, service: &Service<S>) -> Response {
        if let Some(cause) = &self.cause {
            let code = self.wire.code().map_or("", ErrorCode::as_str);
            service.notices.say(format_args!("{code}: {cause}"));
        }
        answer::refused(service, &self.wire, self.retry_after)
    }
}

impl From<WireError> for Refusal {
    fn from(wire: WireError) -> Self {
        Self { wire, cause: None, retry_after: None }
    }
}

macro_rules! from_wire {
    ($($fault:ty),+) => {$(
        impl From<$fault> for Refusal {
            fn from(fault: $fault) -> Self {
                WireError::from(fault).into()
            }
        }
    )+};
}

from_wire!(OAuthFault, ClientFault, CredentialFault, ProofFault, NotificationFault);

impl From<MessageFault> for Refusal {
    fn from(fault: MessageFault) -> Self {
        CredentialFault::from(fault).into()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::away(error)
    }
}

impl From<EntropyError> for Refusal {
    fn from(error: EntropyError) -> Self {
        Self::ours(error)
    }
}

impl From<mapae_http::ClockError> for Refusal {
    fn from(error: mapae_http::ClockError) -> Self {
        Self::ours(error)
    }
}

impl From<IssueFault> for Refusal {
    fn from(fault: IssueFault) -> Self {
        use ErrorCode::CredentialRequestDenied as Denied;
        match fault {
            IssueFault::NonceUsed => Self::new(ErrorCode::InvalidNonce, "the c_nonce was used before"),
            IssueFault::GrantOver => Self::dpop(&DpopFault::TokenUnknown, Endpoint::Resource),
            IssueFault::Settled => Self::new(ErrorCode::InvalidTransactionId, "the transaction is settled"),
            // The rule's name may say something of the person: the wallet learns that it was refused, the office why.
            IssueFault::NotInRegister => Self::new(Denied, "no such document for this person"),
            IssueFault::Denied(denied) if denied.is_of_the_person() => {
                Self::new(Denied, "the person has no right to this document")
            }
            IssueFault::State(state) => Self::new(Denied, format_args!("the document is {}", state.name())),
            IssueFault::LimitReached { .. } => Self::new(Denied, "this offer's copies have all been issued"),
            IssueFault::Gone => Self::new(Denied, "what was issued before cannot be made again; refill instead"),
            IssueFault::Held => Self::new(Denied, "an approval is awaited"),
            IssueFault::Store(error) => error.into(),
            IssueFault::Signer(error) => Self::away(error),
            IssueFault::Denied(denied) => Self::ours(denied),
            IssueFault::Entropy(error) => error.into(),
        }
    }
}
