//! Refusals in the other side's words (RFC 6749 §5.2, RFC 6750 §3, OpenID4VCI §8.3.1).

use mapae_jose::{Value, json};

use super::{HttpResponse, IssuerFault, OfferFault, ProviderFault, WalletError};

// Characters that are kept of what others write.
const CODE: usize = 64;
const DESCRIPTION: usize = 300;

/// Where a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// Where an offer lies.
    Offer,
    /// `/.well-known/openid-credential-issuer`.
    IssuerMetadata,
    /// `/.well-known/oauth-authorization-server`.
    ServerMetadata,
    /// Challenges for client attestations.
    Challenge,
    /// Pushed authorization requests.
    PushedRequest,
    /// The page where a person signs in.
    Authorization,
    /// Tokens.
    Token,
    /// Nonces for proofs.
    Nonce,
    /// Credentials.
    Credential,
    /// Credentials that took longer.
    Deferred,
    /// What became of credentials.
    Notification,
    /// The wallet provider's client attestations.
    ClientAttestation,
    /// The wallet provider's key attestations.
    KeyAttestation,
}

impl core::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Offer => "address",
            Self::IssuerMetadata => "issuer metadata",
            Self::ServerMetadata => "authorization server metadata",
            Self::Challenge => "challenge endpoint",
            Self::PushedRequest => "pushed authorization request endpoint",
            Self::Authorization => "authorization endpoint",
            Self::Token => "token endpoint",
            Self::Nonce => "nonce endpoint",
            Self::Credential => "credential endpoint",
            Self::Deferred => "deferred credential endpoint",
            Self::Notification => "notification endpoint",
            Self::ClientAttestation => "client attestation endpoint",
            Self::KeyAttestation => "key attestation endpoint",
        })
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub at: Endpoint,
    /// The HTTP status.
    pub status: u16,
    /// `error`, of the characters that OAuth allows (RFC 6749 §5.2).
    pub code: Option<String>,
    /// `error_description`, of the same characters.
    pub description: Option<String>,
}

impl Refusal {
    /// Reads a response that is no success.
    pub(super) fn read(at: Endpoint, response: &HttpResponse) -> Self {
        let body = json::parse_object(&response.body).unwrap_or_default();
        let challenge = response.header("www-authenticate").unwrap_or_default();
        let said = |name: &str, len: usize| {
            let text = body.get(name).and_then(Value::as_str).map(str::to_owned).or_else(|| parameter(challenge, name));
            text.map(|text| printable(&text, len))
        };
        let (code, description) = (said("error", CODE), said("error_description", DESCRIPTION));
        // A problem document (RFC 9457), as a wallet provider answers.
        let (code, description) =
            (code.or_else(|| said("code", CODE)), description.or_else(|| said("title", DESCRIPTION)));
        Self { at, status: response.status, code, description }
    }

    /// A refusal that came by a redirect (RFC 6749 §4.1.2.1).
    pub(super) fn redirected(at: Endpoint, error: &str, description: Option<&str>) -> Self {
        let description = description.map(|text| printable(text, DESCRIPTION));
        Self { at, status: 302, code: Some(printable(error, CODE)), description }
    }

    /// Whether the `error` is this.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the same request may succeed a little later.
    pub const fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 502..=504)
    }

    /// How many transaction codes may still be tried, as Mapae's issuer words it: OpenID4VCI §13.6.3 has tries limited, and
    /// no member that would say how many are left.
    pub(super) fn tries_left(&self) -> Option<u64> {
        let said = self.description.as_deref()?;
        if said.contains("the offer is void") {
            return Some(0);
        }
        said.split_once(" tries left")?.0.rsplit(' ').next()?.parse().ok()
    }

    pub(super) fn into_error(self) -> WalletError {
        match self.at {
            Endpoint::Offer => OfferFault::Gone(self).into(),
            Endpoint::ClientAttestation | Endpoint::KeyAttestation => ProviderFault::Refused(self).into(),
            _ => IssuerFault::Refused(self).into(),
        }
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "its {} answers {}", self.at, self.status)?;
        self.code.as_ref().map_or(Ok(()), |code| write!(f, ", {code}"))?;
        self.description.as_ref().map_or(Ok(()), |description| write!(f, ": {description}"))
    }
}

/// A parameter of `WWW-Authenticate: DPoP error="…", …` (RFC 9449 §7.1). Quoted text without escapes is enough for the
/// codes that a wallet acts on.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let start = format!("{name}=\"");
    let at = challenge.match_indices(&start).find(|(at, _)| is_start_of_name(&challenge[..*at]))?.0;
    challenge[at + start.len()..].split('"').next().map(str::to_owned)
}

fn is_start_of_name(before: &str) -> bool {
    before.ends_with([' ', ',', '\t'])
}

/// What others write is shown on terminals: nothing but printable ASCII comes through (RFC 6749 §5.2).
fn printable(text: &str, len: usize) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~')).take(len).collect()
}
