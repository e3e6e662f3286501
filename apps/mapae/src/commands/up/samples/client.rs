//! The verifier's REST, as far as a relying party needs it.

use axum::http::StatusCode;
use mapae_http::{Answer, Bounds, Fault, HeaderMap, HeaderName, HeaderValue, Method, Notices, Problem, Request};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{commands::up::verifiers::Verifier, failure::Outcome};

/// Bytes of an answer: a result with portraits.
const MAX: usize = 4 << 20;

/// A verifier, and the key that opens it.
pub(in super::super) struct Client {
    http: mapae_http::Client,
    url: String,
    bearer: HeaderValue,
}

impl Client {
    /// As the verifier's operator gave it: address and API key.
    pub(in super::super) fn new(verifier: &Verifier) -> Outcome<Self> {
        let bearer = Zeroizing::new(format!("Bearer {}", verifier.secret("api.key")?));
        let mut bearer = HeaderValue::from_str(&bearer).map_err(anyhow::Error::from)?;
        bearer.set_sensitive(true);
        Ok(Self { http: mapae_http::Client::new(Bounds::default())?, url: verifier.url.clone(), bearer })
    }

    /// `POST /sessions`: somebody is to show something.
    pub(super) async fn begin(&self, wish: &Value) -> Result<Value, Problem> {
        self.ask(Method::POST, "/sessions", wish.to_string().into_bytes()).await
    }

    /// `GET /sessions/{id}`: what came of it. On the same device with the code that the browser brought back.
    pub(super) async fn look(&self, id: &str, code: Option<&str>) -> Result<Value, Problem> {
        // Whatever a browser brings as a code is no other part of an address.
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let code = code.filter(|code| code.chars().all(plain)).map(|code| format!("?response_code={code}"));
        self.ask(Method::GET, &format!("/sessions/{id}{}", code.unwrap_or_default()), Vec::new()).await
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Value, Problem> {
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("authorization"), self.bearer.clone()),
            (HeaderName::from_static("content-type"), HeaderValue::from_static("application/json")),
        ]);
        let request = Request { method, url: format!("{}{path}", self.url), headers, body };
        let answer = self.http.send(request, MAX).await;
        read(&answer.map_err(|error| Fault::unavailable("verifier_away", error).tell(&Notices::stderr("up")))?)
    }
}

/// A refusal of the verifier is a problem document (RFC 9457), and goes on to the page as it is.
fn read(answer: &Answer) -> Result<Value, Problem> {
    let strange = || Problem::new(StatusCode::BAD_GATEWAY, "verifier_strange", "The verifier's answer cannot be read");
    if (200..300).contains(&answer.status) {
        return serde_json::from_slice(&answer.body).map_err(|_| strange());
    }
    Err(Problem::parse(&answer.body).unwrap_or_else(strange))
}
