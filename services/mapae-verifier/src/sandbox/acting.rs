//! Sample people who answer.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use mapae_http::{Dice, Fault, Problem, Whole};
use mapae_issue::Format;
use mapae_oid4vp::{Begun, Call, HttpRequest, HttpResponse, Request, RequestUriMethod, verifier::wallet_nonce};
use mapae_sandbox::{Break, Country, SandboxError};
use mapae_types::{Timestamp, form};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Sandbox, Seen, looking, steps, trace::Step};
use crate::{
    asking::Exchange,
    fault::Refusal,
    routes::{At, take_answer},
    store::SessionStore,
};

/// Who answers, with what, and what they do wrong: `POST /sandbox/sessions/{id}/answer`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    /// The number of a person; nothing: the first who can.
    person: Option<u64>,
    /// The one document that they have with them; nothing: all of theirs.
    document: Option<String>,
    /// `mdoc` or `sd-jwt`; nothing: whichever is asked for first.
    format: Option<String>,
    #[serde(rename = "break")]
    wrong: Option<String>,
}

/// The same, read.
struct Part {
    people: Vec<u64>,
    document: Option<String>,
    format: Option<Format>,
    wrong: Option<Break>,
}

/// What the verifier said to each message, and where the person goes on.
pub(super) struct Acted {
    sent: Vec<Value>,
    pub(super) redirect_uri: Option<String>,
}

/// Why nobody answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotActed {
    /// The developer.
    #[error("the body is not what this expects")]
    Body,
    /// The developer: a session by the Digital Credentials API, or of before the last start, or none.
    #[error("the sandbox knows no such session, or it is one that a page's browser answers")]
    Unknown,
    /// The developer: what there is not.
    #[error("{0}")]
    Sandbox(SandboxError),
    /// The session is over, or another wallet has its request.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours.
    #[error("{0}")]
    Machine(String),
}

impl Act {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, NotActed> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // `curl -d` calls everything a form.
        if kind.starts_with("application/x-www-form-urlencoded") && !body.starts_with(b"{") {
            return Self::of_form(body).ok_or(NotActed::Body);
        }
        serde_json::from_slice(body).map_err(|_| NotActed::Body)
    }

    /// What the page sends: every field, empty where nothing was chosen.
    fn of_form(body: &[u8]) -> Option<Self> {
        let mut act = Self::default();
        for pair in core::str::from_utf8(body).ok()?.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let value = Some(form::decode(value)?.into_owned()).filter(|value| !value.is_empty());
            match name {
                "person" => act.person = value.map(|number| number.parse()).transpose().ok()?,
                "document" => act.document = value,
                "format" => act.format = value,
                "break" => act.wrong = value,
                _ => return None,
            }
        }
        Some(act)
    }

    fn part(self, country: &Country) -> Result<Part, NotActed> {
        let format = self.format.map(|name| name.parse()).transpose().map_err(|_| NotActed::Body)?;
        let wrong = self.wrong.map(|name| name.parse()).transpose().map_err(|_| NotActed::Body)?;
        let people = self.person.map_or_else(|| country.cast().to_vec(), |person| vec![person]);
        Ok(Part { people, document: self.document, format, wrong })
    }
}

impl Part {
    /// The messages of the first who has something to answer with.
    fn answers(
        &self,
        country: &Country,
        request: &Request,
        now: Timestamp,
        dice: &Dice,
    ) -> Result<Vec<HttpRequest>, SandboxError> {
        let mut all = self.people.iter().map(|person| self.answer(*person, country, request, now, dice));
        let cannot = |answer: &Result<_, SandboxError>| {
            matches!(answer, Err(SandboxError::Unanswerable(_) | SandboxError::NotEligible { .. }))
        };
        let mut first = None;
        for answer in &mut all {
            if !cannot(&answer) {
                return answer;
            }
            first = first.or(Some(answer));
        }
        first.unwrap_or(Ok(Vec::new()))
    }

    fn answer(
        &self,
        person: u64,
        country: &Country,
        request: &Request,
        now: Timestamp,
        mut dice: &Dice,
    ) -> Result<Vec<HttpRequest>, SandboxError> {
        let documents = match &self.document {
            Some(document) => vec![document.as_str()],
            None => country.documents(person),
        };
        let pocket = country.issue(person, &documents, &mut dice)?;
        match (self.wrong, self.format) {
            (Some(wrong), format) => pocket.answer_broken(wrong, format, request, now, &mut dice),
            (None, Some(format)) => Ok(vec![pocket.answer_in(format, request, now, &mut dice)?]),
            (None, None) => Ok(vec![pocket.answer(request, now, &mut dice)?]),
        }
    }
}

