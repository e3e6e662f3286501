//! Who a client is: `client_secret_basic`, `private_key_jwt`, and none (OpenID Connect Core §9, RFC 7523 §3).

use mapae_jose::{JwsError, Value};
use mapae_oidc::{ClientAuthentication, ClientFault, MessageFault, Once, Refusal, Replay, TokenFault};
use mapae_types::Duration;
use serde_json::json;
use testkit::now;

use crate::scene::{APP, ISSUER, KEYED, SECRET, WEB, basic, changed, client_key, jwt, key, provider, token_parameters};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn ask(authorization: Option<&str>, changes: &[(&str, &str)]) -> Result<Option<Replay>, ClientFault> {
    let request = provider().token(authorization, token_parameters("code", changes).as_bytes(), now());
    match request {
        Ok(request) => Ok(request.replay().copied()),
        Err(TokenFault::Client(fault)) => Err(fault),
        Err(TokenFault::Message(fault)) => Err(fault.into()),
        Err(other) => panic!("{other}"),
    }
}

fn claims() -> Value {
    let now = now().unix();
    json!({ "iss": KEYED, "sub": KEYED, "aud": ISSUER, "jti": "j-1", "iat": now, "exp": now + 60 })
}

fn assertion(change: impl FnOnce(&mut Value)) -> String {
    let mut claims = claims();
    change(&mut claims);
    jwt(&client_key(), &json!({ "alg": "ES256", "kid": "k1" }), &claims)
}

fn by_assertion(assertion: &str) -> Result<Option<Replay>, ClientFault> {
    ask(None, &[("client_assertion", assertion), ("client_assertion_type", TYPE)])
}

fn claim(name: &'static str) -> Result<Option<Replay>, ClientFault> {
    Err(ClientFault::Claim { name })
}

#[test]
fn a_secret_is_shown_in_the_header_encoded() {
    assert_eq!(ask(Some(&basic(WEB, SECRET)), &[]), Ok(None));
    assert_eq!(ask(Some(&basic(WEB, SECRET).replace("Basic", "basic")), &[("client_id", WEB)]), Ok(None));
    for (id, secret) in [(WEB, "wrong"), (WEB, ""), ("nobody", SECRET), (KEYED, SECRET), (APP, "")] {
        assert_eq!(ask(Some(&basic(id, secret)), &[]), Err(ClientFault::SecretWrong), "{id}");
    }
    let plain = format!("Basic {}", mapae_jose::base64url::encode_standard(format!("{WEB}:{SECRET}")));
    assert!(ask(Some(&plain), &[]).is_err(), "RFC 6749 §2.3.1 encodes before it joins");
    for malformed in ["Basic", "Basic *", "Bearer a", "Basic YQ=="] {
        assert_eq!(ask(Some(malformed), &[]), Err(ClientFault::HeaderMalformed), "{malformed}");
    }
}

#[test]
fn a_secret_in_the_body_is_refused_by_name() {
    assert_eq!(ask(None, &[("client_id", WEB), ("client_secret", SECRET)]), Err(ClientFault::SecretInBody));
}

#[test]
fn a_client_shows_one_thing() {
    let assertion = assertion(|_| {});
    let both = ask(Some(&basic(WEB, SECRET)), &[("client_assertion", &assertion), ("client_assertion_type", TYPE)]);
    assert_eq!(both, Err(ClientFault::SeveralMethods));
    assert_eq!(Refusal::from(ClientFault::SeveralMethods).status(), 400);
}

#[test]
fn only_a_public_client_is_who_it_says() {
    assert_eq!(ask(None, &[("client_id", APP)]), Ok(None));
    for id in [WEB, KEYED, "nobody", ""] {
        assert_eq!(ask(None, &[("client_id", id)]), Err(ClientFault::Missing), "{id}");
    }
}

#[test]
fn a_name_beside_is_the_same_name() {
    assert_eq!(ask(Some(&basic(WEB, SECRET)), &[("client_id", APP)]), Err(ClientFault::IdDiffers));
    let assertion = assertion(|_| {});
    let beside =
        |id| ask(None, &[("client_id", id), ("client_assertion", &assertion), ("client_assertion_type", TYPE)]);
    beside(KEYED).unwrap();
    assert_eq!(beside(APP), Err(ClientFault::IdDiffers));
}

#[test]
fn a_key_signs_an_assertion_that_is_shown_once() {
    let replay = by_assertion(&assertion(|_| {})).unwrap().unwrap();
    assert_eq!(replay.until(), now() + Duration::seconds(120));
    assert_eq!(by_assertion(&assertion(|_| {})).unwrap().unwrap().key(), replay.key());
    assert_ne!(by_assertion(&assertion(|claims| claims["jti"] = json!("j-2"))).unwrap().unwrap().key(), replay.key());
    let request = || {
        let text = assertion(|_| {});
        let changes = [("client_assertion", text.as_str()), ("client_assertion_type", TYPE)];
        provider().token(None, token_parameters("code", &changes).as_bytes(), now()).unwrap()
    };
    request().confirm(Once::First).unwrap();
    assert_eq!(request().confirm(Once::Again).map(drop), Err(ClientFault::Replayed));
    // Where nothing is shown once, there is no question.
    let basic = basic(WEB, SECRET);
    let request = provider().token(Some(&basic), token_parameters("code", &[]).as_bytes(), now()).unwrap();
    request.confirm(Once::Again).unwrap();
}

