//! What the provider says of itself, and its keys while they change.

use mapae_crypto::{Curve, PublicKey};
use mapae_oidc::{ConfigFault, KeyRing};
use mapae_types::Duration;
use serde_json::{Value, json};
use testkit::now;

use crate::scene::{ISSUER, key, object, provider};

fn kids(ring: &KeyRing, after: i64) -> Vec<String> {
    let set = object(ring.jwks(now() + Duration::seconds(after)));
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid(seed: u64) -> String {
    KeyRing::new(key(seed).public().clone()).unwrap().kid().to_owned()
}

#[test]
fn the_document_names_what_there_is() {
    let document = object(provider().discovery());
    assert_eq!(document["issuer"], json!(ISSUER));
    for (name, path) in [
        ("authorization_endpoint", "authorize"),
        ("pushed_authorization_request_endpoint", "par"),
        ("token_endpoint", "token"),
        ("userinfo_endpoint", "userinfo"),
        ("end_session_endpoint", "logout"),
        ("jwks_uri", "jwks"),
    ] {
        assert_eq!(document[name], json!(format!("{ISSUER}/{path}")));
    }
    assert_eq!(document["scopes_supported"], json!(["openid", "profile", "address"]));
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["acr_values_supported"], json!(["low", "substantial", "high"]));
    assert_eq!(document["subject_types_supported"], json!(["pairwise"]));
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES256"]));
    assert!(document["claims_supported"].as_array().unwrap().contains(&json!("age_over_19")));
}

#[test]
fn the_document_denies_what_there_is_not() {
    let document = object(provider().discovery());
    for name in
        ["request_parameter_supported", "request_uri_parameter_supported", "require_pushed_authorization_requests"]
    {
        assert_eq!(document[name], json!(false), "{name}");
    }
    let methods = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
    assert_eq!(methods, &[json!("client_secret_basic"), json!("private_key_jwt"), json!("none")]);
    assert!(!document.contains_key("registration_endpoint"));
}

#[test]
fn keys_are_public_ones_with_their_use() {
    let set = object(provider().keys().jwks(now()));
    let jwk = &set["keys"][0];
    assert_eq!(
        (&jwk["kty"], &jwk["crv"], &jwk["alg"], &jwk["use"]),
        (&json!("EC"), &json!("P-256"), &json!("ES256"), &json!("sig"))
    );
    assert_eq!(jwk.as_object().map(|jwk| jwk.contains_key("d")), Some(false));
    assert_eq!(jwk["kid"], Value::from(kid(40)));
}

#[test]
fn a_key_is_published_before_it_signs_and_until_its_tokens_have_expired() {
    let ring = KeyRing::new(key(2).public().clone()).unwrap();
    let ring = ring.with_next(key(3).public().clone()).unwrap();
    let ring = ring.with_retired(key(1).public().clone(), now() + Duration::seconds(300)).unwrap();
    assert_eq!(ring.kid(), kid(2));
    assert_eq!(kids(&ring, 299), [kid(2), kid(3), kid(1)]);
    assert_eq!(kids(&ring, 300), [kid(2), kid(3)]);
    let provider = provider().with_keys(ring);
    assert_eq!(provider.keys().kid(), kid(2));
}

#[test]
fn a_key_is_one_for_es256() {
    let p384 = "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7\
                3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
    let key = PublicKey::from_sec1(Curve::P384, &mapae_types::hex::decode(p384).unwrap()).unwrap();
    assert_eq!(KeyRing::new(key).map(drop), Err(ConfigFault::KeyUnsuitable));
}
