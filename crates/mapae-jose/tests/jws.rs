//! Compact JWS: one algorithm per key, no extensions, no payload before the signature.

use mapae_crypto::{Algorithm, Curve, PublicKey, Signature, SigningKey};
use mapae_jose::{Header, Jws, JwsError, Object, UnsignedJws, Value, base64url, json::JsonError, x5c_value};
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_scalar(&[7; 32]).unwrap()
}

fn header(json: &str) -> Object {
    serde_json::from_str(json).unwrap()
}

/// Signs whatever header is given, as a careless or hostile issuer would.
fn signed(header_json: &str, payload: &str) -> String {
    let unsigned = UnsignedJws::new(&header(header_json), payload.as_bytes());
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn parsed(header_json: &str) -> Result<Header, JwsError> {
    Jws::parse(&signed(header_json, "{}")).map(|jws| jws.header().clone())
}

#[test]
fn a_signed_payload_comes_back_with_its_header() {
    let text = signed(r#"{"alg":"ES256","typ":"t+jwt","kid":"k","x5c":["AQI="]}"#, r#"{"a":1}"#);
    let verified = Jws::parse(&text).unwrap().verify(key().public()).unwrap();
    assert_eq!(verified.payload(), br#"{"a":1}"#);
    assert_eq!(verified.payload_object().unwrap()["a"], 1);
    assert_eq!(verified.signing_input(), text.rsplit_once('.').unwrap().0);
    let header = verified.header();
    assert_eq!((header.algorithm(), header.typ(), header.kid()), (Algorithm::Es256, Some("t+jwt"), Some("k")));
    assert_eq!(header.x5c(), [[1, 2]]);
    assert_eq!(header.raw().len(), 4);
}

#[test]
fn a_signature_by_another_key_or_over_another_payload_is_refused() {
    let text = signed(r#"{"alg":"ES256"}"#, r#"{"a":1}"#);
    let other = SigningKey::from_scalar(&[8; 32]).unwrap();
    assert_eq!(Jws::parse(&text).unwrap().verify(other.public()).unwrap_err(), JwsError::SignatureInvalid);
    let swapped = text.replace(&base64url::encode(r#"{"a":1}"#), &base64url::encode(r#"{"a":2}"#));
    assert_eq!(Jws::parse(&swapped).unwrap().verify(key().public()).unwrap_err(), JwsError::SignatureInvalid);
}

#[test]
fn peer_hole_07_alg_none_is_refused() {
    for alg in ["none", "None", "NONE", "HS256", "RS256", "ES256K", "EdDSA", ""] {
        let refused = Err(JwsError::AlgorithmUnsupported { alg: alg.to_owned() });
        assert_eq!(parsed(&format!(r#"{{"alg":"{alg}"}}"#)).map(|_| ()), refused);
    }
    // An unsecured JWS as RFC 7515 Appendix A.5 writes it: no signature at all.
    let unsecured = format!("{}.{}.", base64url::encode(r#"{"alg":"none"}"#), base64url::encode("{}"));
    assert!(matches!(Jws::parse(&unsecured), Err(JwsError::AlgorithmUnsupported { .. })));
    let empty = format!("{}.{}.", base64url::encode(r#"{"alg":"ES256"}"#), base64url::encode("{}"));
    assert_eq!(Jws::parse(&empty).unwrap().verify(key().public()).unwrap_err(), JwsError::SignatureInvalid);
}

#[test]
fn peer_hole_07_an_algorithm_of_another_curve_is_refused() {
    let text = signed(r#"{"alg":"ES384"}"#, "{}");
    let refused = Jws::parse(&text).unwrap().verify(key().public()).unwrap_err();
    assert_eq!(refused, JwsError::KeyMismatch { algorithm: Algorithm::Es384, key: Curve::P256 });
}

#[test]
fn a_header_without_alg_or_with_members_of_another_type_is_refused() {
    for (json, name) in [
        (r"{}", "alg"),
        (r#"{"alg":1}"#, "alg"),
        (r#"{"alg":"ES256","typ":1}"#, "typ"),
        (r#"{"alg":"ES256","kid":null}"#, "kid"),
        (r#"{"alg":"ES256","x5c":"AQI="}"#, "x5c"),
        (r#"{"alg":"ES256","x5c":[]}"#, "x5c"),
        (r#"{"alg":"ES256","x5c":[1]}"#, "x5c"),
        (r#"{"alg":"ES256","x5c":[""]}"#, "x5c"),
        (r#"{"alg":"ES256","x5c":["AQI"]}"#, "x5c"),
        (r#"{"alg":"ES256","x5c":["AQI=","AQI=","AQI=","AQI=","AQI=","AQI=","AQI=","AQI=","AQI="]}"#, "x5c"),
    ] {
        assert_eq!(parsed(json).map(|_| ()), Err(JwsError::MemberMalformed { name }), "{json}");
    }
}

#[test]
fn a_critical_extension_is_refused_whatever_it_says() {
    for json in [r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, r#"{"alg":"ES256","crit":[]}"#] {
        assert_eq!(parsed(json).map(|_| ()), Err(JwsError::CriticalExtension));
    }
    parsed(r#"{"alg":"ES256","unknown":[1]}"#).unwrap();
}

#[test]
fn a_header_that_names_a_member_twice_is_refused() {
    let text = format!("{}.e30.AA", base64url::encode(r#"{"alg":"ES256","alg":"ES256"}"#));
    assert!(matches!(Jws::parse(&text), Err(JwsError::HeaderUnreadable(JsonError::DuplicateName { .. }))));
    let text = format!("{}.e30.AA", base64url::encode("[]"));
    assert_eq!(Jws::parse(&text).unwrap_err(), JwsError::HeaderUnreadable(JsonError::NotAnObject));
}

#[test]
fn anything_but_three_parts_of_base64url_is_refused() {
    let good = signed(r#"{"alg":"ES256"}"#, "{}");
    for text in ["", ".", "a.b", &format!("{good}.AA"), &format!("{good}.AA.AA")] {
        assert_eq!(Jws::parse(text).unwrap_err(), JwsError::NotCompact, "{text}");
    }
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    for (text, part) in [
        (format!("{header}=.{payload}.{signature}"), "header"),
        (format!("{header}.{payload}=.{signature}"), "payload"),
        (format!("{header}.{payload}.{signature}="), "signature"),
        (format!("{header}.{payload}.{signature}\n"), "signature"),
    ] {
        assert_eq!(Jws::parse(&text).unwrap_err(), JwsError::EncodingInvalid { part });
    }
}

#[test]
fn a_jws_over_the_length_limit_is_refused() {
    let text = "A".repeat((1 << 20) + 1);
    assert_eq!(Jws::parse(&text).unwrap_err(), JwsError::TooLong { len: text.len(), limit: 1 << 20 });
}

#[test]
fn p_384_signatures_verify_too() {
    use p384::ecdsa::{Signature as P384Signature, SigningKey as P384Key, signature::Signer as _};
    let signer = P384Key::from_slice(&[7; 48]).unwrap();
    let public = PublicKey::from_sec1(Curve::P384, signer.verifying_key().to_sec1_point(false).as_bytes()).unwrap();
    let unsigned = UnsignedJws::new(&header(r#"{"alg":"ES384"}"#), b"{}");
    let signature: P384Signature = signer.sign(unsigned.to_be_signed());
    let text = unsigned.attach(&Signature::from_bytes(Curve::P384, &signature.to_bytes()).unwrap());
    Jws::parse(&text).unwrap().verify(&public).unwrap();
    let other = signed(r#"{"alg":"ES384"}"#, "{}");
    assert_eq!(Jws::parse(&other).unwrap().verify(&public).unwrap_err(), JwsError::SignatureInvalid);
}

#[test]
fn a_chain_is_written_as_x5c_reads_it() {
    let mut header = header(r#"{"alg":"ES256"}"#);
    header.insert("x5c".into(), x5c_value(&[vec![1, 2], vec![3]]));
    let json = Value::Object(header).to_string();
    assert_eq!(parsed(&json).unwrap().x5c(), [vec![1, 2], vec![3]]);
}

#[test]
fn peer_hole_11_debug_shows_neither_payload_nor_signature() {
    let text = signed(r#"{"alg":"ES256","kid":"did:example:person"}"#, r#"{"family_name":"Hong"}"#);
    let jws = Jws::parse(&text).unwrap();
    let shown = format!("{jws:?} {:?}", jws.clone().verify(key().public()).unwrap());
    assert!(shown.contains("Es256"));
    for secret in ["Hong", "family_name", "person", &base64url::encode(r#"{"family_name":"Hong"}"#)] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in r"[A-Za-z0-9_.=~-]{0,80}") {
        drop(Jws::parse(&text));
    }

    #[test]
    fn any_changed_character_is_refused(place in 0_usize..400, byte in 32_u8..127) {
        let text = signed(r#"{"alg":"ES256","typ":"t+jwt"}"#, r#"{"a":[1,2,3],"b":"text"}"#);
        let place = place % text.len();
        prop_assume!(text.as_bytes()[place] != byte);
        let mut changed = text.into_bytes();
        changed[place] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert!(Jws::parse(&changed).and_then(|jws| jws.verify(key().public())).is_err());
    }
}
