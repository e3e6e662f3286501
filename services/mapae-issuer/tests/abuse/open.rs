//! What is open to everybody: offers, metadata, challenges.

use serde_json::{Value, json};

use super::Thief;

async fn get(url: String, accept: &str) -> (u16, String, String) {
    let answer = reqwest::Client::new().get(url).header("accept", accept).send().await.unwrap();
    let media_type = answer.headers().get("content-type").map(|it| it.to_str().unwrap().to_owned());
    (answer.status().as_u16(), media_type.unwrap_or_default(), answer.text().await.unwrap())
}

#[tokio::test]
async fn who_guesses_finds_no_offer() {
    let thief = Thief::new().await;
    let (offer, before) = (thief.scene.offer(1).await, thief.store().await);
    let id = offer.answer["offer_id"].as_str().unwrap();
    let long = "a".repeat(4000);
    for guess in ["1", "", "..%2f..%2fetc", "%00", "%ff", id, &offer.code, &long] {
        let (status, ..) = get(thief.phone.url(&format!("offers/{guess}")), "application/json").await;
        assert!([400, 404, 414].contains(&status), "{guess}: {status}");
    }
    assert_eq!(thief.store().await, before);
}

#[tokio::test]
async fn an_offer_that_is_over_is_gone() {
    let mut thief = Thief::new().await;
    let offer = thief.scene.offer(1).await;
    let url = offer.answer["credential_offer_uri"].as_str().unwrap().split("credential_offer_uri=").nth(1).unwrap();
    let url = url.replace("%3A", ":").replace("%2F", "/");
    assert_eq!(get(url.clone(), "*/*").await.0, 200);
    assert_eq!(thief.phone.redeem(&offer.code, &offer.tx_code).await.status, 200);
    assert_eq!(get(url, "*/*").await.0, 404);
}

#[tokio::test]
async fn metadata_are_json_whatever_is_accepted_but_a_jwt() {
    let thief = Thief::new().await;
    let base = thief.phone.url("");
    for accept in ["application/json", "*/*", "text/html", "nonsense;;;", "application/xml, application/json;q=0.5"] {
        let (status, media_type, body) = get(format!("{base}.well-known/openid-credential-issuer"), accept).await;
        assert_eq!((status, media_type.as_str()), (200, "application/json"), "{accept}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["credential_issuer"], json!(base.trim_end_matches('/')));
    }
    let (status, media_type, _) = get(format!("{base}.well-known/openid-credential-issuer"), "application/jwt").await;
    assert_eq!((status, media_type.as_str()), (200, "application/jwt"));
}

#[tokio::test]
async fn a_challenge_costs_nothing_is_never_kept_and_never_the_same() {
    let mut thief = Thief::new().await;
    let before = thief.store().await;
    let mut seen = std::collections::HashSet::new();
    for body in ["", "nonsense", "{\"attestation_challenge\":\"mine\"}"] {
        let answer = thief.phone.post("challenge", &[], body).await;
        assert_eq!((answer.status, answer.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
        assert!(seen.insert(answer.body["attestation_challenge"].as_str().unwrap().to_owned()));
    }
    assert!(!seen.contains("mine"));
    assert_eq!(thief.store().await, before);
}

#[tokio::test]
async fn what_is_posted_is_not_got_and_the_reverse() {
    let mut thief = Thief::new().await;
    for path in ["token", "challenge", "credential", "deferred", "notification"] {
        let (status, ..) = get(thief.phone.url(path), "*/*").await;
        assert_eq!(status, 405, "{path}");
    }
    for path in [".well-known/openid-credential-issuer", ".well-known/oauth-authorization-server"] {
        assert_eq!(thief.phone.post(path, &[], "").await.status, 405, "{path}");
    }
}
