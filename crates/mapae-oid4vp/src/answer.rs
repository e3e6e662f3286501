//! What a wallet answers (OpenID4VP 1.0 §8): presentations or a refusal, as they are or encrypted.

use core::fmt;
use std::collections::BTreeMap;

use mapae_dcql::{DcqlQuery, QueryId, Wanted};
use mapae_jose::{JweEncrypter, Object, Value, base64url, json};
use mapae_types::{
    Entropy,
    http::{HttpRequest, HttpResponse, Method},
};

use crate::{AnswerFault, OAuthError, Request, ResponseKey, form::FormWriter, request::Target, uri};

/// Bytes of a verifier's answer that are read at most.
const MAX_ANSWER: usize = 16 << 10;

/// A document as it is shown to one verifier.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presentation {
    /// `mso_mdoc`: a `DeviceResponse` with one document (HAIP 1.0 §5.3.1).
    DeviceResponse(Vec<u8>),
    /// `dc+sd-jwt`: an SD-JWT with its key binding.
    SdJwt(String),
}

impl Presentation {
    /// The form on the wire (Annex B.2.5, B.3.6).
    fn into_value(self) -> Value {
        match self {
            Self::DeviceResponse(bytes) => base64url::encode(bytes).into(),
            Self::SdJwt(text) => text.into(),
        }
    }

    const fn answers(&self, wanted: &Wanted) -> bool {
        matches!(
            (self, wanted),
            (Self::DeviceResponse(_), Wanted::Mdoc { .. }) | (Self::SdJwt(_), Wanted::SdJwtVc { .. })
        )
    }
}

impl fmt::Debug for Presentation {
    /// Shows the format alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DeviceResponse(_) => "DeviceResponse",
            Self::SdJwt(_) => "SdJwt",
        })
    }
}

impl Request {
    /// The answer: for each credential query that is answered, its presentations. It must be a whole answer (§6.4.2); that each
    /// presentation discloses what its query asks for, and no more, is decided where it is made.
    pub fn answer(
        &self,
        presentations: BTreeMap<QueryId, Vec<Presentation>>,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, AnswerFault> {
        respond(self.target(), "vp_token", token(self.query(), presentations)?, entropy)
    }

    /// The answer that nothing is shown, and why. Errors say nothing about the holder beside their code (§15.9).
    pub fn refuse(&self, error: OAuthError, entropy: &mut dyn Entropy) -> Result<HttpRequest, AnswerFault> {
        self::error(self.target(), error, entropy)
    }
}

/// The `vp_token` of a whole answer to a query (§6.4.2, §8.1).
pub(crate) fn token(
    query: &DcqlQuery,
    presentations: BTreeMap<QueryId, Vec<Presentation>>,
) -> Result<Value, AnswerFault> {
    // §8.1: no entry for a query that nothing answers.
    let named = presentations.into_iter().filter(|(_, all)| !all.is_empty());
    let mut by_name: BTreeMap<String, _> = BTreeMap::new();
    by_name.extend(named.map(|(id, all)| (id.as_str().to_owned(), all)));
    query.satisfied_by(&by_name)?;
    by_name.iter().try_for_each(|(id, all)| check_format(query, id, all))?;
    let values = |all: Vec<Presentation>| all.into_iter().map(Presentation::into_value).collect::<Value>();
    let mut token = Object::new();
    token.extend(by_name.into_iter().map(|(id, all)| (id, values(all))));
    Ok(token.into())
}

fn check_format(query: &DcqlQuery, id: &str, presentations: &[Presentation]) -> Result<(), AnswerFault> {
    match query.credential(id) {
        Some(query) if !presentations.iter().all(|presentation| presentation.answers(query.wanted())) => {
            Err(AnswerFault::Format { query: query.id().clone() })
        }
        _ => Ok(()),
    }
}

pub(crate) fn error(target: &Target, error: OAuthError, entropy: &mut dyn Entropy) -> Result<HttpRequest, AnswerFault> {
    respond(target, "error", error.as_str().into(), entropy)
}

/// §8.2 and §8.3.1: the parameters in a form, or as the content of a JWE that is the one parameter of it.
fn respond(target: &Target, name: &str, value: Value, entropy: &mut dyn Entropy) -> Result<HttpRequest, AnswerFault> {
    let mut parameters = json::object([(name, value)]);
    if let Some(state) = &target.state {
        parameters.insert("state".to_owned(), state.as_str().into());
    }
    let form = match &target.key {
        None => plain(&parameters),
        Some(key) => FormWriter::new().add("response", &encrypted(key, &parameters, entropy)?),
    };
    Ok(post(&target.response_uri, form))
}

/// §8.3: the name of the key, if it has one. `apu` and `apv` stay empty: 1.0 binds an mdoc by its transcript alone.
pub(crate) fn encrypted(
    key: &ResponseKey,
    parameters: &Object,
    entropy: &mut dyn Entropy,
) -> Result<String, AnswerFault> {
    let encrypter = JweEncrypter::new(key.jwk(), key.enc())?;
    let encrypter = match key.kid() {
        Some(kid) => encrypter.kid(kid),
        None => encrypter,
    };
    Ok(encrypter.encrypt(&json::to_vec(parameters), entropy)?)
}

/// §5.1: objects as the text of their JSON.
fn plain(parameters: &Object) -> FormWriter {
    parameters.iter().fold(FormWriter::new(), |form, (name, value)| match value.as_str() {
        Some(text) => form.add(name, text),
        None => form.add(name, &value.to_string()),
    })
}

fn post(url: &str, form: FormWriter) -> HttpRequest {
    let headers = vec![
        ("Accept", "application/json".to_owned()),
        ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
    ];
    HttpRequest { method: Method::Post, url: url.to_owned(), headers, body: form.finish().into_bytes() }
}

/// What a verifier answered to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    redirect: Redirect,
}

/// Where the person goes on.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redirect {
    /// Nowhere; on the other device, perhaps.
    None,
    /// To this page, in the browser on this device.
    To(String),
    /// The verifier names a place to which nobody is sent: neither HTTPS nor on this machine; or its answer cannot be read.
    Unusable,
}

impl fmt::Debug for Redirect {
    /// The address holds a code that fetches the answer (§8.2).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::To(_) => "To",
            Self::Unusable => "Unusable",
        })
    }
}

impl Answered {
    /// Takes the answer to what [`Request::answer`] or [`Request::refuse`] sent. §8.2: 200, else the verifier did not take it.
    pub fn receive(response: &HttpResponse) -> Result<Self, AnswerFault> {
        if response.status != 200 {
            return Err(AnswerFault::Refused { status: response.status });
        }
        Ok(Self { redirect: redirect(&response.body) })
    }

    /// Where the person goes on.
    pub const fn redirect(&self) -> &Redirect {
        &self.redirect
    }

    /// The page to go on to, if there is one.
    pub fn redirect_uri(&self) -> Option<&str> {
        match &self.redirect {
            Redirect::To(uri) => Some(uri),
            _ => None,
        }
    }
}

fn redirect(body: &[u8]) -> Redirect {
    let object = json::parse_within(body, MAX_ANSWER).ok();
    let Some(Value::Object(object)) = object else { return Redirect::Unusable };
    match object.get("redirect_uri") {
        None => Redirect::None,
        Some(Value::String(page)) if uri::is_page(page) => Redirect::To(page.clone()),
        Some(_) => Redirect::Unusable,
    }
}
