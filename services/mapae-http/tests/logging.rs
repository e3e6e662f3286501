//! What the operator reads, and what nobody may.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::Request,
    routing::{get, post},
};
use mapae_http::{Limits, Log, Metrics, Problem, RequestLog, Shell, redact, settings};
use tracing_subscriber::fmt::MakeWriter;

use crate::shelled::{ask, shell};

/// Where lines go in a test.
#[derive(Debug, Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn app(log: RequestLog) -> Router {
    let failing = get(|| async {
        tracing::warn!("something inside");
        Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed")
    });
    let routes = Router::new().route("/offers/{id}", post(|| async {})).route("/failing", failing);
    Shell::new(Metrics::new(), log).wrap(routes, Limits::default())
}

#[tokio::test]
async fn a_request_is_logged_without_what_it_carries() {
    let paper = Paper::default();
    let _log = tracing::subscriber::set_default(Log::everything().subscriber(paper.clone()));
    let request =
        Request::post("/offers/s3cret?code=s3cret").header("authorization", "DPoP s3cret").header("s3cret", "");
    let answer = ask(&app(RequestLog::all()), request.body(Body::from("s3cret")).unwrap()).await;
    let text = paper.text();
    let line: serde_json::Value = serde_json::from_str(text.lines().next_back().unwrap()).unwrap();
    assert_eq!(line["message"], "answered");
    assert_eq!((&line["status"], &line["milliseconds"]), (&200.into(), &0.into()));
    assert_eq!((&line["span"]["method"], &line["span"]["route"]), (&"POST".into(), &"/offers/{id}".into()));
    assert_eq!(line["span"]["id"], answer.head("x-request-id"));
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn what_is_said_inside_carries_the_requests_id() {
    let paper = Paper::default();
    let _log = tracing::subscriber::set_default(settings::parse::<Log>("").unwrap().subscriber(paper.clone()));
    let answer = ask(&app(RequestLog::failed()), Request::get("/failing").body(Body::empty()).unwrap()).await;
    let text = paper.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().all(|line| line.contains(answer.head("x-request-id"))), "{text}");
    assert!(lines[0].contains("something inside") && lines[1].contains("status=500"), "{text}");
}

#[tokio::test]
async fn only_failures_are_logged_if_so_told() {
    let paper = Paper::default();
    let _log = tracing::subscriber::set_default(Log::everything().subscriber(paper.clone()));
    ask(&app(RequestLog::failed()), Request::post("/offers/a").body(Body::empty()).unwrap()).await;
    assert_eq!(paper.text(), "");
    ask(&app(RequestLog::failed()), Request::get("/failing").body(Body::empty()).unwrap()).await;
    assert!(paper.text().contains("answered"));
}

#[test]
fn of_others_only_warnings_are_logged() {
    let paper = Paper::default();
    let log = Log::everything().subscriber(paper.clone());
    tracing::subscriber::with_default(log, || {
        tracing::info!(target: "sqlx::query", "chatter");
        tracing::warn!(target: "sqlx::query", "a warning");
        tracing::trace!(target: "mapae_issuer::store", "ours");
    });
    let text = paper.text();
    assert!(text.contains("a warning") && text.contains("ours") && !text.contains("chatter"), "{text}");
}

#[test]
fn the_last_net_catches_what_looks_like_a_secret() {
    let paper = Paper::default();
    tracing::subscriber::with_default(Log::everything().subscriber(paper.clone()), || {
        tracing::info!(target: "mapae", token = "q1W_e2R-t3Y4u5I6o7P8", "a token was logged by mistake");
    });
    assert!(paper.text().contains("[redacted]") && !paper.text().contains("q1W_e2R"), "{}", paper.text());
}

#[test]
fn secrets_are_known_by_their_looks() {
    for secret in [
        "q1W_e2R-t3Y4u5I6",                                                 // 96 bits in base64url
        "eyJhbGciOiJFUzI1NiJ9",                                             // a header of a JWS
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", // a hash
        "900101-1234567",                                                   // a resident's number
        "9001011234567",
    ] {
        assert_eq!(redact(&format!("a {secret}.b")), "a [redacted].b", "{secret}");
        assert_eq!(redact(secret), "[redacted]");
    }
}

#[test]
fn what_operators_need_is_kept() {
    for line in [
        "2026-11-22T03:41:08.123456Z  INFO request{id=0123456789abcdef method=GET route=/offers/{id}}: answered",
        "document 0123456789abcdef0123456789abcdef is suspended",
        "mapae_issuer::publication: list 12 of 1048576 places in 130 ms",
        "org.iso.18013.5.1.mDL from https://issuer.example/.well-known/openid-credential-issuer",
        "the certificate of 서울특별시 ends 2027-01-01",
        "",
    ] {
        assert!(matches!(redact(line), std::borrow::Cow::Borrowed(kept) if kept == line), "{line}");
    }
}

/// How much a request costs in the shell, printed for people: `MAPAE_SHELL_REQUESTS=20000`, `--nocapture`, and a machine
/// with nothing else to do. No time decides the test.
#[tokio::test]
async fn what_the_shell_costs() {
    let requests: u32 = std::env::var("MAPAE_SHELL_REQUESTS").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    let routes = || Router::new().route("/offers/{id}", get(|| async { "an offer" }));
    let rate = "1000000/s burst 1000000".parse().unwrap();
    let rates = || mapae_http::Rates::new(rate, 10_000, mapae_http::Proxies::default());
    let failed = || Shell::new(Metrics::new(), RequestLog::failed()).rates(rates()).cors(mapae_http::Cors::wallets());
    let quiet = Log::everything().subscriber(io::sink);
    let measure = async |name: &str, app: Router| {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let before = std::time::Instant::now();
            for _ in 0..requests {
                ask(&app, Request::get("/offers/a").body(Body::empty()).unwrap()).await;
            }
            best = best.min(before.elapsed().as_secs_f64() / f64::from(requests) * 1e6);
        }
        eprintln!("{name}: {best:.2} µs");
    };
    measure("bare route", routes()).await;
    measure("shell, nobody listens", failed().wrap(routes(), Limits::default())).await;
    let _log = tracing::subscriber::set_default(quiet);
    measure("shell, failures logged", failed().wrap(routes(), Limits::default())).await;
    measure("shell, all logged", shell(&Metrics::new()).wrap(routes(), Limits::default())).await;
}
