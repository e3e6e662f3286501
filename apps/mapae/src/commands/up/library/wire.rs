//! What pages and wallets ask over HTTP.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use mapae_http::Problem;
use mapae_oid4vp::{
    RequestUriMethod,
    verifier::{ReceivedPresentations, ResponseFault, accepted, wallet_nonce},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Library,
    kinds::{Asked, Kind},
    session::{Session, Stage, random},
};
use crate::{
    commands::up::{
        asked::{answer, failed},
        qr,
    },
    environment::now,
    failure::{Failure, Outcome},
};

/// What calls a wallet on another device.
const SCHEME: &str = "openid4vp://";
/// The nonce of a wallet that is not the one that asks.
const FOREIGN_NONCE: &str = "a-nonce-of-another-wallet";

type Told = Result<Value, Problem>;
type Asking = State<Arc<Library>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    kind: Kind,
    #[serde(default)]
    format: Asked,
    /// Whether the wallet is on the device of the page.
    #[serde(default)]
    same_device: bool,
}

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    code: Option<String>,
}

/// Lets a wallet in a page of another origin ask and read (the Fetch standard, "CORS protocol"), and keeps nothing.
pub(super) async fn for_wallets(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn problem(status: StatusCode, code: &str, title: &str) -> Problem {
    Problem::new(status, code, title)
}

fn unknown() -> Problem {
    problem(StatusCode::NOT_FOUND, "session_unknown", "There is no such session, or no longer")
}

/// `POST /sessions`: a request, and the links to it.
pub(super) async fn begin(State(library): Asking, body: Bytes) -> Response {
    answer(match serde_json::from_slice::<Wish>(&body) {
        Ok(Wish { kind: Kind::Replayed, .. }) => library.again(),
        Ok(wish) => library.begin(&wish).map_err(|failure| failed(&failure)),
        Err(_) => Err(problem(StatusCode::BAD_REQUEST, "body_malformed", "The body is not what this expects")),
    })
}

/// `GET /sessions/{token}`: what became of it.
pub(super) async fn state(State(library): Asking, Path(token): Path<String>, Query(shown): Query<Shown>) -> Response {
    let sessions = library.sessions();
    answer(sessions.of(&token).map(|session| session.state(shown.code.as_deref())).ok_or_else(unknown))
}

/// `GET /requests/{id}`: as it was made.
pub(super) async fn request(State(library): Asking, Path(id): Path<String>) -> Response {
    let sessions = library.sessions();
    sessions.get(&id).map_or_else(|| unknown().into_response(), |session| object(session.request.clone()))
}

/// `POST /requests/{id}`: with the wallet's nonce (OpenID4VP 1.0 §5.10).
pub(super) async fn request_with_nonce(State(library): Asking, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(nonce) = wallet_nonce(&body) else {
        return problem(StatusCode::BAD_REQUEST, "form_malformed", "The body is not a form").into_response();
    };
    match library.signed(&id, nonce.as_deref()) {
        Some(Ok(signed)) => object(signed),
        Some(Err(failure)) => failed(&failure).into_response(),
        None => unknown().into_response(),
    }
}

/// `POST /responses/{id}`: the answer, taken once.
pub(super) async fn response(State(library): Asking, Path(id): Path<String>, body: Bytes) -> Response {
    let Some((kind, received)) = library.receive(&id, &body) else { return unknown().into_response() };
    let judged = tokio::task::spawn_blocking({
        let library = Arc::clone(&library);
        move || library.judge(kind, received)
    });
    let verdict = match judged.await.map_err(Failure::from) {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(failure)) | Err(failure) => return failed(&failure).into_response(),
    };
    let redirect = library.close(&id, verdict);
    ([(header::CONTENT_TYPE, "application/json")], accepted(redirect.as_deref())).into_response()
}

fn object(signed: String) -> Response {
    let kind: (HeaderName, _) = (header::CONTENT_TYPE, HeaderValue::from_static("application/oauth-authz-req+jwt"));
    ([kind], signed).into_response()
}

