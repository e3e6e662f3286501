//! What the sandbox answers over HTTP. Nobody needs a key: whoever reaches a sandbox may be any of its people.
//!
//! ```text
//! GET  /sandbox                        → the page; JSON for who does not ask for a page
//! GET  /sandbox/people, /breaks        → who there is, and what they can do wrong
//! POST /sandbox/sessions               → begins a session for a use, from the page
//! GET  /sandbox/sessions/{id}          → its page
//! POST /sandbox/sessions/{id}/answer   → {"person"?, "document"?, "format"?, "break"?}: somebody answers it
//! GET  /sandbox/sessions/{id}/trace    → the steps
//! ```

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use mapae_http::{Problem, Stop, Whole};
use mapae_issue::Format;
use mapae_sandbox::{Break, Country};
use mapae_types::{Timestamp, form};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Sandbox,
    acting::{Act, NotActed, act},
    looking,
    pages::{self, Language},
};
use crate::{
    asking::Wish,
    fault::Refusal,
    routes::At,
    service::Service,
    store::{SessionStore, State as Stands},
};

/// The owner of sessions that the page begins, if there is no API key.
const NOBODY: &str = "sandbox";

/// `?lang=en`.
#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

/// The service's routes with the sandbox around and beside them, if it is on.
pub(crate) fn routes<S: SessionStore>(routes: Router, service: &Arc<Service<S>>, stop: Stop) -> Router {
    if service.sandbox.is_none() {
        return routes;
    }
    let at = At { service: Arc::clone(service), stop };
    let own = Router::new()
        .route("/sandbox", get(front::<S>))
        .route("/sandbox/sandbox.css", get(style))
        .route("/sandbox/people", get(people::<S>))
        .route("/sandbox/breaks", get(breaks))
        .route("/sandbox/sessions", post(begin::<S>))
        .route("/sandbox/sessions/{id}", get(session::<S>))
        .route("/sandbox/sessions/{id}/answer", post(answer::<S>))
        .route("/sandbox/sessions/{id}/trace", get(trace::<S>))
        .with_state(at.clone());
    routes.layer(from_fn_with_state(at, looking::look::<S>)).merge(own)
}

/// The sandbox, which is there where its routes are, and the time.
fn here<S: SessionStore>(at: &At<S>) -> Option<(&Sandbox, Timestamp)> {
    Some((at.service.sandbox.as_ref()?, at.service.now().ok()?))
}

fn away() -> Response {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "sandbox_failed", "There is no sandbox, or no time").into_response()
}

async fn front<S: SessionStore>(
    State(at): State<At<S>>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let (sandbox, now) = here(&at).ok_or_else(away)?;
    let country = sandbox.country.at(now);
    if !accepts_pages(&headers) {
        let base = &at.service.config.base_url;
        let told = json!({
            "sample": true,
            "notice": "SAMPLE: people, documents and their issuer are made up",
            "people_url": format!("{base}/sandbox/people"),
            "breaks_url": format!("{base}/sandbox/breaks"),
            "sessions": sandbox.all().iter().map(|seen| seen.id.to_string()).collect::<Vec<_>>(),
        });
        return Ok(Json(told).into_response());
    }
    let language = language(&headers, &chosen);
    let mut sessions = Vec::new();
    for seen in sandbox.all() {
        sessions.push((seen.id.to_string(), seen.begun_at.to_string(), stands(&at, seen.id).await));
    }
    Ok(page(pages::front(language, &people_of(&country, now), &sessions)))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], pages::STYLE).into_response()
}

async fn people<S: SessionStore>(State(at): State<At<S>>) -> Result<Response, Response> {
    let (sandbox, now) = here(&at).ok_or_else(away)?;
    let people = people_of(&sandbox.country.at(now), now);
    Ok(Json(json!({ "sample": true, "people": people })).into_response())
}

/// Who the page shows: number, names, age and documents.
fn people_of(country: &Country, now: Timestamp) -> Vec<Value> {
    let documents = country.catalogue().documents();
    let one = |number: &u64| {
        let person = country.person(*number);
        let name = &person.name;
        let today = documents.first().map(|document| document.local_date(now));
        json!({
            "person": number,
            "name_ko": format!("{}{}", name.family, name.given),
            "name_en": format!("{} {}", name.family_latin, name.given_latin),
            "age": today.map(|today| person.birth_date.age_on(today)),
            "documents": country.documents(*number),
        })
    };
    country.cast().iter().map(one).collect()
}

