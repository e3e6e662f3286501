//! The one place where a fault becomes an answer: status, error code, description and headers.

use core::fmt::Display;

use mapae_jose::json;

use crate::{
    AuthorizationRefusal, ClientFault, MessageFault, RequestFault, TokenFault, UserinfoFault, record::members_of,
};

/// An error code, by the text that defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1.
    InvalidScope,
    /// RFC 6749 §4.1.2.1.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RegistrationNotSupported,
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0.
    UnmetAuthenticationRequirements,
    /// RFC 6750 §3.1.
    InvalidToken,
}

/// A refusal at an endpoint that answers by JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    code: Option<ErrorCode>,
    description: Option<String>,
    scheme: Option<&'static str>,
}

impl Refusal {
    /// A refusal with a code of its usual status, for what only a service can know.
    pub const fn new(code: ErrorCode) -> Self {
        Self { status: code.status(), code: Some(code), description: None, scheme: None }
    }

    fn because(mut self, description: impl Display) -> Self {
        self.description = Some(printable(description));
        self
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The code; absent where there was no token at all (RFC 6750 §3.1).
    pub const fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        let code = self.code.map(|code| code.as_str().into());
        json::to_vec(&members_of([("error", code), ("error_description", self.description.as_deref().map(Into::into))]))
    }

    /// The value of `WWW-Authenticate`, if there is to be one (RFC 6749 §5.2, RFC 6750 §3).
    pub fn www_authenticate(&self) -> Option<String> {
        let scheme = self.scheme?;
        let part = |name: &str, value: Option<&str>| value.map(|v| format!(", {name}=\"{v}\"")).unwrap_or_default();
        let (code, description) = match scheme {
            "Bearer" => (self.code.map(ErrorCode::as_str), self.description.as_deref()),
            _ => (None, None),
        };
        let (error, description) = (part("error", code), part("error_description", description));
        Some(format!("{scheme} realm=\"openid\"{error}{description}"))
    }
}

/// RFC 6749 §5.2: `%x20-21 / %x23-5B / %x5D-7E`.
pub(crate) fn printable(text: impl Display) -> String {
    let printable = |c: char| match c {
        '"' | '\\' => '\'',
        ' '..='~' => c,
        _ => '?',
    };
    text.to_string().chars().map(printable).collect()
}

impl ErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
        }
    }

    /// The status that goes with it.
    const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

impl From<&RequestFault> for ErrorCode {
    fn from(fault: &RequestFault) -> Self {
        match fault {
            RequestFault::ResponseType => Self::UnsupportedResponseType,
            RequestFault::RequestObject => Self::RequestNotSupported,
            RequestFault::RequestUri => Self::RequestUriNotSupported,
            RequestFault::Registration => Self::RegistrationNotSupported,
            RequestFault::OpenIdScopeMissing | RequestFault::ScopeBeyond { .. } => Self::InvalidScope,
            RequestFault::LoginRequired | RequestFault::SubjectOutOfReach => Self::LoginRequired,
            RequestFault::AcrUnmet => Self::UnmetAuthenticationRequirements,
            _ => Self::InvalidRequest,
        }
    }
}

impl From<MessageFault> for Refusal {
    fn from(fault: MessageFault) -> Self {
        let status = if matches!(fault, MessageFault::TooLong { .. }) { 413 } else { 400 };
        Self { status, ..Self::new(ErrorCode::InvalidRequest).because(fault) }
    }
}

impl From<AuthorizationRefusal> for Refusal {
    /// As a pushed request is answered (RFC 9126 §2.3).
    fn from(refusal: AuthorizationRefusal) -> Self {
        let code = match &refusal {
            AuthorizationRefusal::Back { fault, .. } => ErrorCode::from(fault),
            AuthorizationRefusal::Page(_) => ErrorCode::InvalidRequest,
        };
        Self::new(code).because(refusal)
    }
}

impl From<ClientFault> for Refusal {
    fn from(fault: ClientFault) -> Self {
        match fault {
            ClientFault::Message(fault) => fault.into(),
            // RFC 6749 §2.3: malformed, not wrong.
            ClientFault::SeveralMethods => Self::new(ErrorCode::InvalidRequest).because(fault),
            // RFC 9110 §15.5.2: 401 names a scheme; ours that has one is `Basic`.
            _ => Self { scheme: Some("Basic"), ..Self::new(ErrorCode::InvalidClient).because(fault) },
        }
    }
}

impl From<TokenFault> for Refusal {
    fn from(fault: TokenFault) -> Self {
        let code = match fault {
            TokenFault::Message(fault) => return fault.into(),
            TokenFault::Client(fault) => return fault.into(),
            TokenFault::GrantUnsupported => ErrorCode::UnsupportedGrantType,
            TokenFault::VerifierMalformed => ErrorCode::InvalidRequest,
            TokenFault::Entropy(_) => ErrorCode::ServerError,
            _ => ErrorCode::InvalidGrant,
        };
        Self::new(code).because(fault)
    }
}

impl From<UserinfoFault> for Refusal {
    fn from(fault: UserinfoFault) -> Self {
        let bearer = |refusal: Self| Self { scheme: Some("Bearer"), ..refusal };
        match fault {
            UserinfoFault::Message(fault) => bearer(fault.into()),
            // RFC 6750 §3.1: who brought no token is told what to bring, and nothing else.
            UserinfoFault::TokenMissing => Self { status: 401, code: None, description: None, scheme: Some("Bearer") },
            UserinfoFault::TokenUnknown => bearer(Self::new(ErrorCode::InvalidToken).because(fault)),
            UserinfoFault::TokenTwice | UserinfoFault::TokenMalformed => {
                bearer(Self::new(ErrorCode::InvalidRequest).because(fault))
            }
        }
    }
}
