//! What can be wrong with a sign-in, by who is at fault. Nothing here says anything of the citizen.

use mapae_hsm::HsmError;
use mapae_http::ClientError;
use mapae_jose::JsonError;
use mapae_types::{EntropyError, Timestamp};

/// Why an issuer cannot sign anybody in: the operator's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The provider's identifier.
    #[error("the provider is named by an https URL, or http on the loopback")]
    ProviderUrl,
    /// `scope` lacks `openid` (OpenID Connect Core §3.1.2.1).
    #[error("the scope lacks openid")]
    ScopeWithoutOpenId,
    /// No client can be made.
    #[error("{0}")]
    Client(#[from] ClientError),
}

/// Why the provider did not say who the citizen is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderFault {
    /// Nobody answers there, or too much.
    #[error("{what}: {error}")]
    Unreached {
        /// What was asked for.
        what: &'static str,
        /// Why there is no answer.
        error: ClientError,
    },
    /// It answered with an error.
    #[error("{what}: status {status}")]
    Status {
        /// What was asked for.
        what: &'static str,
        /// The status.
        status: u16,
    },
    /// Its answer cannot be read.
    #[error("{what}: {error}")]
    Json {
        /// What was asked for.
        what: &'static str,
        /// Why not.
        error: JsonError,
    },
    /// A member of its answer is missing, or not what it must be.
    #[error("{what}: {name} is missing, malformed or not the one expected")]
    Member {
        /// What was asked for.
        what: &'static str,
        /// The member.
        name: &'static str,
    },
    /// The code is none of its own: whoever brought the browser here may have changed it.
    #[error("the provider refuses the code")]
    CodeRefused,
    /// The `id_token`.
    #[error("the id_token: {0}")]
    IdToken(#[from] IdTokenFault),
    /// Our own signer did not sign.
    #[error("the signer: {0}")]
    Signer(#[from] HsmError),
    /// No randomness.
    #[error("{0}")]
    Entropy(#[from] EntropyError),
}

/// What is wrong with an `id_token` (OpenID Connect Core §3.1.3.7): the provider's fault, or of who made it up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenFault {
    /// Not a compact JWS of a bounded size, with header and claims in strict JSON.
    #[error("not a JWT that can be read")]
    Unreadable,
    /// An algorithm that is not accepted, `none` and MACs among them.
    #[error("the algorithm is neither ES256, ES384 nor RS256")]
    Algorithm,
    /// The provider has no such key.
    #[error("signed by no key of the provider")]
    KeyUnknown,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// A claim is missing, or of another type.
    #[error("the claim {name} is missing or malformed")]
    Claim {
        /// Which.
        name: &'static str,
    },
    /// A claim says something else than it must.
    #[error("the claim {name} is not what is expected")]
    Differs {
        /// Which.
        name: &'static str,
    },
    /// It has ended.
    #[error("expired at {expired}")]
    Expired {
        /// `exp`.
        expired: Timestamp,
    },
    /// Issued too long ago, or in the future.
    #[error("issued at {issued_at}")]
    IssuedAt {
        /// `iat`.
        issued_at: Timestamp,
    },
    /// The configured claim is no person id.
    #[error("the claim of the person id is missing or malformed")]
    Person,
}

impl ProviderFault {
    /// Whether it may go better in a while.
    pub(crate) const fn is_away(&self) -> bool {
        match self {
            Self::Unreached { .. } | Self::Signer(_) => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}
