//! Asking others, who may be hostile: too large, too slow, or somewhere else.

use std::time::{Duration, Instant};

use axum::{Router, body::Body, response::Redirect, routing::get};
use mapae_http::{Bounds, Client, ClientError};

use crate::serving::{client, serve};

#[tokio::test]
async fn an_answer_is_read_up_to_its_bound() {
    let service = serve(Router::new().route("/", get(|| async { "12345" }))).await;
    assert_eq!(client().get(&service.url(), 5).await.unwrap().body, b"12345");
    assert!(matches!(client().get(&service.url(), 4).await, Err(ClientError::TooLarge { limit: 4 })));
}

/// Chunks without an end, and no length said before.
#[tokio::test]
async fn an_answer_without_end_is_broken_off() {
    let endless = || async { Body::from_stream(Endless) };
    let service = serve(Router::new().route("/", get(endless))).await;
    assert!(matches!(client().get(&service.url(), 1 << 20).await, Err(ClientError::TooLarge { .. })));
}

struct Endless;

impl futures_core::Stream for Endless {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Ok(vec![0; 4096])))
    }
}

#[tokio::test]
async fn who_takes_too_long_is_left() {
    let service = serve(Router::new().route("/", get(std::future::pending::<()>))).await;
    let impatient = Client::new(Bounds { total: Duration::from_millis(100), ..Bounds::default() }).unwrap();
    let before = Instant::now();
    assert!(matches!(impatient.get(&service.url(), 9).await, Err(ClientError::Unreached(_))));
    assert!(before.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn who_is_asked_to_wait_may() {
    let late = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "late"
    };
    let service = serve(Router::new().route("/", axum::routing::post(late))).await;
    let impatient = Client::new(Bounds { total: Duration::from_millis(100), ..Bounds::default() }).unwrap();
    assert!(impatient.post(&service.url(), "x/y", vec![], 9).await.is_err());
    let waiting = impatient.post_and_wait(&service.url(), "x/y", vec![], 9, Duration::from_secs(10)).await;
    assert_eq!(waiting.unwrap().body, b"late");
}

/// A byte now and then is not enough.
#[tokio::test]
async fn who_drips_is_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let _request = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let impatient = Client::new(Bounds { total: Duration::from_millis(200), ..Bounds::default() }).unwrap();
    assert!(matches!(impatient.get(&url, 1000).await, Err(ClientError::BrokenOff(_))));
}

#[tokio::test]
async fn nobody_sends_us_elsewhere() {
    let elsewhere = serve(Router::new().route("/", get(|| async { "elsewhere" }))).await;
    let url = elsewhere.url();
    let service = serve(Router::new().route("/", get(move || async move { Redirect::to(&url) }))).await;
    let answer = client().get(&service.url(), 99).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (303, b"".as_slice()));
}

#[tokio::test]
async fn an_address_that_is_none_is_the_askers_fault() {
    assert!(matches!(client().get("nowhere", 9).await, Err(ClientError::Unusable(_))));
}
