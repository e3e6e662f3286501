//! The office over HTTP.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use mapae_http::{Bounds, Client, HeaderMap, HeaderName, HeaderValue, Method, Problem, Request};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// Bytes of an answer: a person has few documents.
const MAX_ANSWER: usize = 4 << 20;

/// Where the office is, and what opens it.
#[derive(Args, Clone)]
pub(crate) struct OfficeArgs {
    /// The office's URL
    #[arg(long, env = "MAPAE_OFFICE", default_value = "http://127.0.0.1:8616")]
    pub(crate) office: String,
    /// The file with its token: `office.token` in the issuer's directory
    #[arg(long, env = "MAPAE_OFFICE_TOKEN", value_name = "FILE")]
    pub(crate) token_file: PathBuf,
}

/// An office to ask.
pub(crate) struct Office {
    http: Client,
    url: String,
    headers: HeaderMap,
}

impl OfficeArgs {
    /// Reads the token.
    pub(crate) fn open(&self) -> Outcome<Office> {
        Office::new(&self.office, &self.token_file)
    }
}

impl Office {
    /// An office at `url`, with the token in `token_file`.
    pub(crate) fn new(url: &str, token_file: &Path) -> Outcome<Self> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::usage(format!("`{url}` is not the URL of an office: http://… or https://…")));
        }
        let token = Zeroizing::new(files::read_text(token_file).map_err(Failure::Usage)?);
        let bearer = Zeroizing::new(format!("Bearer {}", token.trim_end()));
        let mut bearer =
            HeaderValue::from_str(&bearer).or_usage(|| format!("{} is not a token", token_file.display()))?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (HeaderName::from_static("authorization"), bearer),
            (HeaderName::from_static("content-type"), HeaderValue::from_static("application/json")),
        ]);
        Ok(Self { http: Client::new(Bounds::default())?, url: url.trim_end_matches('/').to_owned(), headers })
    }

    /// Asks, without a change.
    pub(crate) async fn get(&self, path: &str) -> Outcome<Value> {
        self.ask(Method::GET, path, Vec::new()).await
    }

    /// Asks for a change.
    pub(crate) async fn post(&self, path: &str, document: &Value) -> Outcome<Value> {
        self.ask(Method::POST, path, document.to_string().into_bytes()).await
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Outcome<Value> {
        let request = self.request(method, path, body);
        let answer = self.http.send(request, MAX_ANSWER).await.map_err(|error| silent(&self.url, error))?;
        if (200..300).contains(&answer.status) {
            return Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null));
        }
        Err(refused(answer.status, &answer.body))
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: Method, path: &str, body: Vec<u8>) -> Request {
        Request { method, url: format!("{}{path}", self.url), headers: self.headers.clone(), body }
    }
}

fn silent(url: &str, error: mapae_http::ClientError) -> Failure {
    Failure::Failed(anyhow::Error::new(error).context(format!("the office at {url}")))
}

/// A refusal with its code, for people and for programs that look for the code.
pub(crate) fn refused(status: u16, body: &[u8]) -> Failure {
    Failure::Failed(match Problem::parse(body) {
        Some(problem) => anyhow!("the office refused: {problem}"),
        None => anyhow!("the office answered {status}"),
    })
}

/// A text of an answer; empty if it has none.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
