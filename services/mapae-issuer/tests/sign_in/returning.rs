//! The browser on its way back: the one that began, once, with the provider's own answer.

use mapae_types::Duration;
use serde_json::json;

use super::{
    browser::Browser,
    stage::{HOME, Stage},
};

#[tokio::test]
async fn the_wallet_is_told_a_code_its_state_and_who_says_so() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    stage.says(&stage.claims(&begun));
    let seen = stage.back(&[("code", "from the provider"), ("state", &begun["state"])]).await;
    assert!(seen.location.starts_with(&format!("{HOME}&")), "{}", seen.location);
    let told = seen.query();
    let mut names: Vec<&str> = told.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "from", "iss", "state"]);
    assert_eq!(told["state"], "the wallet's");
    assert_eq!(told["iss"], stage.phone.url("").trim_end_matches('/'));
    assert!(stage.browser.cookies.is_empty(), "the mark is taken back");
    assert_eq!(seen.headers["cache-control"], "no-store");
    // What the provider was asked is what it was promised.
    let (_, asked) = stage.provider.last_asked();
    assert_eq!((&asked["grant_type"][..], &asked["code"][..]), ("authorization_code", "from the provider"));
    assert_eq!(asked["redirect_uri"], begun["redirect_uri"]);
    let challenge = mapae_jose::base64url::encode(mapae_crypto::sha256(asked["code_verifier"].as_bytes()));
    assert_eq!(challenge, begun["code_challenge"]);
}

#[tokio::test]
async fn an_app_is_told_at_its_own_scheme() {
    let mut stage = Stage::new().await;
    let url = stage.pushed(&[("redirect_uri", "com.example.wallet:/back"), ("state", "")]).await;
    let begun = stage.browser.open(&url).await.query();
    stage.says(&stage.claims(&begun));
    let seen = stage.back(&[("code", "c"), ("state", &begun["state"])]).await;
    assert!(seen.location.starts_with("com.example.wallet:/back?code="), "{}", seen.location);
    assert!(!seen.query().contains_key("state"), "none was given");
}

#[tokio::test]
async fn the_way_back_is_the_browsers_that_began() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    stage.says(&stage.claims(&begun));
    let parameters = [("code", "c"), ("state", &begun["state"][..])];
    // Somebody else's browser, also one in which another sign-in began.
    let mut owner = std::mem::replace(&mut stage.browser, Browser::new());
    assert_eq!(stage.back(&parameters).await.page(), 403);
    stage.begun().await;
    assert_eq!(stage.back(&parameters).await.page(), 403);
    let (name, forged) =
        (owner.cookies.keys().next().unwrap().clone(), stage.browser.cookies.values().next().unwrap().clone());
    stage.browser.cookies.insert(name, forged);
    assert_eq!(stage.back(&parameters).await.page(), 403, "the mark of another sign-in");
    // All of that has spent nothing.
    std::mem::swap(&mut stage.browser, &mut owner);
    assert!(stage.back(&parameters).await.query().contains_key("code"));
}

#[tokio::test]
async fn two_sign_ins_in_one_browser_do_not_hinder_each_other() {
    let mut stage = Stage::new().await;
    let (one, other) = (stage.begun().await, stage.begun().await);
    for begun in [one, other] {
        stage.says(&stage.claims(&begun));
        assert!(stage.back(&[("code", "c"), ("state", &begun["state"])]).await.query().contains_key("code"));
    }
}

#[tokio::test]
async fn a_sign_in_comes_back_once() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    stage.says(&stage.claims(&begun));
    let cookies = stage.browser.cookies.clone();
    let parameters = [("code", "c"), ("state", &begun["state"][..])];
    assert_eq!(stage.back(&parameters).await.status, 303);
    stage.browser.cookies = cookies;
    assert_eq!(stage.back(&parameters).await.page(), 400);
}

#[tokio::test]
async fn a_sign_in_takes_ten_minutes_at_most() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    stage.scene.wait(Duration::seconds(601));
    stage.says(&stage.claims(&begun));
    assert_eq!(stage.back(&[("code", "c"), ("state", &begun["state"])]).await.page(), 400);
}

