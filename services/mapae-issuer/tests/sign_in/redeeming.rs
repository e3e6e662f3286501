//! The code at the token endpoint, and the copies that it is for.

use mapae_jose::base64url;
use mapae_types::Duration;

use super::stage::Stage;

#[tokio::test]
async fn a_citizen_signs_in_and_the_wallet_gets_their_copies() {
    let mut stage = Stage::new().await;
    let code = stage.code().await;
    let answer = stage.redeem(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let keys = stage.phone.keys(3);
    let answer = stage.phone.credentials("resident-mdoc", &keys).await;
    assert_eq!((answer.status, answer.credentials().len()), (200, 3), "{}", answer.text);
}

#[tokio::test]
async fn a_code_is_for_who_pushed() {
    let mut stage = Stage::new().await;
    let code = stage.code().await;
    let other = base64url::encode([7; 32]);
    for change in [("code_verifier", &other[..]), ("redirect_uri", "https://wallet.example/other"), ("code", "made-up")]
    {
        let answer = stage.redeem(&code, &[change]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{change:?}");
    }
    let answer = stage.redeem(&code, &[("client_id", "https://other.example")]).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_client"));
    assert_eq!(stage.redeem(&code, &[]).await.status, 200, "nothing of that has spent it");
}

#[tokio::test]
async fn a_code_is_for_the_key_that_was_announced() {
    let mut stage = Stage::new().await;
    let jkt = base64url::encode(mapae_jose::Jwk::from(stage.phone.key.public().clone()).thumbprint());
    for (announced, status) in [(base64url::encode([7; 32]), 400), (jkt, 200)] {
        let url = stage.pushed(&[("dpop_jkt", &announced)]).await;
        let begun = stage.browser.open(&url).await.query();
        stage.says(&stage.claims(&begun));
        let code = stage.back(&[("code", "c"), ("state", &begun["state"])]).await.query()["code"].clone();
        assert_eq!(stage.redeem(&code, &[]).await.status, status);
    }
}

#[tokio::test]
async fn a_code_ends() {
    let mut stage = Stage::new().await;
    let code = stage.code().await;
    stage.scene.wait(Duration::seconds(61));
    let answer = stage.redeem(&code, &[]).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{}", answer.text);
}

#[tokio::test]
async fn a_code_is_not_what_the_provider_was_told() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    stage.says(&stage.claims(&begun));
    let code = stage.back(&[("code", "c"), ("state", &begun["state"])]).await.query()["code"].clone();
    assert_ne!(code, begun["state"]);
    // Who runs the provider knows the state, and cannot make the code of it.
    let answer = stage.redeem(&begun["state"], &[]).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_grant"));
    assert_eq!(stage.redeem(&code, &[]).await.status, 200);
}
