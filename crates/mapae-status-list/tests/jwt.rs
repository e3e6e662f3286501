//! The rules for a JWT, each with a token that breaks it alone.

use mapae_jose::{JwsError, Object, UnsignedJws, Value, json};
use mapae_status_list::{ListError, StatusTokenJwt, TokenError};
use mapae_types::Duration;
use serde_json::json;

use crate::tokens::{URI, another_key, expected, jwt, key, now};

fn header() -> Object {
    Object::from_iter([("alg".into(), "ES256".into()), ("typ".into(), "statuslist+jwt".into())])
}

fn claims() -> Value {
    json!({
        "sub": URI,
        "iat": now().unix(),
        "exp": (now() + Duration::days(1)).unix(),
        "ttl": 3600,
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
    })
}

fn sign(header: &Object, payload: &[u8]) -> String {
    let unsigned = UnsignedJws::new(header, payload);
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn verify(header: &Object, payload: &[u8]) -> Result<(), TokenError> {
    let text = sign(header, payload);
    StatusTokenJwt::parse(&text)?.verify(key().public(), &expected()).map(drop)
}

/// Verifies a token with one claim changed, or left out if `null`.
fn with(claim: &str, value: Value) -> Result<(), TokenError> {
    let mut claims = claims();
    let object = claims.as_object_mut().unwrap();
    if value.is_null() {
        object.remove(claim)
    } else {
        object.insert(claim.into(), value)
    };
    verify(&header(), &json::to_vec(&claims))
}

#[test]
fn the_token_that_the_cases_change_is_accepted() {
    assert_eq!(verify(&header(), &json::to_vec(&claims())), Ok(()));
    assert_eq!(with("unknown", json!({"x": [1]})), Ok(()));
}

#[test]
fn another_typ_is_refused() {
    for typ in [json!("JWT"), json!("application/statuslist+jwt"), json!("statuslist+JWT"), Value::Null] {
        let mut header = header();
        header.remove("typ");
        if !typ.is_null() {
            header.insert("typ".into(), typ);
        }
        let refused = verify(&header, &json::to_vec(&claims()));
        assert_eq!(refused, Err(TokenError::WrongType { expected: "statuslist+jwt" }));
    }
}

#[test]
fn another_key_is_refused() {
    let text = jwt();
    let refused = StatusTokenJwt::parse(&text).unwrap().verify(&another_key(), &expected());
    assert_eq!(refused.err(), Some(TokenError::Jws(JwsError::SignatureInvalid)));
}

#[test]
fn another_subject_is_refused() {
    for found in ["https://id.example/status/30", "https://id.example/status/3/", "HTTPS://id.example/status/3", ""] {
        let refused = with("sub", json!(found));
        assert_eq!(refused, Err(TokenError::WrongSubject { found: found.into() }));
    }
}

#[test]
fn required_claims_are_required() {
    for claim in ["sub", "iat", "status_list"] {
        assert_eq!(with(claim, Value::Null), Err(TokenError::ClaimMissing { claim }));
    }
}

#[test]
fn exp_and_ttl_may_be_left_open() {
    assert_eq!(with("exp", Value::Null), Ok(()));
    assert_eq!(with("ttl", Value::Null), Ok(()));
}

#[test]
fn claims_have_their_types_and_ranges() {
    for (claim, value) in [
        ("sub", json!(7)),
        ("iat", json!("2026-11-21")),
        ("iat", json!(1.5)),
        ("iat", json!(i64::MAX)),
        ("exp", json!(1e12)),
        ("exp", json!(false)),
        ("nbf", json!("now")),
        ("ttl", json!(0)),
        ("ttl", json!(-5)),
        ("ttl", json!("3600")),
        ("status_list", json!([1])),
    ] {
        assert_eq!(with(claim, value.clone()), Err(TokenError::ClaimMalformed { claim }), "{value}");
    }
}

#[test]
fn a_token_is_not_accepted_from_the_second_at_which_it_expires() {
    let expired_at = now();
    assert_eq!(with("exp", json!(expired_at.unix())), Err(TokenError::Expired { expired_at }));
    assert_eq!(with("exp", json!(expired_at.unix() + 1)), Ok(()));
}

#[test]
fn a_token_from_the_future_is_refused_beyond_the_skew() {
    let issued_at = now() + Duration::seconds(61);
    assert_eq!(with("iat", json!(issued_at.unix())), Err(TokenError::IssuedInFuture { issued_at }));
    assert_eq!(with("iat", json!(issued_at.unix() - 1)), Ok(()));
}

#[test]
fn the_skew_is_the_callers() {
    let issued_at = now() + Duration::seconds(5);
    let mut claims = claims();
    claims["iat"] = json!(issued_at.unix());
    let text = sign(&header(), &json::to_vec(&claims));
    let verify = |skew| {
        let expected = expected().with_skew(Duration::seconds(skew));
        StatusTokenJwt::parse(&text).unwrap().verify(key().public(), &expected).map(drop)
    };
    assert_eq!(verify(5), Ok(()));
    assert_eq!(verify(4), Err(TokenError::IssuedInFuture { issued_at }));
}

#[test]
fn a_token_that_is_not_valid_yet_is_refused_beyond_the_skew() {
    let not_before = now() + Duration::seconds(61);
    assert_eq!(with("nbf", json!(not_before.unix())), Err(TokenError::NotYetValid { not_before }));
    assert_eq!(with("nbf", json!(not_before.unix() - 1)), Ok(()));
}

#[test]
fn a_list_that_cannot_be_read_is_refused() {
    let bits = with("status_list", json!({"bits": 3, "lst": "eNrbuRgAAhcBXQ"}));
    assert_eq!(bits, Err(TokenError::List(ListError::BitsUnsupported { bits: 3 })));
    let cut = with("status_list", json!({"bits": 1, "lst": "eNrbuRgAAhcB"}));
    assert_eq!(cut, Err(TokenError::List(ListError::NotZlib)));
}

#[test]
fn lists_of_2_4_and_8_bits_are_read() {
    for bits in [2, 4, 8] {
        assert_eq!(with("status_list", json!({"bits": bits, "lst": "eNrbuRgAAhcBXQ"})), Ok(()));
    }
}

#[test]
fn peer_hole_02_a_list_is_inflated_to_the_callers_limit_and_no_further() {
    let text = jwt();
    let verify = |limit| {
        let expected = expected().with_max_list_bytes(limit);
        StatusTokenJwt::parse(&text).unwrap().verify(key().public(), &expected).map(drop)
    };
    assert_eq!(verify(13), Ok(()));
    assert_eq!(verify(12), Err(TokenError::List(ListError::TooLarge { limit: 12 })));
}

#[test]
fn a_claim_that_occurs_twice_is_refused() {
    let mut payload = json::to_vec(&claims());
    payload.truncate(payload.len() - 1);
    payload.extend_from_slice(br#","sub":"https://id.example/status/3"}"#);
    assert!(matches!(verify(&header(), &payload), Err(TokenError::Json(_))));
}