#[tokio::test]
async fn a_state_is_ours_and_for_this_alone() {
    let mut stage = Stage::new().await;
    let begun = stage.begun().await;
    let mark = stage.browser.cookies.values().next().unwrap().clone();
    for (state, page) in [("made up", 400), (&mark[..], 400), ("", 400)] {
        assert_eq!(stage.back(&[("code", "c"), ("state", state)]).await.page(), page, "{state}");
    }
    let twice = [("code", "c"), ("state", &begun["state"][..]), ("state", &begun["state"][..])];
    assert_eq!(stage.back(&twice).await.page(), 400);
    let long = "c".repeat(9000);
    assert_eq!(stage.back(&[("code", &long), ("state", &begun["state"])]).await.page(), 400);
}

#[tokio::test]
async fn a_citizen_who_declines_is_back_in_the_wallet() {
    let mut stage = Stage::new().await;
    for (error, told) in [
        ("access_denied", "access_denied"),
        ("login_required", "access_denied"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("invalid_scope", "server_error"),
        ("<script>", "server_error"),
    ] {
        let begun = stage.begun().await;
        let back = stage.back(&[("error", error), ("state", &begun["state"]), ("error_description", "secret")]).await;
        let answer = back.query();
        assert_eq!((&answer["error"][..], &answer["state"][..]), (told, "the wallet's"), "{error}");
        assert!(answer.contains_key("iss") && !answer.contains_key("code") && !back.location.contains("secret"));
    }
}

#[tokio::test]
async fn neither_code_nor_error_or_both_is_no_answer() {
    let mut stage = Stage::new().await;
    for parameters in [vec![], vec![("code", "c"), ("error", "access_denied")]] {
        let begun = stage.begun().await;
        stage.says(&stage.claims(&begun));
        let parameters: Vec<_> = parameters.into_iter().chain([("state", &begun["state"][..])]).collect();
        assert_eq!(stage.back(&parameters).await.query()["error"], "server_error");
    }
}

#[tokio::test]
async fn an_answer_that_names_another_provider_is_none() {
    let mut stage = Stage::new().await;
    let own = stage.provider.url.clone();
    for (iss, is_promised, told) in [
        (Some(own.as_str()), false, "code"),
        (Some(own.as_str()), true, "code"),
        (None, false, "code"),
        (None, true, "error"),
        (Some("https://other.example"), false, "error"),
        (Some("https://other.example"), true, "error"),
    ] {
        // What was fetched so long ago is fetched again.
        stage.scene.wait(Duration::seconds(3601));
        let promised = json!(is_promised);
        stage.provider.tell(|script| script.metadata["authorization_response_iss_parameter_supported"] = promised);
        let begun = stage.begun().await;
        stage.says(&stage.claims(&begun));
        let mut parameters = vec![("code", "c"), ("state", &begun["state"][..])];
        if let Some(iss) = iss {
            parameters.push(("iss", iss));
        }
        assert!(stage.back(&parameters).await.query().contains_key(told), "{iss:?} {is_promised}");
    }
}

#[tokio::test]
async fn what_the_provider_answers_at_its_token_endpoint_decides() {
    let mut stage = Stage::new().await;
    for (status, body, told) in [
        (400, json!({ "error": "invalid_grant" }), "access_denied"),
        (401, json!({ "error": "invalid_client" }), "server_error"),
        (500, json!({}), "temporarily_unavailable"),
        (429, json!({}), "temporarily_unavailable"),
        (200, json!({ "access_token": "a" }), "server_error"),
        (200, json!({ "id_token": 7 }), "server_error"),
        (302, json!({}), "server_error"),
    ] {
        let begun = stage.begun().await;
        stage.provider.tell(|script| script.answer = (status, body.clone()));
        let answer = stage.back(&[("code", "c"), ("state", &begun["state"])]).await.query();
        assert_eq!(answer["error"], told, "{status} {body}");
    }
}

#[tokio::test]
async fn who_is_not_in_the_register_gets_no_code() {
    let mut stage = Stage::new().await;
    let told = stage.signed_in_with(|claims| claims["resident_id"] = json!("nobody")).await;
    assert_eq!(told["error"], "access_denied");
    let told = stage.signed_in_with(|_| {}).await;
    assert!(told.contains_key("code"));
}
