//! What may be pushed, and by whom (RFC 9126, HAIP 1.0 §4.3).

use mapae_jose::base64url;
use serde_json::json;

use super::stage::{HOME, Stage};

#[tokio::test]
async fn an_attested_wallet_pushes_and_nobody_else() {
    let mut stage = Stage::new().await;
    let answer = stage.push(&[]).await;
    assert_eq!((answer.status, answer.body["expires_in"].as_u64()), (201, Some(600)), "{}", answer.text);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let uri = answer.body["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{uri}");
    let nobody = stage.push_with(&[], &[]).await;
    assert_eq!((nobody.status, nobody.error()), (400, "invalid_client"));
    let other = stage.attestation_of("https://other.example").await;
    let other = stage.push_with(&other, &[]).await;
    assert_eq!((other.status, other.error()), (400, "invalid_client"));
}

#[tokio::test]
async fn an_attestation_is_shown_once() {
    let mut stage = Stage::new().await;
    let headers = stage.attestation().await;
    assert_eq!(stage.push_with(&headers, &[]).await.status, 201);
    assert_eq!(stage.push_with(&headers, &[]).await.error(), "invalid_client_attestation");
}

#[tokio::test]
async fn the_way_back_is_a_web_address_or_an_apps_own() {
    let mut stage = Stage::new().await;
    for fit in [HOME, "http://127.0.0.1:8080/back", "com.example.wallet:/back", "wallet://back"] {
        assert_eq!(stage.push(&[("redirect_uri", fit)]).await.status, 201, "{fit}");
    }
    for unfit in
        ["", "http://wallet.example/back", "javascript:alert(1)", "data:text/html,x", "/back", "https://a.example/#x"]
    {
        let answer = stage.push(&[("redirect_uri", unfit)]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_request"), "{unfit}");
    }
}

#[tokio::test]
async fn a_challenge_of_s256_comes_along() {
    let mut stage = Stage::new().await;
    let challenge = base64url::encode([7; 32]);
    assert_eq!(stage.push(&[("code_challenge", &challenge)]).await.status, 201);
    for (name, value) in [
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
    ] {
        let answer = stage.push(&[(name, value)]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_request"), "{name}={value}");
    }
}

#[tokio::test]
async fn what_is_asked_for_is_issued_here() {
    let mut stage = Stage::new().await;
    let detail = |id: &str, more: &str| {
        format!(r#"[{{"type":"openid_credential","credential_configuration_id":"{id}"{more}}}]"#)
    };
    let here = format!(r#","locations":["{}"]"#, stage.phone.url("").trim_end_matches('/'));
    let (known, located) = (detail("resident-sd-jwt", ""), detail("resident-mdoc", &here));
    for details in [&known, &located] {
        assert_eq!(stage.push(&[("scope", ""), ("authorization_details", details)]).await.status, 201, "{details}");
    }
    assert_eq!(stage.push(&[("scope", "resident-mdoc resident-sd-jwt")]).await.status, 201);
    let elsewhere = detail("resident-mdoc", r#","locations":["https://other.example"]"#);
    for (details, scope, error) in [
        ("", "passport-mdoc", "invalid_scope"),
        ("", "resident-mdoc openid", "invalid_scope"),
        (&detail("passport-mdoc", ""), "", "invalid_authorization_details"),
        (&elsewhere, "", "invalid_authorization_details"),
        ("", "", "invalid_scope"),
    ] {
        let answer = stage.push(&[("scope", scope), ("authorization_details", details)]).await;
        assert_eq!((answer.status, answer.error()), (400, error), "{details} {scope}");
    }
}

#[tokio::test]
async fn one_document_is_asked_for_at_a_time() {
    let both = |config: &mut mapae_issuer::IssuerConfig| config.documents.push("licence".parse().unwrap());
    let mut stage = Stage::with(both, |_| {}).await;
    assert_eq!(stage.push(&[("scope", "licence-sd-jwt")]).await.status, 201);
    let answer = stage.push(&[("scope", "resident-mdoc licence-sd-jwt")]).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_scope"));
}

#[tokio::test]
async fn a_proof_of_the_key_to_come_is_checked() {
    let mut stage = Stage::new().await;
    let mut headers = stage.attestation().await;
    headers.push(("dpop", stage.phone.dpop("par", None)));
    assert_eq!(stage.push_with(&headers, &[]).await.status, 201);
    let jkt = base64url::encode([9; 32]);
    let mut headers = stage.attestation().await;
    headers.push(("dpop", stage.phone.dpop("par", None)));
    let differs = stage.push_with(&headers, &[("dpop_jkt", &jkt)]).await;
    assert_eq!(differs.status, 400, "{}", differs.text);
    let mut headers = stage.attestation().await;
    headers.push(("dpop", stage.phone.dpop("token", None)));
    assert_eq!(stage.push_with(&headers, &[]).await.error(), "invalid_dpop_proof");
}

#[tokio::test]
async fn a_request_is_of_its_form() {
    let mut stage = Stage::new().await;
    for change in [("response_type", "token"), ("request_uri", "urn:x"), ("request", "e30.e30.")] {
        assert_eq!(stage.push(&[change]).await.status, 400, "{change:?}");
    }
    let mut headers = stage.attestation().await;
    headers.push(("content-type", "application/json".to_owned()));
    let json = stage.phone.post("par", &headers, json!({ "client_id": "x" }).to_string()).await;
    assert_eq!((json.status, json.error()), (400, "invalid_request"));
}
