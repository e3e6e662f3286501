//! Signing out, begun by a client (RP-Initiated Logout 1.0).

use mapae_oidc::{LogoutFault, LogoutRequest, MessageFault, Provider};
use serde_json::json;
use testkit::now;

use crate::scene::{APP, ISSUER, WEB, changed, form, issue, jwt, key, opened, provider, tokens_at};

const BYE: &str = "https://bank.example/bye";

/// A token of [`WEB`] and its sign-in.
fn hint(provider: &Provider) -> (String, mapae_oidc::LoginId) {
    let (issued, code) = issue(provider, WEB, &[]);
    let login = issued.code.login();
    let tokens = tokens_at(provider, &code, issued.code, now()).unwrap();
    (opened(&tokens).0["id_token"].as_str().unwrap().to_owned(), login)
}

fn logout(parameters: &[(&str, &str)]) -> Result<LogoutRequest, LogoutFault> {
    provider().logout(form(parameters).as_bytes())
}

#[test]
fn a_client_sends_the_browser_back_to_a_registered_address() {
    let (hint, login) = hint(&provider());
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a&b")];
    let request = logout(&parameters).unwrap();
    assert_eq!((request.login(), request.location()), (Some(login), Some("https://bank.example/bye?state=a%26b")));
    let without_state = logout(&parameters[..2]).unwrap();
    assert_eq!(without_state.location(), Some(BYE));
    for wrong in ["https://evil.example/", "https://bank.example/bye?x=1", "https://bank.example/back"] {
        let refused = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", wrong)]);
        assert_eq!(refused, Err(LogoutFault::RedirectUriUnregistered), "{wrong}");
    }
}

#[test]
fn without_an_address_there_is_a_page() {
    let (hint, login) = hint(&provider());
    let request = logout(&[("id_token_hint", &hint), ("state", "a")]).unwrap();
    assert_eq!((request.login(), request.location()), (Some(login), None));
    for nothing in [&[][..], &[("state", "a")], &[("client_id", WEB)]] {
        let request = logout(nothing).unwrap();
        assert_eq!((request.login(), request.location()), (None, None));
    }
}

#[test]
fn who_shows_no_token_redirects_nobody() {
    let named = [("client_id", WEB), ("post_logout_redirect_uri", BYE)];
    assert_eq!(logout(&named), Err(LogoutFault::HintMissing));
}

#[test]
fn a_hint_is_a_token_of_ours() {
    let (hint, _) = hint(&provider());
    let (head, tail) = hint.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    let kid = provider().keys().kid().to_owned();
    let claims = json!({ "iss": ISSUER, "aud": WEB, "sub": "a", "sid": "00".repeat(16) });
    let made = |claims: &serde_json::Value, typ: &str| {
        jwt(&key(40), &json!({ "alg": "ES256", "kid": kid, "typ": typ }), claims)
    };
    logout(&[("id_token_hint", &made(&claims, "JWT"))]).unwrap();
    let with = |name: &str, value: &str| {
        let mut claims = claims.clone();
        claims[name] = json!(value);
        made(&claims, "JWT")
    };
    let forged = jwt(&key(9), &json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }), &claims);
    for wrong in [
        "a",
        &altered,
        &forged,
        &made(&claims, "at+jwt"),
        &with("iss", "https://other.example"),
        &with("aud", "nobody"),
        &with("sid", "1"),
    ] {
        assert_eq!(logout(&[("id_token_hint", wrong)]), Err(LogoutFault::Hint), "{wrong}");
    }
}

#[test]
fn a_hint_that_has_expired_or_whose_key_has_retired_still_is_one() {
    let (hint, login) = hint(&provider());
    let rotated = changed(|new| {
        let keys = mapae_oidc::KeyRing::new(key(9).public().clone()).unwrap();
        new.keys = keys.with_retired(key(40).public().clone(), now()).unwrap();
    });
    let request = rotated.unwrap().logout(form(&[("id_token_hint", &hint)]).as_bytes()).unwrap();
    assert_eq!(request.login(), Some(login));
}

#[test]
fn a_client_that_is_named_beside_is_the_same() {
    let (hint, _) = hint(&provider());
    logout(&[("id_token_hint", &hint), ("client_id", WEB)]).unwrap();
    assert_eq!(logout(&[("id_token_hint", &hint), ("client_id", APP)]), Err(LogoutFault::ClientDiffers));
}

#[test]
fn a_parameter_has_one_value() {
    let twice = form(&[("state", "a"), ("state", "b")]);
    assert_eq!(provider().logout(twice.as_bytes()), Err(LogoutFault::Message(MessageFault::Repeated)));
}
