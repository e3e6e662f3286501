//! The service itself: health, and what browsers and caches are told.

use crate::scene::Scene;

#[tokio::test]
async fn health_is_green_once_a_write_a_read_and_a_signature_went_through() {
    let scene = Scene::new().await;
    let health = reqwest::get(format!("{}/health", scene.running.url())).await.unwrap();
    assert_eq!(health.status(), 200);
    let report: serde_json::Value = serde_json::from_str(&health.text().await.unwrap()).unwrap();
    let names: Vec<&str> =
        report["probes"].as_array().unwrap().iter().map(|probe| probe["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["store", "signature"]);
}

#[tokio::test]
async fn no_cache_keeps_a_nonce_and_no_two_are_the_same() {
    let scene = Scene::new().await;
    let response = reqwest::Client::new().post(format!("{}/nonce", scene.running.url())).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_ne!(scene.nonce().await, scene.nonce().await);
}
