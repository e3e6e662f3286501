//! Errors as a wallet tells them to a verifier (OpenID4VP 1.0 §8.5, RFC 6749 §4.1.2.1).

use core::fmt;

/// An `error` of an authorization response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OAuthError {
    /// The request breaks a rule.
    InvalidRequest,
    /// `scope` is not known.
    InvalidScope,
    /// The client's metadata cannot be used.
    InvalidClient,
    /// Nothing fits, or the holder did not agree.
    AccessDenied,
    /// No format that both sides know.
    VpFormatsNotSupported,
    /// `request_uri_method` is neither `get` nor `post`.
    InvalidRequestUriMethod,
    /// `transaction_data` that cannot be shown or signed.
    InvalidTransactionData,
    /// No wallet is there to answer.
    WalletUnavailable,
}

impl OAuthError {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::InvalidRequest,
        Self::InvalidScope,
        Self::InvalidClient,
        Self::AccessDenied,
        Self::VpFormatsNotSupported,
        Self::InvalidRequestUriMethod,
        Self::InvalidTransactionData,
        Self::WalletUnavailable,
    ];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidClient => "invalid_client",
            Self::AccessDenied => "access_denied",
            Self::VpFormatsNotSupported => "vp_formats_not_supported",
            Self::InvalidRequestUriMethod => "invalid_request_uri_method",
            Self::InvalidTransactionData => "invalid_transaction_data",
            Self::WalletUnavailable => "wallet_unavailable",
        }
    }

    /// The error of that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.as_str() == code)
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
