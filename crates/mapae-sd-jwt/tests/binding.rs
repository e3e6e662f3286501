//! Rules about the key binding (RFC 9901 §7.3 step 5): each broken alone.

use mapae_crypto::{Algorithm, Curve};
use mapae_jose::{JsonError, JwsError};
use mapae_sd_jwt::{HolderFault, SdJwtError};
use mapae_types::Duration;
use serde_json::json;

use crate::scene::{AUDIENCE, Forge, NONCE, NOW, at, digest, expectation, sign, stranger, verify};

fn fault(change: impl FnOnce(&mut Forge)) -> HolderFault {
    match Forge::with(change).refusal() {
        SdJwtError::Holder(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn peer_hole_07_a_presentation_without_key_binding_is_refused() {
    let bare = Forge::new().bound();
    assert_eq!(verify(&bare, &expectation()).unwrap_err(), HolderFault::KeyBindingMissing.into());
}

#[test]
fn a_key_binding_by_another_key_is_refused() {
    let refused = HolderFault::KeyBindingJws(JwsError::SignatureInvalid);
    assert_eq!(fault(|forge| forge.holder = stranger()), refused);
}

#[test]
fn peer_hole_07_a_key_binding_with_alg_none_is_refused() {
    let refused = HolderFault::KeyBindingJws(JwsError::AlgorithmUnsupported { alg: "none".into() });
    assert_eq!(fault(|forge| forge.binding_header["alg"] = "none".into()), refused);
}

#[test]
fn peer_hole_07_a_key_binding_with_an_algorithm_for_another_key_is_refused() {
    let mismatch = JwsError::KeyMismatch { algorithm: Algorithm::Es384, key: Curve::P256 };
    assert_eq!(fault(|forge| forge.binding_header["alg"] = "ES384".into()), HolderFault::KeyBindingJws(mismatch));
}

#[test]
fn a_key_binding_with_a_critical_extension_is_refused() {
    let refused = HolderFault::KeyBindingJws(JwsError::CriticalExtension);
    assert_eq!(fault(|forge| forge.binding_header["crit"] = json!(["x"])), refused);
}

#[test]
fn a_jwt_of_another_type_is_no_key_binding() {
    for typ in [Some("jwt"), Some("dc+sd-jwt"), Some("KB+JWT"), None] {
        let header = typ.map_or(json!({"alg": "ES256"}), |typ| json!({"alg": "ES256", "typ": typ}));
        let refused = HolderFault::KeyBindingType { typ: typ.map(str::to_owned) };
        assert_eq!(fault(|forge| forge.binding_header = header), refused);
    }
}

#[test]
fn a_key_binding_whose_payload_is_no_object_is_refused() {
    let forge = Forge::new();
    let text = forge.bound() + &sign(&forge.binding_header, b"[]", &forge.holder);
    let refused = HolderFault::KeyBindingPayload(JsonError::NotAnObject);
    assert_eq!(verify(&text, &expectation()).unwrap_err(), refused.into());
}

#[test]
fn a_key_binding_that_lacks_a_claim_is_refused() {
    for name in ["iat", "aud", "nonce"] {
        let refused = fault(|forge| drop(forge.binding.as_object_mut().unwrap().remove(name)));
        assert_eq!(refused, HolderFault::KeyBindingClaim { name });
    }
    for (name, value) in [
        ("iat", json!("now")),
        ("iat", json!(1.5)),
        ("aud", json!([AUDIENCE])),
        ("nonce", json!(1)),
        ("sd_hash", json!(null)),
        ("exp", json!("never")),
        ("nbf", json!({})),
    ] {
        assert_eq!(fault(|forge| forge.binding[name] = value), HolderFault::KeyBindingClaim { name });
    }
}

#[test]
fn a_key_binding_without_sd_hash_is_refused() {
    let forge = Forge::new();
    let text = forge.bound() + &sign(&forge.binding_header, forge.binding.to_string().as_bytes(), &forge.holder);
    assert_eq!(verify(&text, &expectation()).unwrap_err(), HolderFault::KeyBindingClaim { name: "sd_hash" }.into());
}

#[test]
fn peer_hole_07_a_presentation_for_another_verifier_is_refused() {
    assert_eq!(fault(|forge| forge.binding["aud"] = "another".into()), HolderFault::AudienceMismatch);
}

#[test]
fn peer_hole_07_a_presentation_replayed_to_another_request_is_refused() {
    assert_eq!(fault(|forge| forge.binding["nonce"] = "old".into()), HolderFault::NonceMismatch);
    let mut expected = expectation();
    expected.nonce = "next";
    assert_eq!(verify(&Forge::new().present(), &expected).unwrap_err(), HolderFault::NonceMismatch.into());
}

#[test]
fn peer_hole_07_a_wrong_sd_hash_is_refused() {
    let forge = Forge::new();
    let bound = forge.bound();
    for wrong in [digest("other"), digest(bound.trim_end_matches('~')), digest(&bound) + "=", String::new()] {
        assert_eq!(fault(|forge| forge.binding["sd_hash"] = wrong.into()), HolderFault::HashMismatch);
    }
}

#[test]
fn a_disclosure_added_or_dropped_after_the_holder_signed_is_refused() {
    let text = Forge::new().present();
    let parts: Vec<&str> = text.split('~').collect();
    let fewer = [parts[0], parts[1], parts[3]].join("~");
    assert_eq!(verify(&fewer, &expectation()).unwrap_err(), HolderFault::HashMismatch.into());
    let swapped = [parts[0], parts[2], parts[1], parts[3]].join("~");
    assert_eq!(verify(&swapped, &expectation()).unwrap_err(), HolderFault::HashMismatch.into());
}

#[test]
fn peer_hole_22_an_old_key_binding_is_refused() {
    let (now, max_age) = (at(NOW), Duration::seconds(300));
    Forge::with(|forge| forge.binding["iat"] = json!(NOW - 300)).verify().unwrap();
    for issued_at in [NOW - 301, NOW - 365 * 86_400, 0] {
        let refused = HolderFault::KeyBindingTooOld { issued_at: at(issued_at), now, max_age };
        assert_eq!(fault(|forge| forge.binding["iat"] = json!(issued_at)), refused);
    }
}

#[test]
fn a_key_binding_from_the_future_is_refused() {
    Forge::with(|forge| forge.binding["iat"] = json!(NOW + 60)).verify().unwrap();
    let refused = HolderFault::KeyBindingFromFuture { issued_at: at(NOW + 61), now: at(NOW) };
    assert_eq!(fault(|forge| forge.binding["iat"] = json!(NOW + 61)), refused);
}

#[test]
fn a_key_binding_with_times_of_its_own_is_held_to_them() {
    let now = at(NOW);
    Forge::with(|forge| forge.binding["exp"] = json!(NOW - 59)).verify().unwrap();
    let expired = HolderFault::KeyBindingExpired { expired: at(NOW - 60), now };
    assert_eq!(fault(|forge| forge.binding["exp"] = json!(NOW - 60)), expired);
    Forge::with(|forge| forge.binding["nbf"] = json!(NOW + 60)).verify().unwrap();
    let early = HolderFault::KeyBindingNotYetValid { not_before: at(NOW + 61), now };
    assert_eq!(fault(|forge| forge.binding["nbf"] = json!(NOW + 61)), early);
}

#[test]
fn claims_in_the_key_binding_are_not_claims_of_the_credential() {
    let verified = Forge::with(|forge| {
        forge.binding["family_name"] = "Kim".into();
        forge.binding["age_over_19"] = true.into();
        forge.binding["_sd"] = json!([digest("x")]);
        forge.binding["vct"] = "another".into();
    })
    .verify()
    .unwrap();
    assert_eq!(verified.claims()["family_name"], "홍");
    assert!(["age_over_19", "nonce", "aud", "sd_hash"].iter().all(|name| !verified.claims().contains_key(*name)));
    assert_eq!(NONCE, expectation().nonce);
}
