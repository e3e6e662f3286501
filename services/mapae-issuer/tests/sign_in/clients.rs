//! What the provider sees of this issuer, and what it is set up with.

use mapae_crypto::SigningKey;
use mapae_hsm::Signer;
use mapae_http::settings;
use mapae_issuer::sign_in::{ClientAuth, SignIn, SignInConfig, SignInError, SignInMethod, SignInSettings};
use mapae_jose::{Jws, base64url};
use testkit::Seeded;

use super::{provider::CLIENT_ID, stage::Stage};

#[tokio::test]
async fn a_secret_goes_encoded_into_a_header_and_nowhere_else() {
    let mut stage = Stage::new().await;
    stage.code().await;
    let (headers, form) = stage.provider.last_asked();
    let basic = headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let pair = String::from_utf8(base64url::decode_standard(basic).unwrap()).unwrap();
    // RFC 6749 §2.3.1: each encoded as in a form, then joined.
    assert_eq!(pair, "mapae+issuer:s%3Acr%2Ft%2B%25%26%3D%ED%95%9C");
    assert!(!form.contains_key("client_secret") && !form.contains_key("client_assertion"));
}

#[tokio::test]
async fn a_key_signs_an_assertion_for_this_provider_once() {
    let key = SigningKey::generate(&mut Seeded::new(80)).unwrap();
    let public = key.public().clone();
    let signer = Signer::software(key);
    let auth = ClientAuth::PrivateKeyJwt { signer, key_id: Some("sign-in".to_owned()) };
    let mut stage = Stage::with(|_| {}, |sign_in| sign_in.client_auth = auth).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        stage.code().await;
        let (headers, form) = stage.provider.last_asked();
        assert!(!headers.contains_key("authorization"));
        assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        let jws = Jws::parse(&form["client_assertion"]).unwrap().verify(&public).unwrap();
        assert_eq!(jws.header().kid(), Some("sign-in"));
        let claims = jws.payload_object().unwrap();
        assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some(CLIENT_ID), Some(CLIENT_ID)));
        assert_eq!(claims["aud"].as_str(), Some(&stage.provider.url[..]));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
        seen.push(claims["jti"].clone());
    }
    assert_ne!(seen[0], seen[1]);
}

fn config(change: impl FnOnce(&mut SignInConfig)) -> Result<SignIn, SignInError> {
    let mut config = SignInConfig {
        provider: "https://login.example/realm".to_owned(),
        client_id: "mapae".to_owned(),
        client_auth: ClientAuth::SecretBasic("secret".to_owned().into()),
        scope: "openid".to_owned(),
        person_claim: "sub".to_owned(),
        acr: None,
    };
    change(&mut config);
    SignIn::new(config)
}

#[test]
fn a_provider_is_named_by_an_address_and_asked_who_it_is() {
    assert!(config(|_| {}).is_ok());
    for url in ["http://login.example", "login.example", "https://login.example?a=b", "https://user@login.example"] {
        let refused = config(|config| url.clone_into(&mut config.provider)).err();
        assert!(matches!(refused, Some(SignInError::ProviderUrl)), "{url}");
    }
    let refused = config(|config| "profile".clone_into(&mut config.scope)).err();
    assert!(matches!(refused, Some(SignInError::ScopeWithoutOpenId)));
}

#[test]
fn settings_name_a_provider_or_none() {
    let none: SignInSettings = settings::parse("").unwrap();
    assert_eq!((none.method, none.person_claim.as_str()), (SignInMethod::ClientSecretBasic, "sub"));
    assert!(none.with(ClientAuth::SecretBasic("secret".to_owned().into())).is_none());
    let one: SignInSettings = settings::parse("provider = \"https://login.example\"\nacr = \"urn:strong\"").unwrap();
    let config = one.with(ClientAuth::SecretBasic("secret".to_owned().into())).unwrap();
    assert_eq!((config.provider.as_str(), config.acr.as_deref()), ("https://login.example", Some("urn:strong")));
    assert!(!format!("{config:?} {:?}", config.client_auth).contains("secret\""), "{config:?}");
    assert!(settings::template::<SignInSettings>("").unwrap().contains("# Danger:"));
}
