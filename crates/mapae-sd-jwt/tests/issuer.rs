//! Rules about what the issuer signed: each broken alone.

use mapae_crypto::{Algorithm, Curve};
use mapae_jose::{JsonError, Jwk, JwkError, JwsError, Value, base64url};
use mapae_sd_jwt::{IssuerFault, SdJwtError, StatusReference};
use mapae_types::Duration;
use serde_json::json;

use crate::scene::{Forge, NOW, VCT, at, expectation, sign, stranger, verify};

fn fault(change: impl FnOnce(&mut Forge)) -> IssuerFault {
    match Forge::with(change).refusal() {
        SdJwtError::Issuer(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unchanged_presentation_verifies_and_says_what_it_should() {
    let verified = Forge::new().verify().unwrap();
    assert_eq!(verified.vct(), VCT);
    assert_eq!(verified.issuer(), Some("https://id.example"));
    assert_eq!(verified.issued_at(), Some(at(NOW - 1000)));
    assert_eq!(verified.not_before(), Some(at(NOW - 1000)));
    assert_eq!(verified.expires(), Some(at(NOW + 1000)));
    assert_eq!(verified.bound_at(), at(NOW - 10));
    assert_eq!(verified.status(), Some(&StatusReference { uri: "https://id.example/status/1".into(), idx: 7 }));
    let claims = verified.claims();
    assert_eq!(claims["family_name"], "홍");
    assert_eq!(claims["nationalities"], json!(["KR", "XX"]));
    assert!(["_sd", "_sd_alg"].iter().all(|name| !claims.contains_key(*name)));
}

#[test]
fn a_signature_by_another_issuer_is_refused() {
    assert_eq!(fault(|forge| forge.issuer = stranger()), IssuerFault::Jws(JwsError::SignatureInvalid));
}

#[test]
fn peer_hole_07_a_credential_with_alg_none_is_refused() {
    let unsupported = JwsError::AlgorithmUnsupported { alg: "none".into() };
    assert_eq!(fault(|forge| forge.header["alg"] = "none".into()), IssuerFault::Jws(unsupported));
}

#[test]
fn peer_hole_07_a_credential_with_an_algorithm_for_another_key_is_refused() {
    let mismatch = JwsError::KeyMismatch { algorithm: Algorithm::Es384, key: Curve::P256 };
    assert_eq!(fault(|forge| forge.header["alg"] = "ES384".into()), IssuerFault::Jws(mismatch));
}

#[test]
fn a_critical_header_extension_is_refused() {
    let refused = IssuerFault::Jws(JwsError::CriticalExtension);
    assert_eq!(fault(|forge| forge.header["crit"] = json!(["x"])), refused);
}

#[test]
fn another_typ_is_refused_the_older_one_included() {
    for typ in [Some("vc+sd-jwt"), Some("DC+SD-JWT"), Some("kb+jwt"), Some("application/dc+sd-jwt"), None] {
        let refused = IssuerFault::TypeUnsupported { typ: typ.map(str::to_owned) };
        let header = typ.map_or(json!({"alg": "ES256"}), |typ| json!({"alg": "ES256", "typ": typ}));
        assert_eq!(fault(|forge| forge.header = header), refused);
    }
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    assert_eq!(fault(|forge| forge.payload = json!(["a"])), IssuerFault::Payload(JsonError::NotAnObject));
}

#[test]
fn peer_hole_16_a_payload_that_names_a_claim_twice_is_refused() {
    let forge = Forge::new();
    let payload = forge.payload.to_string().replacen('{', r#"{"family_name":"a","family_name":"b","#, 1);
    let text = forge.present().split_once('~').map(|(_, rest)| rest.to_owned()).unwrap();
    let text = sign(&forge.header, payload.as_bytes(), &forge.issuer) + "~" + &text;
    let refused = verify(&text, &expectation()).unwrap_err();
    assert!(matches!(refused, SdJwtError::Issuer(IssuerFault::Payload(JsonError::DuplicateName { .. }))));
}

#[test]
fn a_credential_without_a_type_is_refused() {
    for change in [|forge: &mut Forge| forge.remove("vct"), |forge: &mut Forge| forge.payload["vct"] = json!(1)] {
        assert_eq!(fault(change), IssuerFault::ClaimMalformed { name: "vct" });
    }
}

#[test]
fn registered_claims_of_another_type_are_refused() {
    for (name, value) in [
        ("iss", json!(1)),
        ("iat", json!("2026-01-01")),
        ("iat", json!(1.5)),
        ("nbf", json!(null)),
        ("exp", json!(1_795_001_000.5)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("aud", json!({})),
    ] {
        assert_eq!(fault(|forge| forge.payload[name] = value.clone()), IssuerFault::ClaimMalformed { name }, "{value}");
    }
}

#[test]
fn a_credential_may_leave_out_what_is_optional() {
    let forge = Forge::with(|forge| {
        for name in ["iss", "iat", "nbf", "exp", "status", "_sd_alg"] {
            forge.remove(name);
        }
    });
    let verified = forge.verify().unwrap();
    assert_eq!(
        (verified.issuer(), verified.issued_at(), verified.expires(), verified.status()),
        (None, None, None, None)
    );
}

#[test]
fn an_expired_credential_is_refused_with_the_date_of_its_expiry() {
    // The holder's clock may differ, the issuer's dates are exact.
    let (expired, skew) = (at(NOW + 1000), Duration::seconds(60));
    for (now, held) in [(NOW + 999, true), (NOW + 1000, false), (NOW + 500_000, false)] {
        let forge = Forge::with(|forge| forge.binding["iat"] = json!(now));
        let mut expected = expectation();
        (expected.now, expected.skew) = (at(now), skew);
        let result = verify(&forge.present(), &expected).map(|_| ());
        assert_eq!(result, if held { Ok(()) } else { Err(SdJwtError::Expired { expired, now: at(now) }) });
    }
}

#[test]
fn a_credential_of_the_future_is_refused_with_the_date_of_its_beginning() {
    let not_before = at(NOW - 1000);
    for (now, held) in [(NOW - 1000, true), (NOW - 1001, false)] {
        let forge = Forge::with(|forge| forge.binding["iat"] = json!(now));
        let mut expected = expectation();
        expected.now = at(now);
        let result = verify(&forge.present(), &expected).map(|_| ());
        assert_eq!(result, if held { Ok(()) } else { Err(SdJwtError::NotYetValid { not_before, now: at(now) }) });
    }
}

#[test]
fn peer_hole_13_a_refusal_names_the_date_that_caused_it() {
    let expired = Forge::with(|forge| forge.payload["exp"] = json!(NOW - 500)).refusal().to_string();
    assert_eq!(expired, format!("the credential expired at {} (now {})", at(NOW - 500), at(NOW)));
    let early = Forge::with(|forge| forge.payload["nbf"] = json!(NOW + 500)).refusal().to_string();
    assert_eq!(early, format!("the credential is not valid before {} (now {})", at(NOW + 500), at(NOW)));
}

#[test]
fn a_credential_for_other_verifiers_is_refused() {
    let with_audience = |audience: Value| Forge::with(|forge| forge.payload["aud"] = audience).verify().map(|_| ());
    for audience in [json!("another"), json!(["another", 1]), json!([])] {
        assert_eq!(with_audience(audience), Err(SdJwtError::AudienceExcluded));
    }
    for audience in [json!(crate::scene::AUDIENCE), json!(["another", crate::scene::AUDIENCE])] {
        with_audience(audience).unwrap();
    }
}

#[test]
fn a_credential_bound_to_no_key_is_refused() {
    for cnf in [json!({}), json!(null), json!({"kid": "k"}), json!([])] {
        assert_eq!(fault(|forge| forge.payload["cnf"] = cnf), IssuerFault::HolderKeyMissing);
    }
    assert_eq!(fault(|forge| forge.remove("cnf")), IssuerFault::HolderKeyMissing);
}

#[test]
fn a_credential_bound_to_an_unusable_key_is_refused() {
    let refused = |name: &str, value: Value| fault(|forge| forge.payload["cnf"]["jwk"][name] = value);
    assert_eq!(refused("kty", json!("RSA")), IssuerFault::HolderKey(JwkError::KeyTypeUnsupported));
    assert_eq!(refused("d", json!("AA")), IssuerFault::HolderKey(JwkError::PrivateKey));
    let off_curve = refused("x", base64url::encode([1; 32]).into());
    assert_eq!(off_curve, IssuerFault::HolderKey(JwkError::NotOnCurve { curve: Curve::P256 }));
}

#[test]
fn a_status_that_cannot_be_read_is_refused() {
    for status in [
        json!(null),
        json!({}),
        json!({"other": 1}),
        json!({"status_list": {}}),
        json!({"status_list": {"idx": 1}}),
        json!({"status_list": {"idx": 1, "uri": ""}}),
        json!({"status_list": {"idx": 1, "uri": 2}}),
        json!({"status_list": {"uri": "https://id.example"}}),
        json!({"status_list": {"idx": -1, "uri": "https://id.example"}}),
        json!({"status_list": {"idx": "1", "uri": "https://id.example"}}),
        json!({"status_list": {"idx": 1.0, "uri": "https://id.example"}}),
    ] {
        assert_eq!(fault(|forge| forge.payload["status"] = status.clone()), IssuerFault::StatusMalformed, "{status}");
    }
}

#[test]
fn a_hash_algorithm_that_is_not_accepted_is_refused() {
    for name in ["sha-1", "md5", "SHA-256", "sha-256-128", ""] {
        let refused = IssuerFault::HashUnsupported { name: Some(name.to_owned()) };
        assert_eq!(fault(|forge| forge.payload["_sd_alg"] = name.into()), refused);
    }
    assert_eq!(fault(|forge| forge.payload["_sd_alg"] = json!(256)), IssuerFault::HashUnsupported { name: None });
}

#[test]
fn longer_hashes_are_read() {
    use mapae_crypto::HashAlgorithm::{Sha384, Sha512};
    for (name, hash) in [("sha-384", Sha384), ("sha-512", Sha512)] {
        let digest = |text: &str| base64url::encode(hash.digest(&[text.as_bytes()]));
        let mut forge = Forge::with(|forge| {
            forge.payload["_sd_alg"] = name.into();
            forge.payload["_sd"] = json!([digest(&forge.disclosures[0])]);
            forge.payload["nationalities"] = json!([{"...": digest(&forge.disclosures[1])}]);
        });
        // `sd_hash` uses the same hash (RFC 9901 §4.3.1); the helper's SHA-256 is refused.
        assert!(matches!(forge.refusal(), SdJwtError::Holder(mapae_sd_jwt::HolderFault::HashMismatch)));
        // ECDSA signatures differ at each call, hence the presentation is put together here.
        let bound = forge.bound();
        forge.binding["sd_hash"] = digest(&bound).into();
        let text = bound + &sign(&forge.binding_header, forge.binding.to_string().as_bytes(), &forge.holder);
        assert_eq!(verify(&text, &expectation()).unwrap().claims()["family_name"], "홍");
    }
}

#[test]
fn peer_hole_11_neither_debug_nor_refusals_show_claims_or_keys() {
    let forge = Forge::new();
    let text = forge.present();
    let key = forge.issuer.public().clone();
    let parsed = mapae_sd_jwt::SdJwtPresentation::parse(&text).unwrap();
    let mut shown = vec![format!("{parsed:?}")];
    let issuer_verified = parsed.verify_issuer(&key).unwrap();
    shown.push(format!("{issuer_verified:?}"));
    let processed = issuer_verified.process().unwrap();
    shown.push(format!("{processed:?}"));
    let verified = processed.verify_holder(&expectation()).unwrap();
    shown.push(format!("{verified:?} {:?}", verified.holder()));
    let taken = Forge::with(|forge| forge.disclose(&json!(["s", "family_name", "Secret"]))).refusal();
    shown.push(format!("{taken} {taken:?}"));
    let jwk = Jwk::from(forge.holder.public().clone()).to_object();
    for secret in ["홍", "Secret", "salt-1", jwk["x"].as_str().unwrap(), &forge.disclosures[0]] {
        assert!(!shown.iter().any(|line| line.contains(secret)), "{shown:?}");
    }
}
