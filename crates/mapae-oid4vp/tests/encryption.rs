//! Encrypted answers (OpenID4VP §8.3, HAIP §5), and what an mdoc is bound to (Annex B.2.6.1).

use mapae_crypto::{SigningKey, aead::AeadAlgorithm};
use mapae_jose::{Jwe, base64url};
use mapae_oid4vp::{OAuthError, RequestFault, ResponseMode};
use mapae_types::hex;
use serde_json::{Value, json};

use crate::scene::{Bent, by_host, entropy, jwk, key, parameter};

fn with_metadata(metadata: Value) -> Bent {
    Bent::new().claim("response_mode", "direct_post.jwt").claim("client_metadata", metadata)
}

fn with_keys(keys: &[Value]) -> Bent {
    with_metadata(json!({"jwks": {"keys": keys}}))
}

fn changed(member: &str, value: Value) -> Value {
    let mut jwk = jwk(&key(3), "k1");
    jwk[member] = value;
    jwk
}

fn without(member: &str) -> Value {
    let mut jwk = jwk(&key(3), "k1");
    jwk.as_object_mut().unwrap().remove(member).unwrap();
    jwk
}

fn chosen(bent: &Bent) -> String {
    bent.request().response_key().unwrap().kid().unwrap().to_owned()
}

#[test]
fn an_answer_may_have_to_be_encrypted() {
    let request = Bent::encrypted(&key(3)).request();
    assert_eq!(request.response_mode(), ResponseMode::DirectPostJwt);
    assert_eq!(request.response_key().unwrap().jwk().public_key(), key(3).public());
    // A key alone asks for nothing.
    let plain = Bent::encrypted(&key(3)).claim("response_mode", "direct_post").request();
    assert_eq!((plain.response_mode(), plain.response_key()), (ResponseMode::DirectPost, None));
}

#[test]
fn a_key_is_there() {
    for metadata in [json!({}), json!({"jwks": {}})] {
        assert_eq!(with_metadata(metadata).fault(), RequestFault::EncryptionKey);
    }
    let none = Bent::new().claim("response_mode", "direct_post.jwt").without("client_metadata").fault();
    assert_eq!((none.clone(), none.oauth()), (RequestFault::EncryptionKey, Some(OAuthError::InvalidRequest)));
    assert_eq!(with_keys(&[]).fault(), RequestFault::Malformed { parameter: "keys" });
    let many: Vec<Value> = (0..17).map(|n| jwk(&key(3), &n.to_string())).collect();
    assert_eq!(with_keys(&many).fault(), RequestFault::Malformed { parameter: "keys" });
}

#[test]
fn a_key_that_cannot_be_used_is_none() {
    let unusable = [
        changed("use", json!("sig")),
        changed("alg", json!("ECDH-ES+A128KW")),
        without("alg"),
        changed("crv", json!("P-384")),
        changed("kty", json!("OKP")),
        changed("x", json!(base64url::encode([1; 32]))),
        changed("d", json!(base64url::encode([1; 32]))),
        json!(1),
    ];
    for key in unusable {
        assert_eq!(with_keys(core::slice::from_ref(&key)).fault(), RequestFault::EncryptionKey, "{key}");
    }
}

#[test]
fn keys_that_cannot_be_used_are_passed_over() {
    let strange = json!({"kty": "AKP", "alg": "ML-KEM-9999", "kid": "pq", "use": "enc", "pub": "AAAA"});
    let unknown = json!({"kty": "X", "alg": "X", "kid": "x", "use": "enc"});
    let broken = json!({"kty": "EC", "crv": "P-256", "alg": "ECDH-ES", "x": "AA", "y": "AA", "kid": "broken"});
    assert_eq!(chosen(&with_keys(&[strange, unknown, broken, without("use")])), "k1");
}

#[test]
fn the_name_of_a_key_is_one_keys() {
    let twice = [jwk(&key(3), "k1"), jwk(&key(4), "k1")];
    assert_eq!(with_keys(&twice).fault(), RequestFault::Malformed { parameter: "jwks" });
    assert_eq!(chosen(&with_keys(&[jwk(&key(3), "k1"), jwk(&key(4), "k2")])), "k1");
}

fn enc(values: &Value) -> Result<AeadAlgorithm, RequestFault> {
    let metadata = json!({"jwks": {"keys": [jwk(&key(3), "k1")]}, "encrypted_response_enc_values_supported": values});
    Ok(with_metadata(metadata).authenticate()?.request().response_key().unwrap().enc())
}

#[test]
fn the_content_is_encrypted_as_the_verifier_can_read() {
    assert_eq!(with_keys(&[jwk(&key(3), "k1")]).request().response_key().unwrap().enc(), AeadAlgorithm::A128Gcm);
    assert_eq!(enc(&json!(["A128GCM"])), Ok(AeadAlgorithm::A128Gcm));
    assert_eq!(enc(&json!(["A256GCM"])), Ok(AeadAlgorithm::A256Gcm));
    // HAIP §5: the longer key of two.
    assert_eq!(enc(&json!(["A128GCM", "A256GCM"])), Ok(AeadAlgorithm::A256Gcm));
    assert_eq!(enc(&json!(["A128CBC-HS256", "A128GCM"])), Ok(AeadAlgorithm::A128Gcm));
    assert_eq!(enc(&json!(["A128CBC-HS256"])), Err(RequestFault::EncryptionUnsupported));
    let malformed = RequestFault::Malformed { parameter: "encrypted_response_enc_values_supported" };
    assert_eq!(enc(&json!([])), Err(malformed.clone()));
    assert_eq!(enc(&json!("A128GCM")), Err(malformed));
}

