//! The one place where a fault becomes an answer: status, error code, description and headers.

use core::fmt::Display;

use mapae_jose::{Value, json};

use crate::{
    ALGORITHM, ClientFault, CredentialFault, DpopFault, JwtFault, MessageFault, NotificationFault, OAuthFault,
    ProofFault, members,
};

/// An error code, by the text that defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// RFC 6749 §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §5.2.
    InvalidScope,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable,
    /// RFC 9396 §5.
    InvalidAuthorizationDetails,
    /// RFC 9449 §5.
    InvalidDpopProof,
    /// RFC 9449 §8.
    UseDpopNonce,
    /// RFC 6750 §3.1.
    InvalidToken,
    /// RFC 6750 §3.1.
    InsufficientScope,
    /// Attestation-Based Client Authentication §6.2.
    UseAttestationChallenge,
    /// Attestation-Based Client Authentication §6.2.
    UseFreshAttestation,
    /// Attestation-Based Client Authentication §6.2.
    InvalidClientAttestation,
    /// OpenID4VCI §8.3.1.2.
    InvalidCredentialRequest,
    /// OpenID4VCI §8.3.1.2.
    UnknownCredentialConfiguration,
    /// OpenID4VCI §8.3.1.2.
    UnknownCredentialIdentifier,
    /// OpenID4VCI §8.3.1.2.
    InvalidProof,
    /// OpenID4VCI §8.3.1.2.
    InvalidNonce,
    /// OpenID4VCI §8.3.1.2.
    InvalidEncryptionParameters,
    /// OpenID4VCI §8.3.1.2.
    CredentialRequestDenied,
    /// OpenID4VCI §9.3.
    InvalidTransactionId,
    /// OpenID4VCI §11.3.
    InvalidNotificationId,
    /// OpenID4VCI §11.3.
    InvalidNotificationRequest,
}

/// Which kind of endpoint answers: the two say differently that a proof or a token is wrong (RFC 9449 §5, §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Pushed requests, tokens: errors in the body.
    Authorization,
    /// Credentials, notifications: errors in `WWW-Authenticate`.
    Resource,
}

/// A refusal as a wallet sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    status: u16,
    code: Option<ErrorCode>,
    description: Option<String>,
    challenge: bool,
}

impl WireError {
    /// A refusal with a code of its usual status, for what only a service can know.
    pub fn new(code: ErrorCode) -> Self {
        Self { status: code.status(), code: Some(code), description: None, challenge: false }
    }

    /// Says why, in ASCII; other characters become `?` (OpenID4VCI §8.3.1.2).
    pub fn because(mut self, description: impl Display) -> Self {
        self.description = Some(description.to_string().chars().map(printable).collect());
        self
    }

    /// A DPoP proof or token that is refused, as that kind of endpoint says it.
    pub fn dpop(fault: &DpopFault, endpoint: Endpoint) -> Self {
        let code = match (fault, endpoint) {
            (DpopFault::NonceMissing | DpopFault::NonceStale, _) => ErrorCode::UseDpopNonce,
            // RFC 9449 §5: a code or a refresh token that is bound to another key is none.
            (DpopFault::KeyDiffers | DpopFault::TokenUnknown, Endpoint::Authorization) => ErrorCode::InvalidGrant,
            (DpopFault::KeyDiffers | DpopFault::TokenUnknown | DpopFault::TokenScheme, _) => ErrorCode::InvalidToken,
            (DpopFault::TokenMissing, Endpoint::Resource) => return Self::unauthenticated(),
            _ => ErrorCode::InvalidDpopProof,
        };
        match endpoint {
            Endpoint::Authorization => Self::new(code).because(fault),
            Endpoint::Resource => Self { status: 401, challenge: true, ..Self::new(code).because(fault) },
        }
    }

    /// RFC 6750 §3.1: who brought no token at all is told what to bring, and nothing else.
    const fn unauthenticated() -> Self {
        Self { status: 401, code: None, description: None, challenge: true }
    }