async fn breaks() -> Json<Value> {
    Json(json!({ "sample": true, "breaks": Break::ALL.map(told_of) }))
}

fn told_of(wrong: Break) -> Value {
    let expected = |format: Format| {
        wrong.expected(format).map(|expected| json!({ "code": expected.code, "clause": expected.clause }))
    };
    let (ko, en) = wrong.says();
    json!({
        "break": wrong.name(),
        "says_ko": ko,
        "says_en": en,
        "needs": wrong.needs(),
        "refused": { "mdoc": expected(Format::Mdoc), "sd-jwt": expected(Format::SdJwt) },
    })
}

/// A page of another site has no business here, whatever it could guess (Fetch Metadata §2.4).
fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

fn refuse_foreign() -> Response {
    Problem::new(StatusCode::FORBIDDEN, "other_site", "A page of another site asks").into_response()
}

async fn begin<S: SessionStore>(State(at): State<At<S>>, headers: HeaderMap, Whole(body): Whole) -> Response {
    if is_foreign(&headers) {
        return refuse_foreign();
    }
    let named = core::str::from_utf8(&body).ok().and_then(|text| text.strip_prefix("use="));
    let Some(named) = named.and_then(form::decode) else { return NotActed::Body.answer(&at) };
    let wish = json!({ "use": named, "flow": "cross_device" });
    let Ok(wish) = serde_json::from_value::<Wish>(wish) else { return NotActed::Body.answer(&at) };
    let owner = at.service.config.api_keys.first().map_or(NOBODY, |key| key.name.as_str());
    match at.service.begin(owner, wish).await {
        Ok(told) => see_other(&format!("/sandbox/sessions/{}", told["id"].as_str().unwrap_or_default())),
        Err(refusal) => NotActed::from(refusal).answer(&at),
    }
}

async fn session<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let (sandbox, now) = here(&at).ok_or_else(away)?;
    let seen = sandbox.find(&id).ok_or_else(|| NotActed::Unknown.answer(&at))?;
    let state = stands(&at, seen.id).await;
    let people = people_of(&sandbox.country.at(now), now);
    Ok(page(pages::session(language(&headers, &chosen), &seen, state, &people)))
}

async fn answer<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, Response> {
    if is_foreign(&headers) {
        return Err(refuse_foreign());
    }
    let (sandbox, _) = here(&at).ok_or_else(away)?;
    let acted = match Act::read(&headers, &body) {
        Ok(wished) => act(&at, sandbox, &id, wished).await,
        Err(fault) => Err(fault),
    };
    let acted = acted.map_err(|fault| fault.answer(&at))?;
    if accepts_pages(&headers) {
        return Ok(see_other(&format!("/sandbox/sessions/{id}")));
    }
    let trace = format!("{}/sandbox/sessions/{id}/trace", at.service.config.base_url);
    Ok(Json(acted.to_value(&trace)).into_response())
}

async fn trace<S: SessionStore>(State(at): State<At<S>>, Path(id): Path<String>) -> Result<Response, Response> {
    let (sandbox, _) = here(&at).ok_or_else(away)?;
    let seen = sandbox.find(&id).ok_or_else(|| NotActed::Unknown.answer(&at))?;
    let state = stands(&at, seen.id).await;
    Ok(Json(json!({ "sample": true, "id": id, "state": state, "steps": seen.steps })).into_response())
}

/// Where a session stands, for people and programs.
async fn stands<S: SessionStore>(at: &At<S>, id: crate::SessionId) -> &'static str {
    let session = at.service.store.session(id).await.map_err(Refusal::from);
    match session.map(|session| session.map(|session| at.service.state(&session))) {
        Ok(Some(Ok(Stands::Waiting))) => "waiting",
        Ok(Some(Ok(Stands::Fetched))) => "fetched",
        Ok(Some(Ok(Stands::Done))) => "done",
        Ok(Some(Ok(Stands::Expired))) => "expired",
        _ => "gone",
    }
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|all| all.contains("text/html"))
}

fn language(headers: &HeaderMap, chosen: &Chosen) -> Language {
    let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|all| all.to_str().ok());
    Language::choose(chosen.lang.as_deref(), accepts)
}

/// Own styles, forms to ourselves, and nothing else (CSP 3).
fn page(text: String) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    let policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn see_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
