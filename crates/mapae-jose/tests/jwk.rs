//! Public keys as JWK.

use mapae_crypto::{Curve, SigningKey};
use mapae_jose::{Jwk, JwkError, Object, Value, base64url};

/// The key that RFC 9449 uses throughout, with the thumbprint that it prints as `jkt`.
const DPOP: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
const DPOP_THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

fn with(name: &str, value: impl Into<Value>) -> Object {
    let mut jwk: Object = serde_json::from_str(DPOP).unwrap();
    jwk.insert(name.to_owned(), value.into());
    jwk
}

fn refusal(jwk: &Object) -> JwkError {
    Jwk::from_object(jwk).unwrap_err()
}

#[test]
fn the_thumbprint_of_rfc_9449s_key_is_the_one_it_prints() {
    let jwk = Jwk::from_value(&serde_json::from_str(DPOP).unwrap()).unwrap();
    assert_eq!(base64url::encode(jwk.thumbprint()), DPOP_THUMBPRINT);
}

#[test]
fn a_thumbprint_does_not_depend_on_other_members() {
    let jwk = Jwk::from_object(&with("kid", "another")).unwrap();
    assert_eq!(base64url::encode(jwk.thumbprint()), DPOP_THUMBPRINT);
}

#[test]
fn a_key_goes_out_and_comes_back() {
    let key = SigningKey::from_scalar(&[7; 32]).unwrap();
    let jwk = Jwk::from(key.public().clone());
    assert_eq!(Jwk::from_object(&jwk.to_object()).unwrap(), jwk);
    assert_eq!(jwk.public_key(), key.public());
}

#[test]
fn a_key_on_p_384_is_read() {
    let jwk = serde_json::json!({
        "kty": "EC", "crv": "P-384",
        "x": "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3",
        "y": "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f",
    });
    let jwk = Jwk::from_value(&jwk).unwrap();
    assert_eq!(jwk.public_key().curve(), Curve::P384);
    assert_eq!(Jwk::from_object(&jwk.to_object()).unwrap(), jwk);
}

#[test]
fn a_private_key_is_refused() {
    assert_eq!(refusal(&with("d", "AAAA")), JwkError::PrivateKey);
}

#[test]
fn other_types_and_curves_are_refused() {
    assert_eq!(refusal(&with("kty", "OKP")), JwkError::KeyTypeUnsupported);
    assert_eq!(refusal(&with("crv", "P-521")), JwkError::CurveUnsupported);
    assert_eq!(Jwk::from_value(&"key".into()).unwrap_err(), JwkError::NotAnObject);
}

#[test]
fn a_coordinate_must_have_its_full_length_and_lie_on_the_curve() {
    for bad in [Value::Null, 1.into(), "".into(), "AA".into(), "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs=".into()] {
        assert_eq!(refusal(&with("x", bad)), JwkError::MemberMalformed { name: "x" });
    }
    let off = base64url::encode([1; 32]);
    assert_eq!(refusal(&with("y", off)), JwkError::NotOnCurve { curve: Curve::P256 });
}
