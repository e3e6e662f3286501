//! The provider's word: each rule of OpenID Connect Core §3.1.3.7, broken alone.

use mapae_jose::base64url;
use mapae_types::Duration;
use serde_json::{Value, json};

use super::{
    provider::{CLIENT_ID, Key, SECRET},
    stage::Stage,
};

/// What the wallet is told where the claims are changed.
async fn told(stage: &mut Stage, change: impl FnOnce(&mut Value)) -> String {
    let answer = stage.signed_in_with(change).await;
    answer.get("error").cloned().unwrap_or_else(|| "code".to_owned())
}

#[tokio::test]
async fn it_is_by_this_provider_for_this_client_alone() {
    let mut stage = Stage::new().await;
    for (name, value, says) in [
        ("aud", json!([CLIENT_ID]), "code"),
        ("azp", json!(CLIENT_ID), "code"),
        ("iss", json!("https://other.example"), "server_error"),
        ("iss", Value::Null, "server_error"),
        ("aud", json!("another client"), "server_error"),
        ("aud", json!([CLIENT_ID, "another client"]), "server_error"),
        ("aud", json!([]), "server_error"),
        ("aud", Value::Null, "server_error"),
        ("azp", json!("another client"), "server_error"),
        ("sub", json!(""), "server_error"),
        ("sub", Value::Null, "server_error"),
    ] {
        assert_eq!(told(&mut stage, |claims| claims[name] = value.clone()).await, says, "{name}: {value}");
    }
}

#[tokio::test]
async fn it_is_of_this_browsers_sign_in() {
    let mut stage = Stage::new().await;
    for (value, says) in
        [(json!("another nonce"), "server_error"), (json!(""), "server_error"), (Value::Null, "server_error")]
    {
        assert_eq!(told(&mut stage, |claims| claims["nonce"] = value.clone()).await, says, "{value}");
    }
    // The nonce of another sign-in of the same provider.
    let (one, other) = (stage.begun().await, stage.begun().await);
    stage.says(&stage.claims(&one));
    assert_eq!(stage.back(&[("code", "c"), ("state", &other["state"])]).await.query()["error"], "server_error");
    assert!(stage.back(&[("code", "c"), ("state", &one["state"])]).await.query().contains_key("code"));
}

#[tokio::test]
async fn it_is_of_now() {
    let mut stage = Stage::new().await;
    for (name, by, says) in [
        ("exp", -60, "code"),
        ("exp", -61, "server_error"),
        ("iat", 60, "code"),
        ("iat", 61, "server_error"),
        ("iat", -600, "code"),
        ("iat", -601, "server_error"),
    ] {
        let at = json!(stage.scene.now().unix() + by);
        assert_eq!(told(&mut stage, |claims| claims[name] = at).await, says, "{name} {by}");
    }
    for name in ["exp", "iat"] {
        assert_eq!(told(&mut stage, |claims| claims[name] = json!("soon")).await, "server_error", "{name}");
        assert_eq!(told(&mut stage, |claims| claims[name] = Value::Null).await, "server_error", "{name}");
    }
}

#[tokio::test]
async fn it_names_a_person_by_the_configured_claim() {
    let mut stage = Stage::new().await;
    for value in [json!("not an id!"), json!(7), json!(""), Value::Null] {
        assert_eq!(told(&mut stage, |claims| claims["resident_id"] = value.clone()).await, "server_error", "{value}");
    }
}

#[tokio::test]
async fn it_is_as_strong_as_was_asked_for() {
    let mut stage = Stage::with(|_| {}, |sign_in| sign_in.acr = Some("urn:strong".to_owned())).await;
    for (acr, says) in
        [(json!("urn:strong"), "code"), (json!("urn:weak"), "server_error"), (Value::Null, "server_error")]
    {
        assert_eq!(told(&mut stage, |claims| claims["acr"] = acr.clone()).await, says, "{acr}");
    }
}

/// What the wallet is told where the token is made by the test.
async fn told_of(stage: &mut Stage, token: impl FnOnce(&Stage, &Value) -> String) -> String {
    let begun = stage.begun().await;
    let claims = stage.claims(&begun);
    let token = token(stage, &claims);
    stage.gives(&token);
    let answer = stage.back(&[("code", "c"), ("state", &begun["state"])]).await.query();
    answer.get("error").cloned().unwrap_or_else(|| "code".to_owned())
}

#[tokio::test]
async fn it_is_signed_by_a_key_of_the_provider() {
    let mut stage = Stage::new().await;
    let header = json!({ "alg": "ES256", "kid": "one" });
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&header, claims)).await, "code");
    let unnamed = json!({ "alg": "ES256" });
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&unnamed, claims)).await, "code", "there is but one");
    let other = Key::ec(71);
    assert_eq!(told_of(&mut stage, |_, claims| other.jwt(&header, claims)).await, "server_error");
    let renamed = json!({ "alg": "ES256", "kid": "two" });
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&renamed, claims)).await, "server_error");
}

