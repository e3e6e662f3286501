//! What an operator's monitoring reads: on a listener of its own, and without a person in it.

use serde_json::json;
use testkit::{Format, ports};

use crate::{
    places::Sqlite,
    scene::{Answer, KEY, Scene, Setting, client, of_age, text},
};

async fn told(port: u16) -> Answer {
    Answer::read(client().get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap()).await
}

#[tokio::test]
async fn sessions_are_counted_where_wallets_do_not_come() {
    let port = ports::free().port();
    let lines = format!("metrics_listen = \"127.0.0.1:{port}\"\n");
    let scene = Scene::<Sqlite>::with(Setting { lines, ..Setting::default() }).await.unwrap();
    let session = scene.begun(&of_age()).await;
    scene.begun(&json!({ "use": "identity", "flow": "cross_device" })).await;
    scene.phone().show(&session, Format::Mdoc, &["age_over_19"]).await;
    let told = told(port).await;
    assert!(told.kind.starts_with("application/openmetrics-text"), "{}", told.kind);
    for line in [
        "mapae_sessions_begun_total{flow=\"cross_device\"} 2",
        "mapae_results_total{verdict=\"held\"} 1",
        "http_requests_total{method=\"POST\",route=\"/responses/{handle}\",status=\"200\"} 1",
    ] {
        assert!(told.text.contains(line), "{line}: {}", told.text);
    }
    assert!(told.text.contains("mapae_bundle_as_of_seconds 1"), "a time of these decades: {}", told.text);
    assert!(!told.text.contains(text(&session, "id")));
    assert_eq!(scene.ask("GET", "/metrics", KEY, String::new()).await.status, 404);
}

#[tokio::test]
async fn they_end_with_the_service() {
    let port = ports::free().port();
    let lines = format!("metrics_listen = \"127.0.0.1:{port}\"\n");
    let scene = Scene::<Sqlite>::with(Setting { lines, ..Setting::default() }).await.unwrap();
    assert_eq!(told(port).await.status, 200);
    scene.running.stop().await;
    assert!(client().get(format!("http://127.0.0.1:{port}/metrics")).send().await.is_err());
}
