//! `authorization_details` of the type `openid_credential` and `scope` (OpenID4VCI §5.1.1, §5.1.2; RFC 9396).

use mapae_jose::{Object, Value, json};

use crate::{MessageFault, OAuthFault, form::Form, members};

/// The one type of authorization details.
const TYPE: &str = "openid_credential";
/// Bytes of `authorization_details` and of `scope` at most.
const MAX_LEN: usize = 8 << 10;
/// Configurations that one request may name.
const MAX_ASKED: usize = 32;

/// What a wallet asks to be authorized for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Configurations by `authorization_details`; `None` where the parameter is absent.
    pub details: Option<Vec<AuthorizationDetail>>,
    /// Values of `scope`; `None` where the parameter is absent.
    pub scopes: Option<Vec<String>>,
}

/// One element of `authorization_details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationDetail {
    /// The configuration asked for.
    pub credential_configuration_id: String,
    /// `locations`, for servers that serve several issuers.
    pub locations: Vec<String>,
}

/// One element of `authorization_details` in a token response (§6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedDetail {
    /// The configuration.
    pub credential_configuration_id: String,
    /// What the wallet must name in its credential requests.
    pub credential_identifiers: Vec<String>,
}

impl Asked {
    /// Whether neither parameter is there.
    pub const fn is_empty(&self) -> bool {
        self.details.is_none() && self.scopes.is_none()
    }

    pub(crate) fn from_form(form: &Form<'_>) -> Result<Self, OAuthFault> {
        let details = form.optional("authorization_details", MAX_LEN)?.map(read_details).transpose()?;
        Ok(Self { details, scopes: form.optional("scope", MAX_LEN)?.map(read_scopes).transpose()? })
    }

    /// The parameters' values: `authorization_details`, `scope`.
    pub(crate) fn to_parameters(&self) -> (Option<String>, Option<String>) {
        let write = |details: &Vec<AuthorizationDetail>| {
            let details: Vec<Value> = details.iter().map(AuthorizationDetail::to_value).collect();
            Value::Array(details).to_string()
        };
        (self.details.as_ref().map(write), self.scopes.as_ref().map(|scopes| scopes.join(" ")))
    }
}

impl AuthorizationDetail {
    /// Asks for a configuration of an issuer that is its own authorization server.
    pub fn of(configuration: impl Into<String>) -> Self {
        Self { credential_configuration_id: configuration.into(), locations: Vec::new() }
    }

    fn from_value(value: &Value) -> Result<Self, OAuthFault> {
        let object = value.as_object().ok_or(OAuthFault::AuthorizationDetails)?;
        let fault = |_| OAuthFault::AuthorizationDetails;
        if members::required(object, "type", 64).map_err(fault)? != TYPE {
            return Err(OAuthFault::AuthorizationDetails);
        }
        check_claims(object)?;
        let configuration = members::required(object, "credential_configuration_id", 256).map_err(fault)?;
        let locations = members::texts(object, "locations", MAX_ASKED).map_err(fault)?.unwrap_or_default();
        Ok(Self { credential_configuration_id: configuration.to_owned(), locations })
    }

    fn to_value(&self) -> Value {
        let mut object = typed(&self.credential_configuration_id);
        if !self.locations.is_empty() {
            object.insert("locations".to_owned(), self.locations.clone().into());
        }
        object.into()
    }
}

/// §5.1.1, §C.1: `claims` are what a wallet would like to be in the copy. Ours have all that the register holds, so that
/// nothing of it is used; but malformed ones are not passed over.
fn check_claims(detail: &Object) -> Result<(), OAuthFault> {
    let Some(claims) = detail.get("claims") else { return Ok(()) };
    let path = |claim: &Value| claim.get("path")?.as_array().map(|path| !path.is_empty());
    let fits = claims.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|c| path(c) == Some(true)));
    if fits { Ok(()) } else { Err(OAuthFault::AuthorizationDetails) }
}

impl GrantedDetail {
    pub(crate) fn to_value(&self) -> Value {
        let mut object = typed(&self.credential_configuration_id);
        object.insert("credential_identifiers".to_owned(), self.credential_identifiers.clone().into());
        object.into()
    }

    pub(crate) fn from_value(value: &Value) -> Result<Self, MessageFault> {
        let object = value.as_object().ok_or(MessageFault::Malformed { name: "authorization_details" })?;
        let name = "credential_identifiers";
        Ok(Self {
            credential_configuration_id: members::required(object, "credential_configuration_id", 256)?.to_owned(),
            credential_identifiers: members::texts(object, name, 256)?.ok_or(MessageFault::Missing { name })?,
        })
    }
}

fn typed(configuration: &str) -> Object {
    Object::from_iter([
        ("type".to_owned(), TYPE.into()),
        ("credential_configuration_id".to_owned(), configuration.into()),
    ])
}

/// RFC 9396 §2: an array of objects; a configuration that is asked for twice is asked for once.
fn read_details(text: &str) -> Result<Vec<AuthorizationDetail>, OAuthFault> {
    let value = json::parse_within(text.as_bytes(), MAX_LEN).map_err(|_| OAuthFault::AuthorizationDetails)?;
    let all = value.as_array().filter(|all| (1..=MAX_ASKED).contains(&all.len()));
    let mut details = Vec::new();
    for value in all.ok_or(OAuthFault::AuthorizationDetails)? {
        let detail = AuthorizationDetail::from_value(value)?;
        if !details.contains(&detail) {
            details.push(detail);
        }
    }
    Ok(details)
}

/// RFC 6749 §3.3: words of `%x21 / %x23-5B / %x5D-7E`, separated by single spaces.
fn read_scopes(text: &str) -> Result<Vec<String>, OAuthFault> {
    let fits = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() > MAX_ASKED || !words.iter().all(|word| fits(word)) {
        return Err(MessageFault::Malformed { name: "scope" }.into());
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}
