//! The browser on its way to the provider: each request once, by the wallet that pushed it.

use mapae_types::Duration;
use serde_json::json;

use super::{
    browser::Browser,
    provider::CLIENT_ID,
    stage::{Stage, WALLET},
};

#[tokio::test]
async fn the_browser_is_sent_to_the_provider() {
    let mut stage = Stage::new().await;
    let url = stage.pushed(&[]).await;
    let seen = stage.browser.open(&url).await;
    assert!(seen.location.starts_with(&format!("{}/authorize?tenant=kr&", stage.provider.url)), "{}", seen.location);
    let told = seen.query();
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", &stage.phone.url("callback")),
    ];
    for (name, value) in &expected {
        assert_eq!(told[*name], *value, "{name}");
    }
    assert!(told["nonce"].len() >= 43 && told["state"].len() >= 43 && told["code_challenge"].len() == 43);
    // The provider is not told for which wallet, nor what the wallet said.
    assert!(!seen.location.contains("wallet"), "{}", seen.location);
    assert_eq!(
        (&seen.headers["cache-control"], &seen.headers["referrer-policy"]),
        (&"no-store".parse().unwrap(), &"no-referrer".parse().unwrap())
    );
    assert!(
        stage.browser.last_cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"),
        "{}",
        stage.browser.last_cookie
    );
}

#[tokio::test]
async fn a_strength_of_sign_in_is_asked_for() {
    let mut stage = Stage::with(|_| {}, |sign_in| sign_in.acr = Some("urn:strong".to_owned())).await;
    assert_eq!(stage.begun().await["acr_values"], "urn:strong");
}

#[tokio::test]
async fn a_request_uri_opens_once() {
    let mut stage = Stage::new().await;
    let url = stage.pushed(&[]).await;
    assert_eq!(stage.browser.open(&url).await.status, 303);
    assert_eq!(stage.browser.open(&url).await.page(), 400);
    assert_eq!(Browser::new().open(&url).await.page(), 400);
}

#[tokio::test]
async fn a_request_uri_is_the_wallets_that_pushed_it() {
    let mut stage = Stage::new().await;
    let pushed = stage.push(&[]).await;
    let uri = pushed.body["request_uri"].as_str().unwrap();
    let (other, own) = (stage.authorize_url(uri, "https://other.example"), stage.authorize_url(uri, WALLET));
    assert_eq!(stage.browser.open(&other).await.page(), 400);
    assert_eq!(stage.browser.open(&own).await.status, 303, "the other one spent nothing");
}

#[tokio::test]
async fn a_request_uri_ends() {
    let mut stage = Stage::new().await;
    let (one, other) = (stage.pushed(&[]).await, stage.pushed(&[]).await);
    stage.scene.wait(Duration::seconds(600));
    assert_eq!(stage.browser.open(&one).await.status, 303);
    stage.scene.wait(Duration::seconds(1));
    assert_eq!(stage.browser.open(&other).await.page(), 400);
}

#[tokio::test]
async fn what_no_wallet_made_is_a_page_that_repeats_nothing() {
    let mut stage = Stage::new().await;
    let base = stage.phone.url("authorize");
    let sealed = stage.authorize_url("urn:ietf:params:oauth:request_uri:made-up", WALLET);
    let foreign = stage.authorize_url("https://evil.example/<script>", WALLET);
    // RFC 6749 §4.1: what is not pushed counts for nothing (HAIP 1.0 §4.3).
    let plain = format!("{base}?{}", stage.request(&[("redirect_uri", "https://evil.example/<script>")]));
    for url in [base.clone(), format!("{base}?client_id=a&client_id=b&request_uri=c"), sealed, foreign, plain] {
        let seen = stage.browser.open(&url).await;
        assert_eq!(seen.page(), 400, "{url}");
        assert!(!seen.text.contains("evil") && !seen.text.contains("script"), "{}", seen.text);
        assert!(seen.text.contains("lang=\"ko\"") && seen.text.contains("lang=\"en\""));
    }
}

#[tokio::test]
async fn a_provider_that_is_away_costs_the_citizen_a_moment() {
    let mut stage = Stage::new().await;
    let url = stage.pushed(&[]).await;
    stage.provider.tell(|script| script.is_broken = true);
    assert_eq!(stage.browser.open(&url).await.page(), 503);
    stage.provider.tell(|script| script.is_broken = false);
    assert_eq!(stage.browser.open(&url).await.status, 303);
}

#[tokio::test]
async fn a_provider_is_the_one_that_was_configured_and_does_what_is_needed() {
    let (mut stage, absent) = (Stage::new().await, json!(null));
    for (name, value, status) in [
        ("response_types_supported", absent.clone(), 303),
        ("code_challenge_methods_supported", absent.clone(), 303),
        ("token_endpoint_auth_methods_supported", absent.clone(), 303),
        ("token_endpoint", json!("https://login.example/token"), 303),
        ("issuer", json!("https://other.example"), 503),
        ("issuer", absent.clone(), 503),
        ("authorization_endpoint", json!("http://login.example/authorize"), 503),
        ("authorization_endpoint", json!("javascript:alert(1)"), 503),
        ("token_endpoint", json!("http://login.example/token"), 503),
        ("token_endpoint", absent.clone(), 503),
        ("jwks_uri", json!("http://user@127.0.0.1/jwks"), 503),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_post"]), 503),
        ("code_challenge_methods_supported", json!(["plain"]), 503),
        ("response_types_supported", json!(["id_token"]), 503),
    ] {
        // What was fetched so long ago is fetched again.
        stage.scene.wait(Duration::seconds(3601));
        stage.provider.tell(|script| script.metadata = json!({ name: value }));
        let url = stage.pushed(&[]).await;
        assert_eq!(stage.browser.open(&url).await.status, status, "{name}: {value}");
    }
}
