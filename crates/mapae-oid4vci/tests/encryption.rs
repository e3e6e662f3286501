//! Encrypted requests and answers (OpenID4VCI §10, §8.2).

use mapae_crypto::{SigningKey, aead::AeadAlgorithm};
use mapae_jose::{Jwe, JweEncrypter, Object, Value, json as jose_json};
use mapae_oid4vci::{
    CredentialFault, CredentialRequest, DeferredRequest, Encryption, EncryptionFault, MediaType, MessageFault,
    RequestKey, ResponseEncryption,
};
use serde_json::json;
use testkit::Seeded;

use crate::scene::{jwk, key};

const KID: &str = "enc-1";

fn encryption(request_required: bool, response_required: bool) -> Encryption {
    Encryption::new(vec![RequestKey::new(KID.to_owned(), key(40))], request_required, response_required)
}

fn request() -> Value {
    json!({"credential_configuration_id": "resident-mdoc", "proofs": {"jwt": ["a"]}})
}

fn wanting(member: &str, value: Value) -> Value {
    let wanted = ResponseEncryption::new(jwk(41), Some("w".to_owned()), AeadAlgorithm::A256Gcm);
    let mut wanted = Value::Object(wanted.to_object());
    match member {
        "" => {}
        "alg" | "kty" | "crv" => wanted["jwk"][member] = value,
        _ => wanted[member] = value,
    }
    let mut request = request();
    request["credential_response_encryption"] = wanted;
    request
}

fn sealed(to: &SigningKey, kid: Option<&str>, request: &Value) -> String {
    let encrypter = JweEncrypter::new(&to.public().clone().into(), AeadAlgorithm::A128Gcm).unwrap();
    let encrypter = kid.map_or(encrypter.clone(), |kid| encrypter.kid(kid));
    encrypter.encrypt(request.to_string().as_bytes(), &mut Seeded::new(1)).unwrap()
}

fn received(rules: &Encryption, request: &Value) -> Result<CredentialRequest, CredentialFault> {
    CredentialRequest::receive(MediaType::Jwt, sealed(&key(40), Some(KID), request).as_bytes(), rules)
}

fn refused(request: &Value) -> CredentialFault {
    received(&encryption(false, false), request).unwrap_err()
}

fn parameter(name: &'static str) -> CredentialFault {
    EncryptionFault::Parameter { name }.into()
}

#[test]
fn an_encrypted_request_is_read_and_its_answer_encrypted() {
    let request = received(&encryption(true, true), &wanting("", Value::Null)).unwrap();
    let answer = request.encryption.unwrap().encrypt(b"{}", &mut Seeded::new(2)).unwrap();
    let jwe = Jwe::parse(&answer).unwrap();
    assert_eq!((jwe.header().kid(), jwe.header().enc()), (Some("w"), AeadAlgorithm::A256Gcm));
    assert_eq!(jwe.decrypt(&key(41)).unwrap(), b"{}");
}

#[test]
fn what_need_not_be_encrypted_may_come_as_it_is() {
    let plain = request().to_string();
    let received = CredentialRequest::receive(MediaType::Json, plain.as_bytes(), &encryption(false, false)).unwrap();
    assert_eq!(received.encryption, None);
    assert_eq!(received, CredentialRequest::parse(plain.as_bytes()).unwrap());
}

#[test]
fn what_must_be_encrypted_is_refused_as_it_is() {
    let plain = request().to_string();
    let fault = CredentialRequest::receive(MediaType::Json, plain.as_bytes(), &encryption(true, false)).unwrap_err();
    assert_eq!(fault, EncryptionFault::RequestNotEncrypted.into());
}

#[test]
fn who_wants_an_encrypted_answer_encrypts_the_request() {
    let plain = wanting("", Value::Null).to_string();
    let fault = CredentialRequest::receive(MediaType::Json, plain.as_bytes(), &encryption(false, false)).unwrap_err();
    assert_eq!(fault, EncryptionFault::RequestNotEncrypted.into());
}

#[test]
fn where_answers_are_encrypted_the_request_says_how() {
    let fault = received(&encryption(false, true), &request()).unwrap_err();
    assert_eq!(fault, EncryptionFault::ResponseRequired.into());
}

#[test]
fn only_what_is_for_our_key_and_names_it_is_read() {
    let rules = encryption(false, false);
    for text in [
        sealed(&key(42), Some(KID), &request()),
        sealed(&key(40), Some("enc-2"), &request()),
        sealed(&key(40), None, &request()),
        "a.b.c.d.e".to_owned(),
        "\u{fffd}".to_owned(),
    ] {
        let fault = CredentialRequest::receive(MediaType::Jwt, text.as_bytes(), &rules).unwrap_err();
        assert_eq!(fault, EncryptionFault::Undecryptable.into());
    }
    let fault = CredentialRequest::receive(MediaType::Jwt, &[0xff], &rules).unwrap_err();
    assert_eq!(fault, EncryptionFault::Undecryptable.into());
}

#[test]
fn an_old_key_still_opens() {
    let keys = vec![RequestKey::new("enc-2".to_owned(), key(43)), RequestKey::new(KID.to_owned(), key(40))];
    received(&Encryption::new(keys, false, false), &request()).unwrap();
}

