//! What stands around every request.

use std::net::SocketAddr;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
    routing::{get, post},
};
use mapae_http::{Cors, Limits, Listening, Metrics, RequestId, RequestLog, Shell, stopping};
use tower_service::Service as _;

use crate::serving::client;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Read {
    pub(crate) fn head(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn ask(app: &Router, request: Request<Body>) -> Read {
    let response = app.clone().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    Read { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

pub(crate) fn shell(metrics: &Metrics) -> Shell {
    Shell::new(metrics.clone(), RequestLog::all())
}

fn wrap(shell: Shell) -> Router {
    let id = get(|Extension(id): Extension<RequestId>| async move { id.to_string() });
    let routes = Router::new()
        .route("/id", id)
        .route("/token", post(|| async { "a token" }))
        .route("/authorize", get(|| async {}));
    shell.wrap(routes, Limits::default())
}

#[tokio::test]
async fn a_request_has_an_id_that_both_sides_know() {
    let app = wrap(shell(&Metrics::new()));
    let one = ask(&app, Request::get("/id").body(Body::empty()).unwrap()).await;
    let other = ask(&app, Request::get("/id").header("x-request-id", "mine").body(Body::empty()).unwrap()).await;
    assert_eq!(one.body, one.head("x-request-id"));
    assert_eq!(one.body.len(), 16);
    assert_ne!(one.body, other.body);
    assert_ne!(other.body, "mine");
}

#[tokio::test]
async fn bounds_and_hardening_hold_in_the_shell() {
    let limits = Limits { time: std::time::Duration::from_millis(20), ..Limits::default() };
    let app = shell(&Metrics::new()).wrap(Router::new().route("/", get(std::future::pending::<()>)), limits);
    let late = ask(&app, Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(late.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(late.head("x-content-type-options"), "nosniff");
    assert!(!late.head("x-request-id").is_empty());
    let nothing = ask(&app, Request::get("/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!((nothing.status, nothing.body.contains("not_found")), (StatusCode::NOT_FOUND, true));
}

#[tokio::test]
async fn a_page_of_another_origin_may_call() {
    let app = wrap(shell(&Metrics::new()).cors(Cors::wallets().except(&["/authorize"])));
    let leave = |path: &str| {
        let request = Request::options(path).header("origin", "https://wallet.example");
        request.header("access-control-request-method", "POST").body(Body::empty()).unwrap()
    };
    let granted = ask(&app, leave("/token")).await;
    assert_eq!(granted.status, StatusCode::NO_CONTENT);
    assert_eq!(granted.head("access-control-allow-origin"), "*");
    assert_eq!(granted.head("access-control-allow-methods"), "GET, POST");
    for header in ["dpop", "authorization", "oauth-client-attestation", "oauth-client-attestation-pop", "content-type"]
    {
        assert!(granted.head("access-control-allow-headers").split(", ").any(|allowed| allowed == header), "{header}");
    }
    assert!(granted.headers.get("access-control-allow-credentials").is_none());
    let answer = ask(&app, Request::post("/token").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.body.as_str(), answer.head("access-control-allow-origin")), ("a token", "*"));
    assert!(answer.head("access-control-expose-headers").contains("dpop-nonce"));
}

#[tokio::test]
async fn an_authorization_endpoint_is_visited_and_not_called() {
    let app = wrap(shell(&Metrics::new()).cors(Cors::wallets().except(&["/authorize"])));
    let asked = Request::options("/authorize").header("access-control-request-method", "GET");
    let refused = ask(&app, asked.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    let visited = ask(&app, Request::get("/authorize").body(Body::empty()).unwrap()).await;
    assert_eq!((visited.status, visited.head("access-control-allow-origin")), (StatusCode::OK, ""));
}

#[tokio::test]
async fn without_leave_no_page_may_call() {
    let app = wrap(shell(&Metrics::new()));
    let asked = Request::options("/token").header("access-control-request-method", "POST");
    let refused = ask(&app, asked.body(Body::empty()).unwrap()).await;
    assert_eq!((refused.status, refused.head("access-control-allow-origin")), (StatusCode::METHOD_NOT_ALLOWED, ""));
}

#[tokio::test]
async fn a_handler_knows_the_peer() {
    let peer = get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() });
    let routes = Router::new().route("/peer", peer);
    let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let service = listening.serve_in(shell(&Metrics::new()), routes, Limits::default(), stopping().0);
    let answer = client().get(&format!("{}/peer", service.url()), 99).await.unwrap();
    assert_eq!(answer.body, b"127.0.0.1");
}
