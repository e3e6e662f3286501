//! An approval system (전자결재) behind Apache. A sample of who logs officials in by OpenID Connect: `mod_auth_openidc` does
//! that, by the settings in `samples/approval/apache`, and this program has no line about signing in. It believes
//! what Apache tells of a person, if Apache shows the secret that both have.
//!
//! Left out: documents that anybody wrote, and whatever comes after an approval.

mod apache;
mod official;
mod page;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use mapae_http::Problem;
use mapae_types::Timestamp;
use serde::Deserialize;

pub(super) use self::apache::{Apache, INSTALL, absent};
use self::official::{Official, Proxy};
use super::look;
use crate::{commands::pages::Pages, environment::now, failure::Outcome};

/// Own files, and forms that come back here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; form-action 'self'; \
     base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'";

struct Approvals {
    /// Where browsers find it: Apache.
    url: String,
    proxy: Proxy,
    papers: Mutex<Vec<Paper>>,
}

/// What waits for a decision.
struct Paper {
    title: [&'static str; 2],
    from: [&'static str; 2],
    decided: Option<Decision>,
}

/// Who decided what, and when.
struct Decision {
    approved: bool,
    by: Official,
    at: Timestamp,
}

#[derive(Deserialize)]
struct Decided {
    paper: usize,
    approved: bool,
}

type At = State<Arc<Approvals>>;

/// What Apache passes on. `/public/` alone comes from anybody.
pub(super) fn routes(url: &str, secret: &str) -> Router {
    let approvals = Approvals { url: url.to_owned(), proxy: Proxy::new(secret), papers: Mutex::new(papers()) };
    let files = look::with(Pages::new(POLICY))
        .with("approval.css", include_str!("approval.css"))
        .with("approval.js", include_str!("approval.js"));
    let own = Router::new()
        .route("/", get(list))
        .route("/decisions", post(decide))
        .route("/public/signed-out", get(signed_out))
        .with_state(Arc::new(approvals));
    own.nest("/public", files.routes())
}

fn papers() -> Vec<Paper> {
    let paper = |title, from| Paper { title, from, decided: None };
    vec![
        paper(
            ["2026년 12월 당직 근무 계획", "Duty roster for December 2026"],
            ["운영지원과 김견본", "General affairs, Kim Gyeonbon"],
        ),
        paper(
            ["사무용품 구매 (1,240,000원)", "Office supplies (KRW 1,240,000)"],
            ["재정담당관 이견본", "Finance, Lee Gyeonbon"],
        ),
        paper(
            ["모바일 공무원증 로그인 시행 알림", "Notice: logging in by mobile official ID"],
            ["정보화담당관 박견본", "Information systems, Park Gyeonbon"],
        ),
    ]
}

/// `GET /`: what waits, for whoever Apache says is there.
async fn list(State(approvals): At, headers: HeaderMap) -> Response {
    match approvals.proxy.official(&headers) {
        Some(official) => page::list(&official, &approvals.papers(), &approvals.url),
        None => not_by_apache(),
    }
}

/// `POST /decisions`: from our own page, and from no other that is open in the same browser.
async fn decide(State(approvals): At, headers: HeaderMap, Form(decided): Form<Decided>) -> Response {
    let Some(official) = approvals.proxy.official(&headers) else { return not_by_apache() };
    let is_own = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() == approvals.url.as_bytes());
    if !is_own {
        return Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "Another page sent that").into_response();
    }
    match approvals.decide(&decided, official) {
        Ok(()) => Redirect::to("/").into_response(),
        Err(failure) => super::asked::failed(&failure).into_response(),
    }
}

/// `GET /public/signed-out`: after signing out, and for who declined.
async fn signed_out() -> Response {
    page::signed_out()
}

fn not_by_apache() -> Response {
    Problem::new(StatusCode::FORBIDDEN, "not_by_apache", "Only Apache says who is there").into_response()
}

fn html(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    (headers, text).into_response()
}

impl Approvals {
    fn papers(&self) -> MutexGuard<'_, Vec<Paper>> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first decision stands.
    fn decide(&self, decided: &Decided, by: Official) -> Outcome<()> {
        let at = now(None)?;
        if let Some(paper) = self.papers().get_mut(decided.paper) {
            paper.decided.get_or_insert(Decision { approved: decided.approved, by, at });
        }
        Ok(())
    }
}