#[test]
fn the_keys_of_the_specification_are_read() {
    // §8.3's example, all four keys of it.
    let keys = json!([
        {"kty": "EC", "kid": "ac", "use": "enc", "crv": "P-256", "alg": "ECDH-ES",
         "x": "YO4epjifD-KWeq1sL2tNmm36BhXnkJ0He-WqMYrp9Fk", "y": "Hekpm0zfK7C-YccH5iBjcIXgf6YdUvNUac_0At55Okk"},
        {"kty": "OKP", "kid": "jc", "use": "enc", "crv": "X25519", "alg": "ECDH-ES",
         "x": "WPX7wnwq10hFNK9aDSyG1QlLswE_CJY14LdhcFUIVVc"},
        {"kty": "EC", "kid": "lc", "use": "enc", "crv": "P-384", "alg": "ECDH-ES",
         "x": "iHytgLNtXjEyYMAIGwfgjINZRmLfObYbmjPhkaPD8OiTkJtRHjegTNdH31Mxg4nV",
         "y": "MizXWSqNB7sSt_SNjg3spvaJnmjB-LpxsPpLUaea33rvINL3Mq-gEaANErRQpbLx"},
        {"kty": "OKP", "kid": "bc", "use": "enc", "crv": "X448", "alg": "ECDH-ES",
         "x": "pK5IRpLlX-8XcsRYWHejpzkfsHoDOmAYuBzAC7aTpewWOw_QFHSa64t9p2kuommI8JQQLohS2AIA"},
    ]);
    let supported = json!(["A128GCM", "A128CBC-HS256"]);
    // In whatever order: that on P-384 is one that could be read, but not used.
    let backwards: Vec<Value> = keys.as_array().unwrap().iter().rev().cloned().collect();
    assert_eq!(chosen(&with_keys(&backwards)), "ac");
    let metadata = json!({"jwks": {"keys": keys}, "encrypted_response_enc_values_supported": supported});
    let request = with_metadata(metadata).request();
    let sent = request.refuse(OAuthError::AccessDenied, &mut entropy()).unwrap();
    let response = parameter(&sent, "response").unwrap();
    let jwe = Jwe::parse(&response).unwrap();
    assert_eq!((jwe.header().kid(), jwe.header().enc()), (Some("ac"), AeadAlgorithm::A128Gcm));
    let scalar = base64url::decode("Et-3ce0omz8_TuZ96Df9lp0GAaaDoUnDe6X-CRO7Aww").unwrap().try_into().unwrap();
    let key = SigningKey::from_scalar(&scalar).unwrap();
    assert!(jwe.decrypt(&key).is_ok());
    // And its example of an answer opens with that key.
    let example = concat!(
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImtpZCI6ImFjIiwiZXBrIjp7Imt0eSI6IkVDIiwieCI6Im5ubVZwbTNWM2piaGNhZlFh",
        "UkJrU1ZOSGx3Wkh3dC05ck9wSnVmeVlJdWsiLCJ5IjoicjRmakRxd0p5czlxVU9QLV9iM21SNVNaRy0tQ3dPMm1pYzVWU05UWU45ZyIsImNydiI6",
        "IlAtMjU2In19..uAYcHRUSSn2X0WPX.yVzlGSYG4qbg0bq18JcUiDRw56yVnbKR8E7S7YlEtzT00RqE3Pw5oTpUG3hdLN4taHZ9gC1kwak8JOnJgQ.",
        "1wR024_3-qtAlx1oFIUpQQ",
    );
    let content: Value = serde_json::from_slice(&Jwe::parse(example).unwrap().decrypt(&key).unwrap()).unwrap();
    assert_eq!(content, json!({"vp_token": {"example_credential_id": ["eyJhb...YMetA"]}}));
}

#[test]
fn peer_hole_21_an_mdoc_is_bound_to_the_transcript_of_the_specification() {
    // Annex B.2.6.1's example: client, nonce, key and place, and what comes of them.
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "enc", "alg": "ECDH-ES", "kid": "1",
        "x": "DxiH5Q4Yx3UrukE2lWCErq8N8bqC9CHLLrAwLz5BmE0", "y": "XtLM4-3h5o3HUH0MHVJV0kyq0iBlrBwlh8qEDMZ4-Pc",
    });
    let nonce = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA";
    let plain = Bent::new().claim("nonce", nonce).claim("client_id", "redirect_uri:https://example.com/response");
    let claims = with_keys(&[key]).claim("nonce", nonce).claim("response_uri", "https://example.com/response");
    let verifier = crate::verifier::named("example.com");
    let request = verifier.authenticate(claims.claim("client_id", "x509_san_dns:example.com")).unwrap().into_request();
    let expected = "83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac";
    assert_eq!(hex::encode(request.transcript().as_bytes()), expected);
    // Each of the four counts: here the key, which an answer in the clear has not.
    let clear = crate::scene::unauthenticated(&plain.without("response_uri")).unwrap();
    assert_ne!(hex::encode(clear.transcript().as_bytes()), expected);
}

#[test]
fn every_part_of_a_request_is_bound() {
    let transcript = |bent: Bent| bent.request().transcript();
    let own = transcript(Bent::encrypted(&key(3)));
    assert_eq!(own, transcript(Bent::encrypted(&key(3)).claim("state", "other")));
    let others = [
        Bent::encrypted(&key(4)),
        Bent::encrypted(&key(3)).claim("response_mode", "direct_post"),
        Bent::encrypted(&key(3)).claim("nonce", "other"),
        Bent::encrypted(&key(3)).claim("client_id", by_host()),
        Bent::encrypted(&key(3)).claim("response_uri", "https://library.example/answers/2"),
    ];
    for other in others {
        assert_ne!(own, transcript(other));
    }
}
