//! The examples that RFC 9901 prints, made by its authors' implementation.
//!
//! Read from `MAPAE_VECTORS`, or from `../shared/vectors` beside the workspace. Keys are those of RFC 9901 Appendix A.5.

use std::path::PathBuf;

use mapae_crypto::Algorithm;
use mapae_jose::{Jwk, Jws, Value, base64url, json};
use mapae_sd_jwt::{
    HolderFault, IssuerFault, KeyBinding, KeyBindingExpectation, PathElement, SdJwt, SdJwtError, SdJwtPresentation,
    VerifiedSdJwt,
};
use mapae_types::Duration;
use serde_json::json;

use crate::scene::{Forge, VCT, at, expectation, holder, issuer, sign, verify};

const AUDIENCE: &str = "https://verifier.example.org";
const NONCE: &str = "1234567890";
/// When the holder of the SD-JWT VC example signed.
const SIGNED: i64 = 1_740_818_270;

#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "vectors are no part of the project; say so")]
fn vector(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let root = std::env::var("MAPAE_VECTORS").map_or_else(|_| beside(), |path| workspace().join(path));
    if !root.is_dir() {
        eprintln!("SKIPPED: MAPAE_VECTORS not found");
        return None;
    }
    Some(std::fs::read_to_string(root.join("sd-jwt").join(name)).unwrap().trim_end().to_owned())
}

/// A relative `MAPAE_VECTORS` is meant from the workspace's root, where nobody runs a test.
fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rfc_issuer() -> Jwk {
    let (x, y) = ("b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8");
    Jwk::from_value(&json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})).unwrap()
}

fn rfc_holder() -> Value {
    let (x, y) = ("TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc", "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ");
    json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
}

fn rfc_expectation(now: i64) -> KeyBindingExpectation<'static> {
    let (max_age, skew) = (Duration::seconds(300), Duration::seconds(0));
    KeyBindingExpectation { audience: AUDIENCE, nonce: NONCE, now: at(now), max_age, skew }
}

fn verify_rfc(text: &str, expected: &KeyBindingExpectation<'_>) -> Result<VerifiedSdJwt, SdJwtError> {
    SdJwtPresentation::parse(text)?.verify_issuer(rfc_issuer().public_key())?.process()?.verify_holder(expected)
}

/// Most of the RFC's examples are of `typ` `example+sd-jwt`, which is no credential. Their signature is checked as it
/// is; then the same payload and disclosures are issued again as a credential of ours.
fn processed(name: &str) -> Option<Value> {
    let text = vector(name)?;
    let refused = SdJwtPresentation::parse(&(text.clone() + "e30.e30.AA")).unwrap_err();
    assert_eq!(refused, IssuerFault::TypeUnsupported { typ: Some("example+sd-jwt".into()) }.into());
    let jws = Jws::parse(text.split('~').next().unwrap()).unwrap().verify(rfc_issuer().public_key()).unwrap();
    let mut forge = Forge::new();
    forge.payload = Value::Object(jws.payload_object().unwrap());
    forge.payload["cnf"] = json!({"jwk": Jwk::from(holder().public().clone()).to_object()});
    forge.payload["vct"] = VCT.into();
    forge.disclosures =
        text.split('~').skip(1).filter(|part| !part.is_empty() && !part.contains('.')).map(str::to_owned).collect();
    let mut claims = forge.verify().unwrap().into_claims();
    claims.remove("cnf");
    claims.remove("vct");
    Some(Value::Object(claims))
}

#[test]
fn the_sd_jwt_vc_example_verifies_and_yields_the_claims_that_it_prints() {
    let Some(text) = vector("sd_jwt_vc_with_kb.jwt") else { return };
    let verified = verify_rfc(&text, &rfc_expectation(SIGNED + 10)).unwrap();
    assert_eq!(verified.vct(), "https://bmi.bund.example/credential/pid/1.0");
    assert_eq!(verified.bound_at(), at(SIGNED));
    let expected = json!({
        "iss": "https://issuer.example.com",
        "iat": 1_683_000_000,
        "exp": 1_883_000_000,
        "vct": "https://bmi.bund.example/credential/pid/1.0",
        "age_equal_or_over": {"18": true},
        "cnf": {"jwk": rfc_holder()},
        "nationalities": ["DE"],
    });
    assert_eq!(Value::Object(verified.into_claims()), expected);
}

#[test]
fn the_sd_jwt_vc_example_is_refused_at_other_times_and_to_others() {
    let Some(text) = vector("sd_jwt_vc_with_kb.jwt") else { return };
    let expired = verify_rfc(&text, &rfc_expectation(1_883_000_000)).unwrap_err();
    assert_eq!(expired, SdJwtError::Expired { expired: at(1_883_000_000), now: at(1_883_000_000) });
    let old = verify_rfc(&text, &rfc_expectation(SIGNED + 301)).unwrap_err();
    assert!(matches!(old, SdJwtError::Holder(HolderFault::KeyBindingTooOld { .. })));
    let mut other = rfc_expectation(SIGNED);
    other.nonce = "1234567891";
    assert_eq!(verify_rfc(&text, &other).unwrap_err(), HolderFault::NonceMismatch.into());
    assert!(matches!(verify(&text, &expectation()), Err(SdJwtError::Issuer(IssuerFault::Jws(_)))));
}