#[test]
fn an_issuer_without_a_key_encrypts_nothing() {
    let none = Encryption::default();
    assert!(none.metadata().is_none());
    let fault = received(&none, &request()).unwrap_err();
    assert_eq!(fault, EncryptionFault::Unsupported.into());
    let plain = wanting("", Value::Null).to_string();
    let fault = CredentialRequest::receive(MediaType::Json, plain.as_bytes(), &none).unwrap_err();
    assert_eq!(fault, EncryptionFault::Unsupported.into());
}

#[test]
fn parameters_are_what_we_support() {
    for (member, value, name) in [
        ("jwk", Value::Null, "jwk"),
        ("jwk", json!({"alg": "ECDH-ES", "kty": "EC"}), "jwk"),
        ("kty", json!("RSA"), "jwk"),
        ("alg", json!("ECDH-ES+A256KW"), "alg"),
        ("alg", Value::Null, "alg"),
        ("enc", json!("A128CBC-HS256"), "enc"),
        ("enc", Value::Null, "enc"),
    ] {
        assert_eq!(refused(&wanting(member, value.clone())), parameter(name), "{member} {value}");
    }
    let mut request = request();
    request["credential_response_encryption"] = json!([]);
    assert_eq!(refused(&request), parameter("credential_response_encryption"));
}

#[test]
fn a_key_on_another_curve_is_refused() {
    let p384 = json!({"kty": "EC", "crv": "P-384", "alg": "ECDH-ES",
        "x": "KDwdc2XOR4jyn46_I07f_q1v6Zf76l_6LVjMnfp7HFCLBVJvVbnrsgQPBbSPttDh",
        "y": "lHXJkGHkG4i6Uu_bjBaQRxph2GfteZcp2cks0B29IlYw2E7eMqePnmRmTNrFEu-M"});
    assert_eq!(refused(&wanting("jwk", p384)), parameter("jwk"));
}

#[test]
fn the_metadata_announce_named_keys_with_their_algorithm() {
    let (request, response) = encryption(true, false).metadata().unwrap();
    let mut key = jwk(40).to_object();
    key.extend([
        ("alg".to_owned(), "ECDH-ES".into()),
        ("use".to_owned(), "enc".into()),
        ("kid".to_owned(), KID.into()),
    ]);
    assert_eq!(request.jwks, json!({"keys": [key]}));
    assert_eq!(request.enc_values_supported, ["A128GCM", "A256GCM"]);
    assert_eq!((request.encryption_required, response.encryption_required), (true, false));
    assert_eq!(response.alg_values_supported, ["ECDH-ES"]);
    assert_eq!(response.enc_values_supported, ["A128GCM", "A256GCM"]);
}

#[test]
fn a_deferred_request_says_anew_how_its_answer_is_encrypted() {
    let rules = encryption(false, true);
    let wanted = ResponseEncryption::new(jwk(44), None, AeadAlgorithm::A128Gcm);
    let request = DeferredRequest { transaction_id: "t".to_owned().into(), encryption: Some(wanted) };
    let body = jose_json::parse(&request.to_json()).unwrap();
    let text = sealed(&key(40), Some(KID), &body);
    assert_eq!(DeferredRequest::receive(MediaType::Jwt, text.as_bytes(), &rules).unwrap(), request);
    let fault = DeferredRequest::receive(MediaType::Json, br#"{"transaction_id":"t"}"#, &rules).unwrap_err();
    assert_eq!(fault, EncryptionFault::ResponseRequired.into());
    let none = DeferredRequest::receive(MediaType::Json, b"{}", &encryption(false, false)).unwrap_err();
    assert_eq!(none, MessageFault::Missing { name: "transaction_id" }.into());
}

#[test]
fn a_body_has_its_bounds_and_its_type() {
    let long = vec![b' '; (256 << 10) + 1];
    for media_type in [MediaType::Json, MediaType::Jwt] {
        let fault = CredentialRequest::receive(media_type, &long, &encryption(false, false)).unwrap_err();
        let too_long = MessageFault::TooLong { len: long.len(), limit: 256 << 10 };
        assert_eq!(fault, too_long.into());
    }
    for (text, read) in [
        ("application/json", MediaType::Json),
        ("application/json; charset=utf-8", MediaType::Json),
        ("Application/JWT", MediaType::Jwt),
    ] {
        assert_eq!(MediaType::parse(Some(text)), Ok(read));
    }
    for other in [None, Some("text/plain"), Some(""), Some("application/x-www-form-urlencoded")] {
        assert_eq!(MediaType::parse(other), Err(MessageFault::MediaType));
    }
    assert_eq!([MediaType::Json.as_str(), MediaType::Jwt.as_str()], ["application/json", "application/jwt"]);
}

#[test]
fn the_member_of_a_request_is_read_as_it_is_written() {
    let wanted = ResponseEncryption::new(jwk(41), Some("w".to_owned()), AeadAlgorithm::A128Gcm);
    assert_eq!(ResponseEncryption::from_object(&wanted.to_object()), Ok(wanted));
    assert!(ResponseEncryption::from_object(&Object::new()).is_err());
}
