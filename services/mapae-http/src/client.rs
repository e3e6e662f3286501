//! Asking others over HTTP. Whoever answers may be hostile: too large, too slow, or somewhere else.

use std::{io, time::Duration};

use axum::http::{HeaderMap, Method};
use reqwest::{Response, header, redirect};

/// Bytes that are read of an answer that is a refusal.
const MAX_REFUSAL: usize = 16 << 10;

/// Bounds on every exchange.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Time to connect.
    pub connect: Duration,
    /// Time from the start to the last byte of the answer.
    pub total: Duration,
}

/// Asks over HTTP; cheap to clone, keeps its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    bounds: Bounds,
}

/// A request with headers of its own. They may be secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// What is said besides.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, within the bound that was asked for.
    pub body: Vec<u8>,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// We cannot ask at all: the address is none, or there is no TLS here.
    #[error("cannot ask: {0}")]
    Unusable(#[source] reqwest::Error),
    /// The other side cannot be reached, or did not answer in time.
    #[error("not reached: {0}")]
    Unreached(#[source] reqwest::Error),
    /// The other side broke off.
    #[error("broken off: {0}")]
    BrokenOff(#[source] reqwest::Error),
    /// The answer has more bytes than were asked for.
    #[error("an answer of more than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// A file cannot be read.
    #[error("the file: {0}")]
    File(#[from] io::Error),
}

impl Default for Bounds {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(20) }
    }
}

impl Client {
    /// A client. It follows no redirects and takes no proxy from its surroundings: it asks those whom it was told to ask.
    pub fn new(bounds: Bounds) -> Result<Self, ClientError> {
        let inner = reqwest::Client::builder()
            .connect_timeout(bounds.connect)
            .timeout(bounds.total)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build();
        Ok(Self { inner: inner.map_err(ClientError::Unusable)?, bounds })
    }

    /// Fetches, and reads up to `limit` bytes.
    pub async fn get(&self, url: &str, limit: usize) -> Result<Answer, ClientError> {
        read(self.inner.get(url).send().await.map_err(unsent)?, limit).await
    }

    /// Asks in any way, and reads up to `limit` bytes of the answer.
    pub async fn send(&self, request: Request, limit: usize) -> Result<Answer, ClientError> {
        let Request { method, url, headers, body } = request;
        read(self.inner.request(method, url).headers(headers).body(body).send().await.map_err(unsent)?, limit).await
    }

    /// Posts a body, and reads up to `limit` bytes of the answer.
    pub async fn post(&self, url: &str, kind: &str, body: Vec<u8>, limit: usize) -> Result<Answer, ClientError> {
        self.post_and_wait(url, kind, body, limit, Duration::ZERO).await
    }

    /// The same where the other side is asked to take so much longer.
    pub async fn post_and_wait(
        &self,
        url: &str,
        kind: &str,
        body: Vec<u8>,
        limit: usize,
        longer: Duration,
    ) -> Result<Answer, ClientError> {
        let request = self.inner.post(url).header(header::CONTENT_TYPE, kind).timeout(self.bounds.total + longer);
        read(request.body(body).send().await.map_err(unsent)?, limit).await
    }
}

fn unsent(error: reqwest::Error) -> ClientError {
    if error.is_builder() { ClientError::Unusable(error) } else { ClientError::Unreached(error) }
}

async fn read(mut response: Response, limit: usize) -> Result<Answer, ClientError> {
    // A refusal says why, however short the answer would have been.
    let limit = if response.status().is_success() { limit } else { limit.max(MAX_REFUSAL) };
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::BrokenOff)? {
        if chunk.len() > limit - body.len() {
            return Err(ClientError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status().as_u16(), headers, body })
}