#[tokio::test]
async fn a_token_without_a_signature_says_nothing() {
    let mut stage = Stage::new().await;
    let unsigned = |alg: &str, claims: &Value| {
        let part = |value: &Value| base64url::encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": alg, "kid": "one" })), part(claims))
    };
    for alg in ["none", "None", "ES256"] {
        assert_eq!(told_of(&mut stage, |_, claims| unsigned(alg, claims)).await, "server_error", "{alg}");
    }
    // The client's secret is no key of the provider's, and a public key no secret (RFC 8725 §2.1).
    let mac = |claims: &Value| {
        let message = unsigned("HS256", claims);
        let message = message.trim_end_matches('.');
        let tag = mapae_crypto::hmac_sha256(SECRET.as_bytes(), &[message.as_bytes()]);
        format!("{message}.{}", base64url::encode(tag))
    };
    assert_eq!(told_of(&mut stage, |_, claims| mac(claims)).await, "server_error");
    for text in ["", "a.b", "a.b.c.d", "e30.e30.e30"] {
        assert_eq!(told_of(&mut stage, |_, _| text.to_owned()).await, "server_error", "{text}");
    }
    let critical = json!({ "alg": "ES256", "kid": "one", "crit": ["b64"], "b64": true });
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&critical, claims)).await, "server_error");
}

#[tokio::test]
async fn a_key_of_rsa_signs_as_well() {
    let mut stage = Stage::new().await;
    let rsa = Key::rsa();
    let mut leading_zero = rsa.jwk("zero");
    let modulus = base64url::decode(leading_zero["n"].as_str().unwrap()).unwrap();
    leading_zero["n"] = json!(base64url::encode([&[0], &modulus[..]].concat()));
    let keys = vec![stage.key.jwk("one"), rsa.jwk("rsa"), leading_zero];
    stage.provider.tell(|script| script.keys = keys);
    for kid in ["rsa", "zero"] {
        let header = json!({ "alg": "RS256", "kid": kid });
        assert_eq!(told_of(&mut stage, |_, claims| rsa.jwt(&header, claims)).await, "code", "{kid}");
    }
    let header = json!({ "alg": "RS256", "kid": "rsa" });
    assert_eq!(told_of(&mut stage, |_, claims| Key::rsa().jwt(&header, claims)).await, "server_error");
    // The one kind's signature is never checked by the other kind's key.
    let confused = json!({ "alg": "RS256", "kid": "one" });
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&confused, claims)).await, "server_error");
    let confused = json!({ "alg": "ES256", "kid": "rsa" });
    assert_eq!(told_of(&mut stage, |_, claims| rsa.jwt(&confused, claims)).await, "server_error");
}

#[tokio::test]
async fn a_key_is_for_what_it_says() {
    let (mut stage, header) = (Stage::new().await, json!({ "alg": "ES256", "kid": "one" }));
    for (name, value, says) in [
        ("use", json!("sig"), "code"),
        ("alg", json!("ES256"), "code"),
        ("use", json!("enc"), "server_error"),
        ("alg", json!("ES384"), "server_error"),
        ("alg", json!("RS256"), "server_error"),
        ("d", json!(base64url::encode([7; 32])), "server_error"),
        ("kty", json!("oct"), "server_error"),
    ] {
        // Keys that were fetched so long ago are fetched again.
        stage.scene.wait(Duration::seconds(3601));
        let mut key = stage.key.jwk("one");
        key[name] = value.clone();
        stage.provider.tell(|script| script.keys = vec![key]);
        assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&header, claims)).await, says, "{name}: {value}");
    }
}

#[tokio::test]
async fn keys_are_fetched_anew_for_a_new_one_and_not_for_every_token() {
    let mut stage = Stage::new().await;
    let header = |kid: &str| json!({ "alg": "ES256", "kid": kid });
    let one = header("one");
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&one, claims)).await, "code");
    let (next, named) = (Key::ec(72), header("next"));
    // Within the same half minute somebody's invention is not looked for.
    stage.provider.tell(|script| script.keys.push(next.jwk("next")));
    assert_eq!(told_of(&mut stage, |_, claims| next.jwt(&named, claims)).await, "server_error");
    stage.scene.wait(Duration::seconds(31));
    assert_eq!(told_of(&mut stage, |_, claims| next.jwt(&named, claims)).await, "code");
    assert_eq!(told_of(&mut stage, |stage, claims| stage.key.jwt(&one, claims)).await, "code");
    let fetches = stage.provider.script.lock().unwrap().key_fetches;
    assert_eq!(fetches, 2);
}
