//! The first page: what runs here, and a walk through it for who sees it for the first time. They are the clerk, the
//! citizen and the librarian, and at last the one who pulls the plug.
//!
//! Its clerk's button stands for an office with a login: here whoever opens the page has it, and it shows the code that in a
//! country only the citizen's phone would. All people are samples.

mod clerk;
mod dialogue;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use mapae_http::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    approval::INSTALL,
    asked::{answer, failed, from_own_page},
    look::{self, POLICY},
    made::{DOCUMENTS, Made},
    plug::Plug,
    verifiers::Verifiers,
};
use crate::{commands::pages::Pages, failure::Failure};

/// Which pages were built.
#[derive(Clone, Copy)]
pub(super) struct Built {
    pub(super) reader: bool,
    pub(super) wallet: bool,
}

struct Guide {
    made: Arc<Made>,
    plug: Arc<Plug>,
    built: Built,
}

/// The page, what its script asks, and what is served of the bundle.
pub(super) fn routes(made: &Arc<Made>, verifiers: &Verifiers, plug: &Arc<Plug>, built: Built) -> Router {
    let page = look::with(Pages::new(POLICY))
        .with("index.html", page(made, verifiers))
        .with("guide.js", include_str!("guide.js"))
        .with("guide.css", include_str!("guide.css"));
    let guide = Arc::new(Guide { made: Arc::clone(made), plug: Arc::clone(plug), built });
    let asked = Router::new()
        .route("/guide/state", get(state))
        .route("/guide/offers", post(offer))
        .route("/guide/plug", post(plug_in_or_out))
        .layer(from_fn(from_own_page))
        .route("/trust.bundle", get(|guide: State<Arc<Guide>>| async move { guide.file("trust.bundle") }))
        .route("/policy.txt", get(|guide: State<Arc<Guide>>| async move { guide.file("policy.txt") }))
        .with_state(guide);
    page.routes().merge(asked)
}

/// With what is to be typed, for who prefers that.
fn page(made: &Made, verifiers: &Verifiers) -> String {
    let (ports, at) = (made.ports, |address| format!("http://{address}/"));
    let values = [
        ("{{issuer}}", ports.issuer.to_string()),
        ("{{office_address}}", ports.office.to_string()),
        ("{{provider}}", ports.provider.to_string()),
        ("{{log}}", ports.log.to_string()),
        ("{{reader}}", at(ports.reader)),
        ("{{wallet_page}}", made.wallet_url()),
        ("{{library}}", at(ports.library)),
        ("{{bank}}", at(ports.bank)),
        ("{{approval}}", at(ports.approval)),
        ("{{library_verifier}}", verifiers.library.url.clone()),
        ("{{bank_verifier}}", verifiers.bank.url.clone()),
        ("{{ministry_verifier}}", verifiers.ministry.url.clone()),
        ("{{discovery}}", dialogue::discovery(verifiers)),
        ("{{curl}}", dialogue::curl(made, verifiers).replace('&', "&amp;").replace('<', "&lt;")),
        ("{{office}}", made.office()),
        ("{{outbox}}", made.outbox()),
        ("{{wallet}}", made.wallet()),
    ];
    values.into_iter().fold(include_str!("index.html").to_owned(), |page, (place, value)| page.replace(place, &value))
}

impl Guide {
    /// A file for everybody, also for a page of another origin; gone with the plug.
    fn file(&self, name: &str) -> Response {
        if !self.plug.is_in() {
            return away().into_response();
        }
        let headers: [(HeaderName, _); 3] = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        match std::fs::read(self.made.dir().join(name)) {
            Ok(content) => (headers, content).into_response(),
            Err(_) => Problem::new(StatusCode::NOT_FOUND, "not_found", "Nothing is here").into_response(),
        }
    }
}

fn away() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "plug_pulled", "The plug is pulled")
}