#[test]
fn the_holder_of_the_sd_jwt_vc_example_selects_the_disclosures_that_it_presents() {
    let (Some(issued), Some(presented)) = (vector("sd_jwt_vc.jwt"), vector("sd_jwt_vc_with_kb.jwt")) else { return };
    let holder_key = Jwk::from_value(&rfc_holder()).unwrap();
    let held = SdJwt::accept(&issued, rfc_issuer().public_key(), holder_key.public_key()).unwrap();
    assert_eq!(held.claims()["address"]["street_address"], "Heidestraße 17");
    assert_eq!(held.claims()["age_equal_or_over"]["65"], false);
    let (age, nation) = (["age_equal_or_over", "18"].map(PathElement::Name), [PathElement::Name("nationalities")]);
    let binding = KeyBinding { audience: AUDIENCE, nonce: NONCE, issued_at: at(SIGNED) };
    let unsigned = held.select(&[&age, &nation]).unwrap().bind(Algorithm::Es256, &binding);
    let signature = holder().sign(unsigned.to_be_signed()).unwrap();
    let ours = unsigned.attach(&signature);
    let (our_bound, our_binding) = ours.rsplit_once('~').unwrap();
    let (bound, binding) = presented.rsplit_once('~').unwrap();
    assert_eq!(our_bound, bound);
    let payload = |jwt: &str| json::parse(&base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!(payload(our_binding), payload(binding));
}

#[test]
fn the_main_example_yields_the_claims_that_section_5_prints() {
    let Some(claims) = processed("with_kb.jwt") else { return };
    let expected = json!({
        "iss": "https://issuer.example.com",
        "iat": 1_683_000_000,
        "exp": 1_883_000_000,
        "sub": "user_42",
        "nationalities": ["US"],
        "family_name": "Doe",
        "address": {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
        "given_name": "John",
    });
    assert_eq!(claims, expected);
}

#[test]
fn the_key_binding_of_the_main_example_verifies_with_the_holders_key() {
    let Some(text) = vector("with_kb.jwt") else { return };
    let (bound, binding) = text.rsplit_once('~').unwrap();
    let holder = Jwk::from_value(&rfc_holder()).unwrap();
    let payload = Jws::parse(binding).unwrap().verify(holder.public_key()).unwrap().payload_object().unwrap();
    assert_eq!(payload["sd_hash"], crate::scene::digest(&format!("{bound}~")));
}

#[test]
fn the_simple_structured_example_yields_the_claims_that_appendix_a_1_prints() {
    let Some(claims) = processed("simple_structured.jwt") else { return };
    let (iss, iat, exp) = ("https://issuer.example.com", 1_683_000_000, 1_883_000_000);
    let address = json!({"region": "港区", "country": "JP"});
    assert_eq!(claims, json!({"iss": iss, "iat": iat, "exp": exp, "address": address}));
}

#[test]
fn the_complex_structured_example_yields_the_claims_that_appendix_a_2_prints() {
    let Some(claims) = processed("complex_structured.jwt") else { return };
    let expected = json!({
        "verification": {"trust_framework": "de_aml", "evidence": [{"method": "pipp"}], "time": "2012-04-23T18:25Z"},
        "claims": {
            "given_name": "Max",
            "family_name": "Müller",
            "address": {
                "locality": "Maxstadt", "postal_code": "12344", "country": "DE", "street_address": "Weidenstraße 22",
            },
        },
    });
    assert_eq!(claims["verified_claims"], expected);
    assert_eq!(claims.as_object().unwrap().len(), 4);
}

/// The disclosures and digests that RFC 9901 §4.2.3 and §4.2.4.2 print.
#[test]
fn the_digests_of_section_4_2_are_found() {
    let forge = Forge::with(|forge| {
        forge.payload["_sd"] = json!(["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"]);
        let french = json!({"...": "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"});
        forge.payload["nationalities"] = json!(["DE", french, "US"]);
        forge.disclosures = vec![
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0".into(),
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0".into(),
        ];
    });
    let claims = forge.verify().unwrap().into_claims();
    assert_eq!((&claims["family_name"], &claims["nationalities"]), (&json!("Möbius"), &json!(["DE", "FR", "US"])));
}

/// Another issuer's header may hold more than ours, in another order.
#[test]
fn unknown_header_members_are_passed_over() {
    let mut forge = Forge::new();
    forge.header = json!({"zip": "x", "typ": "dc+sd-jwt", "kid": "doc-signer", "vctm": [], "alg": "ES256"});
    let verified = forge.verify().unwrap();
    assert_eq!(verified.claims()["family_name"], "홍");
    let jws = sign(&forge.header, b"{}", &issuer());
    assert_eq!(Jws::parse(&jws).unwrap().header().kid(), Some("doc-signer"));
}
