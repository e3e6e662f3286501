//! A service at its edge: bounds, health and an orderly end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use mapae_http::{Answer, Bounds, Client, Limits, Listening, Problem, Readiness, Running, Whole, stopping};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
};

pub(crate) async fn serve_with(routes: Router, limits: Limits) -> Running {
    Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap().serve(routes, limits, stopping().0)
}

pub(crate) async fn serve(routes: Router) -> Running {
    serve_with(routes, Limits::default()).await
}

pub(crate) fn client() -> Client {
    Client::new(Bounds::default()).unwrap()
}

fn code(answer: &Answer) -> String {
    Problem::parse(&answer.body).unwrap().code().to_owned()
}

#[tokio::test]
async fn the_address_is_told() {
    let service = serve(Router::new().route("/", get(|| async { "here" }))).await;
    assert_ne!(service.address().port(), 0);
    assert_eq!(client().get(&service.url(), 9).await.unwrap().body, b"here");
}

#[tokio::test]
async fn whoever_listens_everywhere_is_called_on_the_loopback() {
    let everywhere = Listening::on("0.0.0.0:0".parse().unwrap()).await.unwrap();
    let service = everywhere.serve(Router::new(), Limits::default(), stopping().0);
    assert_eq!(service.url(), format!("http://127.0.0.1:{}", service.address().port()));
}

#[tokio::test]
async fn a_body_is_read_up_to_its_bound() {
    let size = post(|Whole(body): Whole| async move { body.len().to_string() });
    let routes = Router::new().route("/small", size.clone()).route("/large", size.layer(DefaultBodyLimit::max(100)));
    let service = serve_with(routes, Limits { body: 10, ..Limits::default() }).await;
    let post = async |path: &str, len| {
        client().post(&format!("{}/{path}", service.url()), "x/y", vec![0; len], 4096).await.unwrap()
    };
    assert_eq!(post("small", 10).await.body, b"10");
    let refused = post("small", 11).await;
    assert_eq!((refused.status, code(&refused).as_str()), (413, "body_too_large"));
    assert_eq!(post("large", 100).await.body, b"100");
    assert_eq!(post("large", 101).await.status, 413);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let routes = Router::new().route("/", get(std::future::pending::<()>));
    let service = serve_with(routes, Limits { time: Duration::from_millis(50), ..Limits::default() }).await;
    let answer = client().get(&service.url(), 4096).await.unwrap();
    assert_eq!((answer.status, code(&answer).as_str()), (408, "too_slow"));
}

#[tokio::test]
async fn a_head_that_does_not_end_ends_the_connection() {
    let limits = Limits { head: Duration::from_millis(100), ..Limits::default() };
    let service = serve_with(Router::new(), limits).await;
    for sent in ["", "GET / HTTP/1.1\r\nhost: x\r\n"] {
        let mut connection = TcpStream::connect(service.address()).await.unwrap();
        connection.write_all(sent.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), connection.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "still open after {sent:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_document() {
    let service = serve(Router::new().route("/", get(|| async {}))).await;
    let answer = client().get(&format!("{}/x", service.url()), 4096).await.unwrap();
    assert_eq!((answer.status, code(&answer).as_str()), (404, "not_found"));
    let answer = client().post(&service.url(), "x/y", vec![], 4096).await.unwrap();
    assert_eq!((answer.status, code(&answer).as_str()), (405, "method_not_allowed"));
}

#[tokio::test]
async fn no_browser_takes_an_answer_for_a_page() {
    let service = serve(Router::new().route("/", get(|| async { "<script>" }))).await;
    let answer = reqwest::get(service.url()).await.unwrap();
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
}

#[tokio::test]
async fn readiness_comes_and_goes() {
    let readiness = Readiness::new();
    let service = serve(readiness.routes()).await;
    let ask = async |path: &str| client().get(&format!("{}/health/{path}", service.url()), 4096).await.unwrap();
    let starting = ask("ready").await;
    assert_eq!((starting.status, code(&starting).as_str()), (503, "starting"));
    assert_eq!(ask("live").await.status, 200);
    readiness.ready();
    assert_eq!(ask("ready").await.status, 200);
    readiness.not_ready("store_unavailable");
    assert_eq!(code(&ask("ready").await), "store_unavailable");
    assert_eq!(ask("live").await.status, 200);
}

/// A service whose one request says when it has begun, and goes on for a while.
async fn slow(begun: Arc<Notify>) -> Running {
    let answer = move || async move {
        begun.notify_one();
        tokio::time::sleep(Duration::from_millis(200)).await;
        "done"
    };
    serve(Router::new().route("/", get(answer))).await
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered_before_the_end() {
    let begun = Arc::new(Notify::new());
    let service = slow(Arc::clone(&begun)).await;
    let url = service.url();
    let asked = tokio::spawn(async move { client().get(&url, 9).await });
    begun.notified().await;
    let url = service.url();
    service.stop().await;
    assert_eq!(asked.await.unwrap().unwrap().body, b"done");
    assert!(client().get(&url, 9).await.is_err());
}

#[tokio::test]
async fn a_service_that_is_dropped_ends_at_once() {
    let begun = Arc::new(Notify::new());
    let service = slow(Arc::clone(&begun)).await;
    let url = service.url();
    let asked = tokio::spawn(async move { client().get(&url, 9).await });
    begun.notified().await;
    drop(service);
    assert!(asked.await.unwrap().is_err());
}

#[tokio::test]
async fn tasks_hear_of_the_stop() {
    let mut service = serve(Router::new()).await;
    let mut stop = service.listener();
    assert!(!stop.is_requested());
    let (ended, end) = tokio::sync::oneshot::channel();
    service.spawn(async move {
        stop.requested().await;
        ended.send(()).unwrap();
    });
    service.stop().await;
    end.await.unwrap();
}

#[tokio::test]
async fn it_runs_until_the_signal_or_the_death_of_a_task() {
    let service = serve(Router::new()).await;
    assert!(service.until(async {}).await.is_ok());
    let mut service = serve(Router::new()).await;
    service.spawn(async { panic!("as told") });
    assert!(service.until(std::future::pending()).await.unwrap_err().is_panic());
}

#[tokio::test]
async fn waiting_ends_with_the_stop() {
    let (stopper, mut stop) = stopping();
    assert!(!stop.within(Duration::from_millis(10)).await);
    stopper.stop();
    let before = Instant::now();
    assert!(stop.within(Duration::from_mins(1)).await);
    assert!(before.elapsed() < Duration::from_secs(1));
    let (stopper, stop) = stopping();
    drop(stopper);
    assert!(stop.is_requested(), "who dropped the switch cannot stop any more");
}
