//! What a process measures.

use axum::{Router, body::Body, http::Request, routing::get};
use mapae_http::{Limits, Metrics, RequestLog, Shell};

use crate::shelled::{ask, shell};

#[test]
fn what_is_declared_is_told() {
    let metrics = Metrics::new();
    metrics.counter("documents", "Documents issued").inc_by(3);
    metrics.gauge("waiting", "People who wait").set(7);
    metrics.histogram("signing_seconds", "What a signature takes", &[0.1, 1.0]).observe(0.5);
    let events = metrics.counters("events", "Events by kind", ["kind"]);
    events.with(["death"]).inc();
    events.with(["name"]).inc();
    events.with(["death"]).inc();
    metrics.gauges("age", "Ages", ["of"]).with(["list"]).set(5);
    metrics.histograms("took_seconds", "By kind", ["kind"], &[1.0]).with(["death"]).observe(2.0);
    let text = metrics.text();
    for line in [
        "# HELP documents Documents issued.",
        "# TYPE documents counter",
        "documents_total 3",
        "waiting 7",
        "signing_seconds_bucket{le=\"0.1\"} 0",
        "signing_seconds_bucket{le=\"1.0\"} 1",
        "signing_seconds_count 1",
        "events_total{kind=\"death\"} 2",
        "events_total{kind=\"name\"} 1",
        "age{of=\"list\"} 5",
        "took_seconds_bucket{le=\"+Inf\",kind=\"death\"} 1",
        "# EOF",
    ] {
        assert!(text.lines().any(|told| told == line), "no {line:?} in\n{text}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_the_process_takes_is_told() {
    let text = Metrics::new().text();
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    };
    assert!(value("process_resident_memory_bytes") > 1e6);
    assert!(value("process_open_fds") > 2.0);
    assert!(value("process_threads") >= 1.0);
    assert!(value("process_cpu_seconds_total") >= 0.0);
}

#[tokio::test]
async fn requests_are_counted_by_template() {
    let metrics = Metrics::new();
    let routes = Router::new().route("/offers/{id}", get(|| async { "an offer" }));
    let app = shell(&metrics).wrap(routes, Limits::default());
    for path in ["/offers/s3cret", "/offers/other", "/nothing?code=s3cret"] {
        ask(&app, Request::get(path).body(Body::empty()).unwrap()).await;
    }
    ask(&app, Request::builder().method("S3CRET").uri("/offers/x").body(Body::empty()).unwrap()).await;
    let text = metrics.text();
    for line in [
        "http_requests_total{method=\"GET\",route=\"/offers/{id}\",status=\"200\"} 2",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "http_requests_total{method=\"other\",route=\"/offers/{id}\",status=\"405\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/offers/{id}\"} 2",
    ] {
        assert!(text.lines().any(|told| told == line), "no {line:?} in\n{text}");
    }
    assert!(!text.to_lowercase().contains("s3cret"));
}

#[tokio::test]
async fn metrics_are_served() {
    let metrics = Metrics::new();
    let app = Shell::new(metrics.clone(), RequestLog::failed()).wrap(metrics.routes(), Limits::default());
    let answer = ask(&app, Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert!(answer.head("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    assert!(answer.body.ends_with("# EOF\n"));
}

/// A client that leaves is counted as well.
#[tokio::test]
async fn who_leaves_is_counted() {
    let metrics = Metrics::new();
    let app = shell(&metrics).wrap(Router::new().route("/", get(std::future::pending::<()>)), Limits::default());
    let waiting = ask(&app, Request::get("/").body(Body::empty()).unwrap());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(20), waiting).await.is_err());
    let line = "http_requests_total{method=\"GET\",route=\"/\",status=\"0\"} 1";
    assert!(metrics.text().contains(line), "{}", metrics.text());
}
