//! Looking at what passes: a layer around the routes of wallets, and of pages that bring what a browser got.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

use super::{
    steps,
    trace::{self, Step},
};
use crate::{
    fault::Refusal,
    ids::{SessionId, handle_lookup},
    routes::At,
    service::Service,
    store::{Session, SessionStore, State as Stands},
};

/// Bytes of an answer, as the service takes it.
const BODY: usize = 2 << 20;
/// Bytes of what the service says.
const SAID: usize = 64 << 10;

/// Notes what a wallet fetched or answered, and what it was told.
pub(super) async fn look<S: SessionStore>(State(at): State<At<S>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    match (request.method().clone(), parts.next(), parts.next(), parts.next()) {
        (_, Some("requests"), Some(handle), None) => fetched(&at, handle, next.run(request).await),
        (Method::POST, Some("responses"), Some(handle), None) => {
            let session = awaiting(&at, handle).await;
            answered(&at, session, request, next).await
        }
        (Method::POST, Some("sessions"), Some(id), Some("response")) => {
            let session = match id.parse::<SessionId>() {
                Ok(id) => at.service.store.session(id).await.ok().flatten(),
                Err(_) => None,
            };
            answered(&at, session, request, next).await
        }
        _ => next.run(request).await,
    }
}

/// The session to whose answers that address belongs.
pub(super) async fn awaiting<S: SessionStore>(at: &At<S>, handle: &str) -> Option<Session> {
    at.service.store.awaiting(handle_lookup(handle)).await.ok().flatten()
}

fn fetched<S: SessionStore>(at: &At<S>, handle: &str, response: Response) -> Response {
    let Some(sandbox) = &at.service.sandbox else { return response };
    if let Some(id) = sandbox.by_request(handle) {
        let step = match response.status().as_u16() {
            200 => Step::holds(steps::FETCHED, "200"),
            status => Step::broken(steps::FETCHED, "request_refused", status.to_string()),
        };
        sandbox.saw(id, vec![step]);
    }
    response
}

async fn answered<S: SessionStore>(at: &At<S>, session: Option<Session>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY).await else { return next.run(Request::from_parts(head, Body::empty())).await };
    let answer = next.run(Request::from_parts(head, Body::from(body.clone())));
    watched(at, session, &body, answer).await.into()
}

/// What a wallet was told.
pub(super) struct Told {
    pub(super) head: axum::http::response::Parts,
    pub(super) body: Bytes,
}

impl From<Told> for Response {
    fn from(told: Told) -> Self {
        Self::from_parts(told.head, Body::from(told.body))
    }
}

/// Looks at a body before it is answered, and at the answer.
pub(super) async fn watched<S: SessionStore>(
    at: &At<S>,
    session: Option<Session>,
    body: &[u8],
    answer: impl Future<Output = Response>,
) -> Told {
    let mut steps = match &session {
        Some(session) => at.service.look_at(session, body).await,
        None => Vec::new(),
    };
    let (head, said) = answer.await.into_parts();
    let said = to_bytes(said, SAID).await.unwrap_or_default();
    steps.push(told(head.status.as_u16(), &said));
    if let (Some(sandbox), Some(session)) = (&at.service.sandbox, session) {
        sandbox.saw(session.id, steps);
    }
    Told { head, body: said }
}

fn told(status: u16, said: &[u8]) -> Step {
    let seen = format!("{status} {}", String::from_utf8_lossy(said));
    if status == 200 { Step::holds(steps::TOLD, seen) } else { Step::broken(steps::TOLD, code_of(said), seen) }
}

/// The code of a problem, or what an OAuth error says first.
pub(super) fn code_of(said: &[u8]) -> &str {
    let text = core::str::from_utf8(said).unwrap_or_default();
    let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
    let code = after(":problem:").or_else(|| after("\"error_description\":\""));
    code.and_then(|rest| rest.split(['"', ':']).next()).unwrap_or("refused")
}

impl<S: SessionStore> Service<S> {
    /// What is to be seen of an answer, which nobody has taken yet.
    async fn look_at(self: &Arc<Self>, session: &Session, body: &[u8]) -> Vec<Step> {
        if session.state != Stands::Fetched {
            let code = if session.state == Stands::Waiting { "request_not_fetched" } else { "answer_taken" };
            return vec![Step::broken(steps::ONCE, code, "")];
        }
        let (service, session, body) = (Arc::clone(self), session.clone(), body.to_vec());
        let looked = tokio::task::spawn_blocking(move || service.steps(&session, &body)).await;
        looked.ok().and_then(Result::ok).unwrap_or_default()
    }

    fn steps(&self, session: &Session, body: &[u8]) -> Result<Vec<Step>, Refusal> {
        let (context, now) = (self.context(session)?, self.now()?);
        let mut all = vec![Step::holds(steps::ONCE, "")];
        let received = context.exchange()?.receive(body);
        all.extend(trace::message(received.as_ref(), body));
        if let Ok(received) = received {
            let held = self.held(&received, context.ours().holders, None, now);
            all.extend(trace::judged(&received, &held));
        }
        Ok(all)
    }
}
