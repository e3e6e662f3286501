//! What is said when something fails: one face for the client (RFC 9457), and one for the operator.

use core::fmt;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use crate::Notices;

/// The type of a body that is a problem document (RFC 9457 §3).
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// Before the code in a problem's `type`: a tag URI (RFC 4151), since nothing is to be fetched from there.
const TYPE_PREFIX: &str = "tag:mapae.example,2026:problem:";

/// A problem document, for the client. Nothing in it comes from the inside of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Seconds after which a client may try again, for the header of that name.
    #[serde(skip)]
    retry_after: Option<u32>,
}

/// A failure with both its faces.
#[derive(Debug)]
pub struct Fault {
    problem: Problem,
    internal: Option<String>,
}

impl Problem {
    /// A problem of the kind `code`, which is stable, with a sentence for people.
    pub fn new(status: StatusCode, code: &str, title: impl Into<String>) -> Self {
        let kind = format!("{TYPE_PREFIX}{code}");
        Self { kind, title: title.into(), status: status.as_u16(), detail: None, retry_after: None }
    }

    /// The same with what is particular to this occurrence.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The same with a hint when to come again.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Reads a problem document that another service sent.
    pub fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// The code at the end of its type.
    pub fn code(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }

    /// The sentence for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What is particular to this occurrence.
    pub fn said(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }
}

impl Fault {
    /// Something of ours failed: the operator reads `internal`, the client learns that it is not at fault.
    pub fn internal(internal: impl fmt::Display) -> Self {
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed");
        Self { problem, internal: Some(internal.to_string()) }
    }

    /// Something that we need is away for now.
    pub fn unavailable(code: &str, internal: impl fmt::Display) -> Self {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "Not available for now").retry_after(1);
        Self { problem, internal: Some(internal.to_string()) }
    }

    /// Tells the operator what is for the operator; what is left is for the client.
    pub fn tell(self, notices: &Notices) -> Problem {
        if let Some(cause) = &self.internal {
            notices.say(format_args!("{}: {cause}", self.problem.code()));
        }
        self.problem
    }

    /// What the client is told.
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What the operator is told; nothing if the client alone is at fault.
    pub fn cause(&self) -> Option<&str> {
        self.internal.as_deref()
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { problem, internal: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.title)?;
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_CONTENT_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