    /// A token that is good, but not for this (RFC 6750 §3.1).
    pub fn insufficient_scope() -> Self {
        Self { challenge: true, ..Self::new(ErrorCode::InsufficientScope) }
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The code; absent where there was no authentication at all (RFC 6750 §3.1).
    pub const fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// The body, `application/json`.
    pub fn to_json(&self) -> Vec<u8> {
        let members = [
            ("error", self.code.map(|code| code.as_str().into())),
            ("error_description", self.description.as_deref().map(Value::from)),
        ];
        json::to_vec(&crate::jwt::collect(members))
    }

    /// The value of `WWW-Authenticate`, if there is to be one (RFC 9449 §7.1).
    pub fn www_authenticate(&self) -> Option<String> {
        let part = |name: &str, value: Option<&str>| value.map(|v| format!(", {name}=\"{v}\"")).unwrap_or_default();
        let error = part("error", self.code.map(ErrorCode::as_str));
        let description = part("error_description", self.description.as_deref());
        self.challenge.then(|| format!("DPoP algs=\"{ALGORITHM}\"{error}{description}"))
    }

    /// Whether the answer must carry a fresh `DPoP-Nonce`.
    pub fn wants_dpop_nonce(&self) -> bool {
        self.code == Some(ErrorCode::UseDpopNonce)
    }

    /// Whether the answer must carry a fresh `OAuth-Client-Attestation-Challenge`.
    pub fn wants_challenge(&self) -> bool {
        self.code == Some(ErrorCode::UseAttestationChallenge)
    }
}

impl ErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UseAttestationChallenge => "use_attestation_challenge",
            Self::UseFreshAttestation => "use_fresh_attestation",
            Self::InvalidClientAttestation => "invalid_client_attestation",
            Self::InvalidCredentialRequest => "invalid_credential_request",
            Self::UnknownCredentialConfiguration => "unknown_credential_configuration",
            Self::UnknownCredentialIdentifier => "unknown_credential_identifier",
            Self::InvalidProof => "invalid_proof",
            Self::InvalidNonce => "invalid_nonce",
            Self::InvalidEncryptionParameters => "invalid_encryption_parameters",
            Self::CredentialRequestDenied => "credential_request_denied",
            Self::InvalidTransactionId => "invalid_transaction_id",
            Self::InvalidNotificationId => "invalid_notification_id",
            Self::InvalidNotificationRequest => "invalid_notification_request",
        }
    }

    /// The status that goes with it.
    const fn status(self) -> u16 {
        match self {
            // RFC 6749 §5.2 allows 401 for `invalid_client`; but RFC 9110 §15.5.2 wants a scheme named with it, and
            // attestations have none.
            Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

/// RFC 6749 §5.2, OpenID4VCI §8.3.1.2: `%x20-21 / %x23-5B / %x5D-7E`.
const fn printable(c: char) -> char {
    match c {
        '"' | '\\' => '\'',
        ' '..='~' => c,
        _ => '?',
    }
}

impl From<OAuthFault> for WireError {
    fn from(fault: OAuthFault) -> Self {
        let code = match &fault {
            OAuthFault::GrantUnsupported => ErrorCode::UnsupportedGrantType,
            OAuthFault::ResponseTypeUnsupported => ErrorCode::UnsupportedResponseType,
            OAuthFault::AuthorizationDetails => ErrorCode::InvalidAuthorizationDetails,
            OAuthFault::NothingAsked => ErrorCode::InvalidScope,
            // RFC 7636 §4.6.
            OAuthFault::VerifierMismatch => ErrorCode::InvalidGrant,
            // RFC 9449 §10.1.
            OAuthFault::DpopKeyDiffers => ErrorCode::InvalidDpopProof,
            _ => ErrorCode::InvalidRequest,
        };
        let wire = Self::new(code).because(&fault);
        // RFC 9126 §2.3.
        let too_long = matches!(fault, OAuthFault::Message(MessageFault::TooLong { .. }));
        if too_long { Self { status: 413, ..wire } } else { wire }
    }
}

impl From<ClientFault> for WireError {
    fn from(fault: ClientFault) -> Self {
        let code = match &fault {
            ClientFault::Missing | ClientFault::Incomplete | ClientFault::ClientIdDiffers => ErrorCode::InvalidClient,
            ClientFault::ChallengeMissing | ClientFault::ChallengeStale => ErrorCode::UseAttestationChallenge,
            // Draft §9 step 11: fresh by `iat` or by `exp`.
            ClientFault::NotFresh | ClientFault::Attestation(JwtFault::Expired { .. }) => {
                ErrorCode::UseFreshAttestation
            }
            _ => ErrorCode::InvalidClientAttestation,
        };
        Self::new(code).because(fault)
    }
}

impl From<CredentialFault> for WireError {
    fn from(fault: CredentialFault) -> Self {
        let code = match &fault {
            CredentialFault::Proof(ProofFault::NonceInvalid | ProofFault::NonceDiffers) => ErrorCode::InvalidNonce,
            CredentialFault::Proof(_) => ErrorCode::InvalidProof,
            CredentialFault::Encryption(_) => ErrorCode::InvalidEncryptionParameters,
            CredentialFault::ConfigurationUnknown => ErrorCode::UnknownCredentialConfiguration,
            CredentialFault::IdentifierUnknown => ErrorCode::UnknownCredentialIdentifier,
            CredentialFault::Denied => ErrorCode::CredentialRequestDenied,
            CredentialFault::TransactionUnknown => ErrorCode::InvalidTransactionId,
            CredentialFault::Message(_) => ErrorCode::InvalidCredentialRequest,
        };
        Self::new(code).because(fault)
    }
}

impl From<ProofFault> for WireError {
    fn from(fault: ProofFault) -> Self {
        CredentialFault::from(fault).into()
    }
}

impl From<NotificationFault> for WireError {
    fn from(fault: NotificationFault) -> Self {
        let code = match &fault {
            NotificationFault::IdUnknown => ErrorCode::InvalidNotificationId,
            NotificationFault::Message(_) => ErrorCode::InvalidNotificationRequest,
        };
        Self::new(code).because(fault)
    }
}

/// An error as a wallet reads it: the code may be one that we do not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponse {
    /// `error`.
    pub error: String,
    /// `error_description`, for developers.
    pub description: Option<String>,
}

impl ErrorResponse {
    /// Reads the body of an answer whose status says that something went wrong.
    pub fn parse(json: &[u8]) -> Result<Self, MessageFault> {
        let object = members::object(json, 64 << 10)?;
        let error = members::required(&object, "error", 256)?.to_owned();
        // For developers alone: what is wrong with it is no reason to lose the code.
        let description = object.get("error_description").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { error, description })
    }

    /// Reads `WWW-Authenticate` of a resource's answer.
    pub fn from_www_authenticate(header: &str) -> Option<Self> {
        let error = quoted(header, "error=\"")?.to_owned();
        Some(Self { error, description: quoted(header, "error_description=\"").map(str::to_owned) })
    }
}

fn quoted<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let at = header.find(name)? + name.len();
    header[at..].split_once('"').map(|(value, _)| value)
}
