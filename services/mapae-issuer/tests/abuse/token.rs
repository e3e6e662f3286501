//! Who asks: the DPoP proof and the access token, at every endpoint that takes both (RFC 9449 §4.3, §7.1).

use mapae_types::Duration;
use serde_json::{Value, json};

use super::{Call, Thief, jwk, stranger};

/// The protected endpoints, each with a body that is right, or would be if it named something.
fn endpoints(thief: &Thief) -> [(&'static str, Value); 3] {
    [
        ("credential", thief.request()),
        ("deferred", json!({ "transaction_id": "x" })),
        ("notification", json!({ "notification_id": "x", "event": "credential_accepted" })),
    ]
}

#[tokio::test]
async fn a_dpop_proof_is_for_this_request_by_this_key_of_now() {
    let mut thief = Thief::new().await;
    for (path, body) in endpoints(&thief) {
        let other = ["credential", "nonce"].into_iter().find(|other| *other != path).unwrap();
        let (elsewhere, now) = (thief.phone.url(other), thief.phone.now());
        let bent: [(&str, &dyn Fn(Call) -> Call); 15] = [
            ("another method", &|call| call.dpop_claim("htm", json!("GET"))),
            ("another address", &|call| call.dpop_claim("htu", json!(elsewhere))),
            ("another host", &|call| call.dpop_claim("htu", json!(format!("https://evil.example/{path}")))),
            ("no time", &|call| call.dpop_claim("iat", Value::Null)),
            ("a time of long ago", &|call| call.dpop_claim("iat", json!(now - 900))),
            ("a time to come", &|call| call.dpop_claim("iat", json!(now + 900))),
            ("no id", &|call| call.dpop_claim("jti", Value::Null)),
            ("no token's hash", &|call| call.dpop_claim("ath", Value::Null)),
            ("another token's hash", &|call| call.dpop_claim("ath", json!("c2FtcGxl"))),
            ("another type", &|call| call.dpop_header("typ", json!("JWT"))),
            ("no algorithm", &|call| call.dpop_header("alg", json!("none"))),
            ("a symmetric algorithm", &|call| call.dpop_header("alg", json!("HS256"))),
            ("another algorithm", &|call| call.dpop_header("alg", json!("ES384"))),
            ("another's signature", &|mut call: Call| {
                call.dpop.signer = Some(1);
                call
            }),
            ("a critical header that nobody knows", &|call| call.dpop_header("crit", json!(["exp"]))),
        ];
        for (what, bend) in bent {
            let call = bend(thief.call(path, &body));
            let answer = thief.refused(what, call, 401, "invalid_dpop_proof").await;
            assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("DPoP "), "{what} at {path}");
        }
    }
}

#[tokio::test]
async fn a_dpop_proof_carries_a_nonce_of_ours_that_is_current() {
    let mut thief = Thief::new().await;
    for (path, body) in endpoints(&thief) {
        for (what, nonce) in
            [("no nonce", Value::Null), ("another nonce", json!("bm9uY2U")), ("a c_nonce", json!(thief.nonce))]
        {
            let call = thief.call(path, &body).dpop_claim("nonce", nonce);
            let answer = thief.refused(what, call, 401, "use_dpop_nonce").await;
            assert!(answer.headers.contains_key("dpop-nonce"), "{what} at {path}: no nonce to go on with");
        }
        let old = thief.call(path, &body);
        thief.scene.wait(Duration::seconds(180));
        thief.nonce = thief.phone.nonce().await;
        let stale = Call { dpop: old.dpop, ..thief.call(path, &body) };
        let now = json!(thief.phone.now());
        thief.refused("a nonce of three minutes ago", stale.dpop_claim("iat", now), 401, "use_dpop_nonce").await;
    }
}