/// `GET /guide/state`: what can be done now.
async fn state(State(guide): State<Arc<Guide>>) -> Response {
    answer(Ok(json!({
        "plugged": guide.plug.is_in(),
        "reader": guide.built.reader,
        "wallet": guide.built.wallet.then(|| guide.made.wallet_url()),
        "documents": DOCUMENTS,
        "people": guide.made.people,
    })))
}

/// The clerk reads why.
fn refused(failure: &Failure) -> Problem {
    let title = "The office made no offer";
    Problem::new(StatusCode::CONFLICT, "not_offered", title).detail(format!("{:#}", failure.error()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferBody {
    person: String,
    document: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlugBody {
    plugged: bool,
}

/// `POST /guide/offers`: what the clerk's button does.
async fn offer(State(guide): State<Arc<Guide>>, body: Bytes) -> Response {
    answer(match read::<OfferBody>(&body) {
        _ if !guide.plug.is_in() => Err(away()),
        Ok(asked) => clerk::offer(&guide.made, &asked.person, &asked.document).await.map_err(|error| refused(&error)),
        Err(problem) => Err(problem),
    })
}

/// `POST /guide/plug`: `{"plugged": false}` stops the state, `true` starts it.
async fn plug_in_or_out(State(guide): State<Arc<Guide>>, body: Bytes) -> Response {
    let done = match read::<PlugBody>(&body) {
        Ok(PlugBody { plugged: true }) => Arc::clone(&guide.plug).push().await.map_err(|error| failed(&error)),
        Ok(PlugBody { plugged: false }) => {
            guide.plug.pull().await;
            Ok(())
        }
        Err(problem) => Err(problem),
    };
    answer(done.map(|()| json!({ "plugged": guide.plug.is_in() })))
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Problem> {
    let malformed = |_| Problem::new(StatusCode::BAD_REQUEST, "body_malformed", "The body is not what this expects");
    serde_json::from_slice(body).map_err(malformed)
}

/// For a terminal.
pub(super) fn text(made: &Made, verifiers: &Verifiers, built: Built, has_apache: bool) -> String {
    let wallet = if built.wallet {
        format!("the wallet at {}", made.wallet_url())
    } else {
        "no wallet page: `cargo xtask web wallet` builds it".to_owned()
    };
    let ports = made.ports;
    let approval = if has_apache {
        format!("http://{}/", ports.approval)
    } else {
        format!("not without Apache, which comes by: {INSTALL}")
    };
    format!(
        "Mapae runs at {guide}, a guide to all of it; {wallet}\n\n\
         Who asks:\n  a library          http://{library}/\n  a bank             http://{bank}/\n  \
         an approval system {approval}\n\n\
         By typing, the clerk:\n  {office}\n\n\
         the citizen, with the link that the clerk's screen shows; the code is in the message\n  {outbox}\n  {add}\n\n\
         and a relying party, by REST; what it asks for is verified when the last line tells it\n{curl}\n\n\
         or by OpenID Connect: {discovery}\n\n\
         Ctrl-C stops everything; the next start goes on.",
        guide = made.url(),
        library = ports.library,
        bank = ports.bank,
        office = made.office(),
        outbox = made.outbox(),
        add = made.wallet(),
        curl = dialogue::curl(made, verifiers),
        discovery = dialogue::discovery(verifiers),
    )
}

/// For programs.
pub(super) fn said(made: &Made, verifiers: &Verifiers, built: Built) -> Value {
    let (ports, at) = (made.ports, |address| format!("http://{address}/"));
    json!({
        "address": made.url(),
        "pid": std::process::id(),
        "dir": made.dir().display().to_string(),
        "person": made.person,
        "office": made.office(),
        "wallet": made.wallet(),
        "wallet_page": built.wallet.then(|| made.wallet_url()),
        "library": at(ports.library),
        "bank": at(ports.bank),
        "approval": at(ports.approval),
        "verifiers": {
            "library": verifiers.library.url,
            "bank": verifiers.bank.url,
            "ministry": verifiers.ministry.url,
        },
        "curl": dialogue::curl(made, verifiers),
        "discovery": dialogue::discovery(verifiers),
    })
}
