//! `authorization_details` of the type `openid_credential` and `scope` (OpenID4VCI §5.1.1, §5.1.2; RFC 9396).

use serde::{Deserialize, Serialize};

/// What a wallet asks to be authorized for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Configurations by `authorization_details`; `None` where the parameter is absent.
    pub details: Option<Vec<AuthorizationDetail>>,
    /// Values of `scope`; `None` where the parameter is absent.
    pub scopes: Option<Vec<String>>,
}

/// One element of `authorization_details`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationDetail {
    /// The configuration asked for.
    pub credential_configuration_id: String,
    /// `locations`, for servers that serve several issuers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<String>,
}

/// One element of `authorization_details` in a token response (§6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedDetail {
    /// The configuration.
    pub credential_configuration_id: String,
    /// What the wallet must name in its credential requests.
    pub credential_identifiers: Vec<String>,
}
