//! What a provider says of itself (OpenID Connect Discovery 1.0 §3, §4).

use mapae_http::Url;
use mapae_jose::{Object, Value, json};

use super::{config::ClientAuth, error::ProviderFault};

const WHAT: &str = "the provider's metadata";

/// The members that count here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProviderMetadata {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    /// RFC 9207 §3: whether every answer names who gives it.
    pub(super) names_itself: bool,
}

/// Where the metadata of a provider are (§4).
pub(super) fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// An address to which secrets or citizens are sent: `https`, or `http` of this machine, where somebody develops.
pub(super) fn fit_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let fits = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (fits && plain).then_some(url)
}

impl ProviderMetadata {
    /// Reads the document of that provider, with whose token endpoint this client must be able to talk.
    pub(super) fn parse(body: &[u8], issuer: &str, auth: &ClientAuth) -> Result<Self, ProviderFault> {
        let object = json::parse_object(body).map_err(|error| ProviderFault::Json { what: WHAT, error })?;
        // §4.3: exactly the identifier under which it was asked for.
        if object.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(fault("issuer"));
        }
        check_listed(&object, "token_endpoint_auth_methods_supported", method(auth), method_of_silence(auth))?;
        // RFC 8414 §2: left out, the provider does not do PKCE, and ignores it (RFC 7636 §5).
        check_listed(&object, "code_challenge_methods_supported", "S256", true)?;
        check_listed(&object, "response_types_supported", "code", true)?;
        let endpoint = |name| object.get(name).and_then(Value::as_str).and_then(fit_url).ok_or(fault(name));
        let names_itself = object.get("authorization_response_iss_parameter_supported").and_then(Value::as_bool);
        Ok(Self {
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            jwks_uri: endpoint("jwks_uri")?,
            names_itself: names_itself.unwrap_or_default(),
        })
    }
}

const fn fault(name: &'static str) -> ProviderFault {
    ProviderFault::Member { what: WHAT, name }
}

const fn method(auth: &ClientAuth) -> &'static str {
    match auth {
        ClientAuth::SecretBasic(_) => "client_secret_basic",
        ClientAuth::PrivateKeyJwt { .. } => "private_key_jwt",
    }
}

/// §3: where no method is listed, `client_secret_basic` is the one.
const fn method_of_silence(auth: &ClientAuth) -> bool {
    matches!(auth, ClientAuth::SecretBasic(_))
}

fn check_listed(object: &Object, name: &'static str, wanted: &str, silence: bool) -> Result<(), ProviderFault> {
    let listed = match object.get(name) {
        None => silence,
        Some(list) => list.as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == Some(wanted))),
    };
    if listed { Ok(()) } else { Err(fault(name)) }
}