#[test]
fn an_assertion_is_by_the_client_for_us() {
    for own in [json!(ISSUER), json!(format!("{ISSUER}/token")), json!([ISSUER, format!("{ISSUER}/token")])] {
        by_assertion(&assertion(|claims| claims["aud"] = own)).unwrap();
    }
    for other in [
        json!("https://other.example"),
        json!([ISSUER, "https://other.example"]),
        json!([]),
        json!(null),
        json!(format!("{ISSUER}/par")),
        json!(format!("{ISSUER}/")),
    ] {
        assert_eq!(by_assertion(&assertion(|claims| claims["aud"] = other)), claim("aud"));
    }
    let for_nobody = assertion(|claims| drop(claims.as_object_mut().unwrap().remove("aud")));
    assert_eq!(by_assertion(&for_nobody), claim("aud"));
    assert_eq!(by_assertion(&assertion(|claims| claims["sub"] = json!(WEB))), claim("sub"));
    assert_eq!(by_assertion(&assertion(|claims| claims["iss"] = json!("nobody"))), Err(ClientFault::Missing));
}

#[test]
fn an_assertion_is_of_now() {
    let at = |name: &str, seconds: i64| {
        let name = name.to_owned();
        by_assertion(&assertion(|claims| claims[name] = json!(now().unix() + seconds))).map(drop)
    };
    for (name, seconds) in [("exp", -59), ("exp", 600), ("nbf", 60), ("iat", 60)] {
        at(name, seconds).unwrap();
    }
    for (name, seconds) in [("exp", -60), ("exp", 601), ("nbf", 61), ("iat", 61)] {
        assert!(matches!(at(name, seconds), Err(ClientFault::Claim { .. })), "{name} {seconds}");
    }
    let fraction: Value = serde_json::from_str(&format!("{}.5", now().unix() + 60)).unwrap();
    by_assertion(&assertion(|claims| claims["exp"] = fraction)).unwrap();
    for name in ["exp", "jti"] {
        let without = assertion(|claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert_eq!(by_assertion(&without), claim(name));
    }
    assert_eq!(by_assertion(&assertion(|claims| claims["jti"] = json!("a".repeat(257)))), claim("jti"));
}

#[test]
fn peer_hole_07_an_assertion_is_signed_by_a_key_of_the_client() {
    let with = |key: u64, header: Value| jwt(&crate::scene::key(key), &header, &claims());
    let unknown_name = jwt(&client_key(), &json!({ "alg": "ES256", "kid": "k2" }), &claims());
    assert_eq!(by_assertion(&unknown_name), Err(ClientFault::KeyUnknown));
    let unnamed = jwt(&client_key(), &json!({ "alg": "ES256" }), &claims());
    by_assertion(&unnamed).unwrap();
    let forged = by_assertion(&with(9, json!({ "alg": "ES256", "kid": "k1" })));
    assert_eq!(forged, Err(ClientFault::Assertion(JwsError::SignatureInvalid)));
    for alg in ["none", "HS256", "RS256"] {
        let refused = by_assertion(&with(41, json!({ "alg": alg, "kid": "k1" })));
        assert!(matches!(refused, Err(ClientFault::Assertion(JwsError::AlgorithmUnsupported { .. }))), "{alg}");
    }
    let typed = by_assertion(&with(41, json!({ "alg": "ES256", "kid": "k1", "typ": "at+jwt" })));
    assert_eq!(typed, claim("typ"));
    by_assertion(&with(41, json!({ "alg": "ES256", "kid": "k1", "typ": "client-authentication+jwt" }))).unwrap();
}

#[test]
fn a_client_of_another_method_has_no_keys() {
    let as_web = jwt(&client_key(), &json!({ "alg": "ES256" }), &{
        let mut claims = claims();
        (claims["iss"], claims["sub"]) = (json!(WEB), json!(WEB));
        claims
    });
    assert_eq!(by_assertion(&as_web), Err(ClientFault::MethodDiffers));
}

#[test]
fn a_client_has_several_keys_while_it_changes_them() {
    let keys = vec![(Some("old".into()), key(9).public().clone()), (None, client_key().public().clone())];
    let provider = changed(|new| new.clients[1].authentication = ClientAuthentication::PrivateKeyJwt { keys }).unwrap();
    let text = assertion(|_| {});
    let changes = [("client_assertion", text.as_str()), ("client_assertion_type", TYPE)];
    provider.token(None, token_parameters("code", &changes).as_bytes(), now()).unwrap();
}

#[test]
fn an_assertion_has_its_type() {
    let malformed = Err(MessageFault::Malformed { name: "client_assertion_type" }.into());
    let assertion = assertion(|_| {});
    assert_eq!(ask(None, &[("client_assertion", &assertion)]), malformed);
    assert_eq!(ask(None, &[("client_assertion_type", TYPE)]), malformed);
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    assert_eq!(ask(None, &[("client_assertion", &assertion), ("client_assertion_type", saml)]), malformed);
}

#[test]
fn a_payload_has_one_reading() {
    let text = jwt(&client_key(), &json!({ "alg": "ES256" }), &json!([]));
    assert_eq!(by_assertion(&text), Err(ClientFault::Missing));
}
