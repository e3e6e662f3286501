//! How a wallet is called: a link, a code, or a text that is a request (OpenID4VP 1.0 §5.4, §9; HAIP 1.0 §5.1).
//!
//! Nothing here is authentic. What a call says beside a request object is used to fetch that, and for nothing else
//! (§5.10.1).

use mapae_jose::{Object, Value, json};

use crate::{ClientId, RequestFault, RequestObject, form::Form, uri};

/// Bytes of a call at most: a signed request by value is in it.
const MAX_LEN: usize = 64 << 10;
/// Schemes that call wallets; `https` does as well, and `http` on this machine.
const SCHEMES: [&str; 4] = ["openid4vp:", "haip-vp:", "eudi-openid4vp:", "web+openid4vp:"];
/// Parameters whose values are JSON where they travel in a form (§5.1).
const JSON_PARAMETERS: [&str; 4] = ["dcql_query", "client_metadata", "transaction_data", "verifier_info"];

/// What somebody asks a wallet to do.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// The request lies somewhere.
    Reference {
        /// Who asks.
        client_id: ClientId,
        /// Where it lies.
        request_uri: String,
        /// How it is fetched.
        method: RequestUriMethod,
    },
    /// The request is here, signed.
    Signed(RequestObject),
    /// The request is here, not signed.
    Plain(RequestObject),
}

/// How a request object is fetched (`request_uri_method`, §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestUriMethod {
    /// `get`.
    Get,
    /// `post`: the wallet sends a nonce along.
    Post,
}

impl Call {
    /// Reads a link, the text of a code, a compact JWS, or the JSON of a request.
    pub fn parse(text: &str) -> Result<Self, RequestFault> {
        let text = text.trim();
        if text.len() > MAX_LEN {
            return Err(RequestFault::TooLong { len: text.len(), limit: MAX_LEN });
        }
        if text.starts_with('{') {
            return Self::of(json::parse_object(text.as_bytes())?);
        }
        match parameters(text)? {
            Some(form) => Self::of(object(form)?),
            None if is_compact_jws(text) => Ok(Self::Signed(RequestObject::signed(text, None, None))),
            None => Err(RequestFault::NotACall),
        }
    }

    fn of(parameters: Object) -> Result<Self, RequestFault> {
        let (by_reference, by_value) = (parameters.contains_key("request_uri"), parameters.contains_key("request"));
        // RFC 9101 §5: never both.
        if by_reference && by_value {
            return Err(RequestFault::Both { parameter: "request", other: "request_uri" });
        }
        // §5.1: the method belongs to an address.
        if parameters.contains_key("request_uri_method") && !by_reference {
            return Err(RequestFault::Missing { parameter: "request_uri" });
        }
        let client_id = ClientId::parse(required(&parameters, "client_id")?)?;
        if !(by_reference || by_value) {
            return Ok(Self::Plain(RequestObject::plain(parameters)));
        }
        if !client_id.prefix().is_signed() {
            return Err(RequestFault::SignedUnderRedirectUri);
        }
        if by_reference { reference(client_id, &parameters) } else { value(client_id, &parameters) }
    }
}

impl core::fmt::Debug for Call {
    /// Shows the kind alone: a request may be somebody's affair.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Reference { .. } => "Reference",
            Self::Signed(_) => "Signed",
            Self::Plain(_) => "Plain",
        })
    }
}

fn reference(client_id: ClientId, parameters: &Object) -> Result<Call, RequestFault> {
    let request_uri = required(parameters, "request_uri")?.to_owned();
    if !uri::is_endpoint(&request_uri) {
        return Err(RequestFault::Insecure { parameter: "request_uri" });
    }
    let method = match parameters.get("request_uri_method").map(Value::as_str) {
        None | Some(Some("get")) => RequestUriMethod::Get,
        Some(Some("post")) => RequestUriMethod::Post,
        Some(_) => return Err(RequestFault::RequestUriMethod),
    };
    Ok(Call::Reference { client_id, request_uri, method })
}

fn value(client_id: ClientId, parameters: &Object) -> Result<Call, RequestFault> {
    let jws = required(parameters, "request")?;
    Ok(Call::Signed(RequestObject::signed(jws, Some(client_id), None)))
}

fn required<'o>(parameters: &'o Object, name: &'static str) -> Result<&'o str, RequestFault> {
    let value = parameters.get(name).ok_or(RequestFault::Missing { parameter: name })?;
    value.as_str().filter(|text| !text.is_empty()).ok_or(RequestFault::Malformed { parameter: name })
}

/// The parameters of a link: its query, or its fragment, which a page can keep from its server. Never both.
fn parameters(text: &str) -> Result<Option<Form>, RequestFault> {
    let is_ours = SCHEMES.iter().any(|scheme| has_scheme(text, scheme));
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (page, query) = before.split_once('?').unwrap_or((before, ""));
    if !is_ours && !uri::is_page(page) {
        return Ok(None);
    }
    let (query, fragment) = (Form::parse(query)?, Form::parse(fragment.trim_start_matches('?'))?);
    match (query.get("client_id").is_some(), fragment.get("client_id").is_some()) {
        (true, true) => Err(RequestFault::ParameterTwice),
        (true, false) => Ok(Some(query)),
        (false, true) => Ok(Some(fragment)),
        (false, false) if is_ours => Err(RequestFault::Missing { parameter: "client_id" }),
        (false, false) => Ok(None),
    }
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// §5.1: objects travel in a form as the text of their JSON. Numbers are none of a form's.
fn object(form: Form) -> Result<Object, RequestFault> {
    let mut object = Object::new();
    for (name, value) in form.into_pairs() {
        let is_json = JSON_PARAMETERS.contains(&name.as_str());
        let value = if is_json { json::parse(value.as_bytes())? } else { Value::String(value) };
        object.insert(name, value);
    }
    Ok(object)
}

fn is_compact_jws(text: &str) -> bool {
    let of_parts = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    text.bytes().filter(|b| *b == b'.').count() == 2 && text.bytes().all(of_parts)
}