#[tokio::test]
async fn a_dpop_proof_is_used_once_and_alone() {
    let mut thief = Thief::new().await;
    for (path, body) in endpoints(&thief) {
        let mut call = thief.call(path, &body).body("{}");
        let (dpop, authorization) = (call.dpop.text(&thief.phone.key), call.authorization.clone());
        call.headers.push(("dpop", dpop.clone()));
        call.dpop.header = Value::Null;
        thief.send(call).await;
        let mut replayed = thief.call(path, &body);
        replayed.headers.push(("dpop", dpop));
        replayed.dpop.header = Value::Null;
        thief.refused("a proof that came before", replayed, 401, "invalid_dpop_proof").await;
        let mut missing = thief.call(path, &body);
        missing.dpop.header = Value::Null;
        thief.refused("no proof", missing, 401, "invalid_dpop_proof").await;
        let mut twice = thief.call(path, &body);
        let second = thief.call(path, &body).dpop.text(&thief.phone.key);
        twice.headers.push(("dpop", second));
        thief.refused("two proofs", twice.authorization(authorization), 401, "invalid_dpop_proof").await;
    }
}

#[tokio::test]
async fn an_access_token_is_shown_with_the_key_that_it_is_bound_to() {
    let mut thief = Thief::new().await;
    for (path, body) in endpoints(&thief) {
        let mut call = thief.call(path, &body).dpop_header("jwk", jwk(&stranger(1)));
        call.dpop.signer = Some(1);
        thief.refused("a token of another key", call, 401, "invalid_token").await;
        let (token, refresh) = (thief.phone.token.clone(), thief.phone.refresh_token.clone());
        let bearer = thief.call(path, &body).authorization(Some(format!("Bearer {token}")));
        thief.refused("as a bearer token", bearer, 401, "invalid_token").await;
        let none = thief.call(path, &body).authorization(None);
        thief.refused("no token", none, 401, "").await;
        for (what, other) in [("a refresh token", refresh), ("a made-up token", "bWFkZSB1cA".to_owned())] {
            let hash = json!(mapae_jose::base64url::encode(mapae_crypto::sha256(other.as_bytes())));
            let call = thief.call(path, &body).dpop_claim("ath", hash).authorization(Some(format!("DPoP {other}")));
            thief.refused(what, call, 401, "invalid_token").await;
        }
    }
}

/// RFC 6750 §2.3 by way of FAPI 2.0 §5.3.4: there it would stand in every log.
#[tokio::test]
async fn an_access_token_in_the_query_is_none() {
    let mut thief = Thief::new().await;
    for (path, body) in endpoints(&thief) {
        let mut call = thief.call(path, &body).authorization(None);
        call.path = format!("{path}?access_token={}", thief.phone.token);
        thief.refused("a token in the query", call, 401, "").await;
    }
}

/// Clocks differ, and RFC 9449 §4.2 lets a proof say more.
#[tokio::test]
async fn a_dpop_proof_may_be_ten_seconds_off_and_say_more_than_it_must() {
    let mut thief = Thief::new().await;
    let (request, now) = (thief.request(), thief.phone.now());
    for seconds in [-10, 10] {
        let call = thief.call("credential", &request).dpop_claim("iat", json!(now + seconds));
        let call = call.dpop_claim("nbf", json!(now)).dpop_claim("exp", json!(now + 300));
        let answer = thief.send(call).await;
        assert_eq!((answer.status, answer.credentials().len()), (200, 2), "{}", answer.text);
    }
}

/// RFC 9110 §11.1: the scheme's case does not matter.
#[tokio::test]
async fn the_scheme_of_a_token_is_read_in_any_case() {
    let mut thief = Thief::new().await;
    let request = thief.request();
    let authorization = Some(format!("dpop {}", thief.phone.token));
    let call = thief.call("credential", &request).authorization(authorization);
    let answer = thief.send(call).await;
    assert_eq!((answer.status, answer.credentials().len()), (200, 2), "{}", answer.text);
}

#[tokio::test]
async fn an_access_token_ends() {
    let mut thief = Thief::new().await;
    thief.scene.wait(Duration::hours(25));
    thief.nonce = thief.phone.nonce().await;
    for (path, body) in endpoints(&thief) {
        let call = thief.call(path, &body);
        thief.refused("an expired token", call, 401, "invalid_token").await;
    }
}
