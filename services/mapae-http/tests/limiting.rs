//! Who asks too often waits.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
    routing::get,
};
use mapae_http::{Limits, Metrics, Proxies, Rate, RateClass, RateLimiter, Rates, Wait};

use crate::shelled::{Read, ask, shell};

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

#[test]
fn a_bucket_empties_and_fills() {
    let limiter = RateLimiter::new(rate("2/s burst 3"), 100);
    let now = Instant::now();
    for _ in 0..3 {
        assert_eq!(limiter.take("a", now), Ok(()));
    }
    assert_eq!(limiter.take("a", now), Err(Wait(Duration::from_millis(500))));
    assert_eq!(limiter.take("b", now), Ok(()), "another has a bucket of its own");
    let later = now + Duration::from_millis(500);
    assert_eq!(limiter.take("a", later), Ok(()));
    assert_eq!(limiter.take("a", later), Err(Wait(Duration::from_millis(500))));
    let rested = later + Duration::from_hours(1);
    let taken = (0..10).filter(|_| limiter.take("a", rested).is_ok()).count();
    assert_eq!(taken, 3, "no more than a burst is saved");
}

#[test]
fn who_is_refused_does_not_wait_longer_for_it() {
    let limiter = RateLimiter::new(rate("1/s burst 1"), 100);
    let now = Instant::now();
    limiter.take((), now).unwrap();
    for _ in 0..100 {
        assert!(limiter.take((), now).is_err());
    }
    assert_eq!(limiter.take((), now + Duration::from_secs(1)), Ok(()));
}

#[test]
fn a_flood_of_addresses_takes_no_more_memory() {
    let limiter = RateLimiter::new(rate("1/s burst 1"), 1000);
    let now = Instant::now();
    for address in 0..100_000 {
        limiter.take(address, now).unwrap();
    }
    assert!(limiter.remembered() <= 1000);
    assert!(limiter.take(99_999, now).is_err(), "who was seen last is remembered");
}

fn app(metrics: &Metrics, proxies: Proxies) -> Router {
    let token = RateClass { name: "token", routes: &["/token"], rate: rate("1/h burst 1") };
    let rates = Rates::new(rate("1/h burst 3"), 100, proxies).class(token);
    let routes = Router::new().route("/token", get(|| async {})).route("/offers/{id}", get(|| async {}));
    shell(metrics).rates(rates).wrap(routes, Limits::default())
}

async fn from(app: &Router, peer: &str, path: &str, forwarded: &[&str]) -> Read {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 9)));
    for line in forwarded {
        request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
    }
    ask(app, request).await
}

async fn allowed(app: &Router, peer: &str, forwarded: &[&str]) -> bool {
    from(app, peer, "/token", forwarded).await.status == StatusCode::OK
}

#[tokio::test]
async fn each_class_of_routes_has_its_rate() {
    let metrics = Metrics::new();
    let app = app(&metrics, Proxies::default());
    assert_eq!(from(&app, "192.0.2.1", "/token", &[]).await.status, StatusCode::OK);
    let refused = from(&app, "192.0.2.1", "/token", &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("too_many_requests"));
    let wait: u64 = refused.head("retry-after").parse().unwrap();
    assert!((3590..=3600).contains(&wait), "{wait}");
    assert_eq!(from(&app, "192.0.2.2", "/token", &[]).await.status, StatusCode::OK, "another client");
    for path in ["/offers/a", "/offers/b", "/nothing"] {
        assert_ne!(from(&app, "192.0.2.1", path, &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(from(&app, "192.0.2.1", "/offers/c", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    let text = metrics.text();
    assert!(text.contains("http_requests_limited_total{class=\"token\"} 1"), "{text}");
    assert!(text.contains("http_requests_limited_total{class=\"other\"} 1"), "{text}");
}

#[tokio::test]
async fn a_header_counts_only_from_a_named_proxy() {
    let app = app(&Metrics::new(), Proxies::default());
    assert!(allowed(&app, "192.0.2.1", &["198.51.100.1"]).await);
    assert!(!allowed(&app, "192.0.2.1", &["198.51.100.2"]).await, "whoever it says it is");
}

#[tokio::test]
async fn behind_a_proxy_each_client_counts() {
    let ours: Vec<IpAddr> = vec!["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
    let app = app(&Metrics::new(), Proxies::new(ours));
    assert!(allowed(&app, "192.0.2.1", &["198.51.100.1"]).await);
    assert!(!allowed(&app, "192.0.2.1", &["198.51.100.1"]).await);
    assert!(allowed(&app, "192.0.2.1", &["198.51.100.2"]).await);
    assert!(!allowed(&app, "192.0.2.1", &["203.0.113.9, 198.51.100.2"]).await, "what a client claims is not believed");
    assert!(!allowed(&app, "192.0.2.1", &["203.0.113.9", "198.51.100.2, 192.0.2.2"]).await, "two proxies in a row");
    assert!(allowed(&app, "192.0.2.1", &["garbage"]).await, "then the proxy counts");
    assert!(!allowed(&app, "192.0.2.1", &[]).await);
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_client() {
    let app = app(&Metrics::new(), Proxies::default());
    assert!(allowed(&app, "2001:db8:0:1::1", &[]).await);
    assert!(!allowed(&app, "2001:db8:0:1:ffff::2", &[]).await);
    assert!(allowed(&app, "2001:db8:0:2::1", &[]).await);
    assert!(allowed(&app, "::ffff:192.0.2.7", &[]).await);
    assert!(!allowed(&app, "192.0.2.7", &[]).await, "the same address in both families");
}
