//! The nonce endpoint (OpenID4VCI §7): everybody's, and without memory.

use std::collections::HashSet;

use super::Thief;

#[tokio::test]
async fn a_nonce_costs_nothing_is_never_kept_and_never_the_same() {
    let mut thief = Thief::new().await;
    let before = thief.store().await;
    let mut seen = HashSet::new();
    for _ in 0..50 {
        let answer = thief.phone.post("nonce", &[], "").await;
        assert_eq!((answer.status, answer.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
        assert!(seen.insert(answer.body["c_nonce"].as_str().unwrap().to_owned()));
    }
    assert_eq!(thief.store().await, before);
}

#[tokio::test]
async fn a_nonce_is_asked_for_by_post_whatever_the_body_says() {
    let mut thief = Thief::new().await;
    let got = reqwest::Client::new().get(thief.phone.url("nonce")).send().await.unwrap();
    assert_eq!(got.status().as_u16(), 405);
    for body in ["nonsense", "{\"c_nonce\":\"mine\"}"] {
        let answer = thief.phone.post("nonce", &[("content-type", "application/json".to_owned())], body).await;
        assert_eq!(answer.status, 200);
        assert_ne!(answer.body["c_nonce"], "mine");
    }
    let large = thief.phone.post("nonce", &[], vec![b' '; 200 << 10]).await;
    assert!([200, 413].contains(&large.status), "{}", large.status);
}