impl Session {
    fn state(&self, code: Option<&str>) -> Value {
        match &self.stage {
            Stage::Waiting(_) => json!({ "state": "waiting" }),
            Stage::Looking => json!({ "state": "looking" }),
            Stage::Over(verdict) if self.opens(code) => json!({ "state": "over", "result": verdict }),
            // The page that the wallet opened shows it.
            Stage::Over(_) => json!({ "state": "elsewhere" }),
        }
    }
}

impl Library {
    fn begin(&self, wish: &Wish) -> Outcome<Value> {
        let (id, now) = (random()?, now(None)?);
        let asker = self.asker(wish.kind);
        let pending = asker.ask((wish.kind, wish.format), &format!("{}responses/{id}", self.url), now)?;
        let request = asker.sign(&pending, None)?;
        let links = self.links(|base| pending.link(base, &self.request_uri(&id), RequestUriMethod::Post));
        let (session, token) = Session::new(wish.kind, pending, request, wish.same_device, now)?;
        self.sessions().keep(&id, session, now);
        Ok(with(links, "session", &token))
    }

    /// The link to a request that was answered before.
    fn again(&self) -> Told {
        let sessions = self.sessions();
        let nothing = || problem(StatusCode::CONFLICT, "nothing_answered", "Share something first");
        let (id, session) = sessions.answered().ok_or_else(nothing)?;
        let client_id = self.asker(session.kind).client_id();
        let (client_id, request_uri) = (encode(&client_id), encode(&self.request_uri(id)));
        Ok(self.links(|base| {
            let mark = if base.contains('?') { '&' } else { '?' };
            format!("{base}{mark}client_id={client_id}&request_uri={request_uri}")
        }))
    }

    fn request_uri(&self, id: &str) -> String {
        format!("{}requests/{id}", self.url)
    }

    /// For a wallet on another device and for the page on this one.
    fn links(&self, link: impl Fn(&str) -> String) -> Value {
        let elsewhere = link(SCHEME);
        json!({ "qr": qr::rows(&elsewhere), "link": elsewhere, "open": self.wallet.as_deref().map(link) })
    }

    /// The request object for a wallet of that nonce.
    fn signed(&self, id: &str, nonce: Option<&str>) -> Option<Outcome<String>> {
        let sessions = self.sessions();
        let session = sessions.get(id)?;
        let nonce = if session.kind == Kind::Captured { Some(FOREIGN_NONCE) } else { nonce };
        Some(match &session.stage {
            Stage::Waiting(pending) => self.asker(session.kind).sign(pending, nonce),
            _ => Ok(session.request.clone()),
        })
    }

    /// Takes the answer out of the session: no second one is looked at.
    fn receive(&self, id: &str, body: &[u8]) -> Option<(Kind, Result<ReceivedPresentations, ResponseFault>)> {
        let mut sessions = self.sessions();
        let session = sessions.get_mut(id)?;
        match std::mem::replace(&mut session.stage, Stage::Looking) {
            Stage::Waiting(pending) => Some((session.kind, pending.receive(body))),
            before => {
                session.stage = before;
                None
            }
        }
    }

    fn judge(&self, kind: Kind, received: Result<ReceivedPresentations, ResponseFault>) -> Outcome<Value> {
        match received {
            Ok(received) => self.judge.judge(&received, self.asker(kind).use_class(), now(None)?),
            Err(fault) => Ok(json!({ "verdict": "no_answer", "code": fault.code() })),
        }
    }

    /// Notes the verdict, and says where the person goes on: with the code that opens it, on the same device.
    fn close(&self, id: &str, verdict: Value) -> Option<String> {
        let mut sessions = self.sessions();
        sessions.close(id, verdict);
        let session = sessions.get(id)?;
        let code = session.code.as_deref()?;
        Some(format!("{}#session={}&code={code}", self.url, session.token()))
    }
}

fn with(mut links: Value, name: &str, value: &str) -> Value {
    links[name] = json!(value);
    links
}

/// For the query of a link.
fn encode(text: &str) -> String {
    mapae_http::Url::parse_with_params("x:", [("v", text)])
        .map(|url| url.query().unwrap_or_default().trim_start_matches("v=").to_owned())
        .unwrap_or_default()
}