/// Lets somebody answer a session.
pub(super) async fn act<S: SessionStore>(at: &At<S>, sandbox: &Sandbox, id: &str, act: Act) -> Result<Acted, NotActed> {
    let now = at.service.now()?;
    let country = sandbox.country.at(now);
    let part = act.part(&country)?;
    let seen = sandbox.find(id).ok_or(NotActed::Unknown)?;
    let request = match &seen.read {
        Some(request) => request.clone(),
        None => read(at, sandbox, &seen, now).await?,
    };
    let dice = at.service.dice.clone();
    let making = tokio::task::spawn_blocking(move || part.answers(&country, &request, now, &dice)).await;
    let messages = making.map_err(|error| NotActed::Machine(error.to_string()))?.map_err(NotActed::Sandbox)?;
    let mut acted = Acted { sent: Vec::new(), redirect_uri: None };
    for message in messages {
        acted.send(at, message).await;
    }
    if acted.redirect_uri.is_some() {
        sandbox.change(seen.id, |seen| seen.redirect_uri.clone_from(&acted.redirect_uri));
    }
    Ok(acted)
}

/// Fetches the request as a wallet does, and reads it.
async fn read<S: SessionStore>(
    at: &At<S>,
    sandbox: &Sandbox,
    seen: &Seen,
    now: Timestamp,
) -> Result<Request, NotActed> {
    let handle = seen.request.as_ref().ok_or(NotActed::Unknown)?;
    let session = at.service.store.session(seen.id).await.map_err(Refusal::from)?.ok_or(NotActed::Unknown)?;
    let Exchange::Redirect(pending) = at.service.context(&session)?.exchange().map_err(Refusal::from)? else {
        return Err(NotActed::Unknown);
    };
    let uri = format!("{}/requests/{}", at.service.config.base_url, handle.as_str());
    let link = pending.link("openid4vp://", &uri, RequestUriMethod::Post);
    let machine = |error: String| NotActed::Machine(error);
    let call = Call::parse(&link).map_err(|fault| machine(fault.to_string()))?;
    let begun = call.begin(&mut &at.service.dice).map_err(Refusal::from)?;
    let Begun::Fetch(awaiting) = begun else { return Err(NotActed::Unknown) };
    let nonce = wallet_nonce(&awaiting.request().body).map_err(|fault| machine(fault.to_string()))?;
    let signed = at.service.request(handle.as_str(), nonce.as_deref()).await?;
    sandbox.saw(seen.id, vec![Step::holds(steps::FETCHED, "by the sandbox")]);
    let headers = vec![("Content-Type".to_owned(), "application/oauth-authz-req+jwt".to_owned())];
    let response = HttpResponse { status: 200, headers, body: signed.into_bytes() };
    let roots = [sandbox.country.root().clone()];
    let request = mapae_sandbox::open(awaiting, &response, &roots, now).map_err(|fault| machine(fault.to_string()))?;
    sandbox.change(seen.id, |seen| seen.read = Some(request.clone()));
    Ok(request)
}

impl Acted {
    async fn send<S: SessionStore>(&mut self, at: &At<S>, message: HttpRequest) {
        let handle = message.url.rsplit('/').next().unwrap_or_default().to_owned();
        let session = looking::awaiting(at, &handle).await;
        let body = message.body;
        let taking = take_answer(State(at.clone()), Path(handle), Whole(body.clone().into()));
        let told = looking::watched(at, session, &body, taking).await;
        let said: Value = serde_json::from_slice(&told.body).unwrap_or_default();
        if let Some(uri) = said["redirect_uri"].as_str() {
            self.redirect_uri = Some(uri.to_owned());
        }
        self.sent.push(json!({ "status": told.head.status.as_u16(), "said": said }));
    }

    pub(super) fn to_value(&self, trace_url: &str) -> Value {
        json!({ "sample": true, "sent": self.sent, "redirect_uri": self.redirect_uri, "trace_url": trace_url })
    }
}

impl NotActed {
    fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::Body => (StatusCode::BAD_REQUEST, "body_malformed"),
            Self::Unknown => (StatusCode::NOT_FOUND, "session_unknown"),
            Self::Sandbox(SandboxError::NotApplicable(_)) => (StatusCode::CONFLICT, "break_not_applicable"),
            Self::Sandbox(SandboxError::Unanswerable(_)) => (StatusCode::CONFLICT, "cannot_answer"),
            Self::Sandbox(SandboxError::NotEligible { .. }) => (StatusCode::CONFLICT, "not_eligible"),
            Self::Sandbox(SandboxError::DocumentUnknown { .. }) => (StatusCode::BAD_REQUEST, "document_unknown"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "sandbox_failed"),
        };
        Problem::new(status, code, self.to_string())
    }

    pub(super) fn answer<S: SessionStore>(self, at: &At<S>) -> Response {
        match self {
            Self::Refused(refusal) => Fault::from(refusal).tell(&at.service.notices).into_response(),
            other => other.problem().into_response(),
        }
    }
}
