//! Who holds it: the holder of the copy's key, in this session, now.

use mapae_cose::cbor::Value;
use mapae_crypto::SigningKey;
use mapae_jose::base64url;
use mapae_mdoc::SessionTranscript;
use mapae_types::Duration;
use mapae_verify::Policy;
use serde_json::json;
use testkit::{BOTH, Format, Request, World, now};

use crate::{
    code,
    mdoc::{self, DEVICE_AUTH, DOCUMENT, at, map, remove, set},
    sd_jwt::{self, code_with},
};

const YEAR: Duration = Duration::days(365);

fn stranger() -> SigningKey {
    SigningKey::from_scalar(&[3; 32]).unwrap()
}

/// The verdict on an answer to another request than the one that is checked.
fn replayed(format: Format, change: impl FnOnce(&mut Request)) -> &'static str {
    let mut world = World::new();
    let shown = world.show(format);
    assert_eq!(code(world.verify(&shown)), "held");
    change(&mut world.request);
    code(world.verify(&shown))
}

#[test]
fn an_answer_to_another_nonce_is_refused() {
    let other = |request: &mut Request| request.nonce = "nonce-2".to_owned();
    assert_eq!(replayed(Format::Mdoc, other), "holder_binding_invalid");
    assert_eq!(replayed(Format::SdJwt, other), "wrong_nonce");
}

#[test]
fn an_answer_to_another_relying_party_is_refused() {
    let other = |request: &mut Request| request.client_id = "x509_hash:another".to_owned();
    assert_eq!(replayed(Format::Mdoc, other), "holder_binding_invalid");
    assert_eq!(replayed(Format::SdJwt, other), "wrong_audience");
}

/// Only the transcript names where the answer goes; a key binding has the client id for it (OpenID4VP 1.0 B.3.6).
#[test]
fn an_answer_to_another_response_uri_is_refused_where_it_is_bound() {
    let other = |request: &mut Request| request.response_uri = "https://another.example".to_owned();
    assert_eq!(replayed(Format::Mdoc, other), "holder_binding_invalid");
    assert_eq!(replayed(Format::SdJwt, other), "held");
}

#[test]
fn another_holders_key_is_refused() {
    for format in BOTH {
        let world = World::new();
        let mut copy = world.issue(format);
        copy.holder = world.issue(format).holder;
        assert_eq!(code(world.verify(&world.answer(&copy))), "holder_binding_invalid");
    }
}

#[test]
fn peer_hole_07_a_presentation_without_key_binding_is_refused() {
    let scene = sd_jwt::scene();
    let bound = scene.bound(&scene.world.pki.sd_jwt.key);
    assert_eq!(scene.code(&scene.bind(&bound, &scene.copy.holder)), "held");
    assert_eq!(scene.code(bound.as_bytes()), "holder_binding_missing");
    assert_eq!(scene.code(&scene.copy.bytes), "holder_binding_missing", "the copy itself");
    let unbound = |scene: &mut sd_jwt::Scene| drop(scene.payload.as_object_mut().unwrap().remove("cnf"));
    assert_eq!(code_with(unbound), "holder_binding_missing");
}

#[test]
fn peer_hole_07_a_key_binding_for_other_contents_is_refused() {
    let other_hash = |scene: &mut sd_jwt::Scene| scene.sd_hash = Some(base64url::encode([0; 32]));
    assert_eq!(code_with(other_hash), "holder_binding_invalid");
    // One claim less, or one more, than the holder agreed to.
    let scene = sd_jwt::scene();
    let bound = scene.bound(&scene.world.pki.sd_jwt.key);
    let shown = String::from_utf8(scene.bind(&bound, &scene.copy.holder)).unwrap();
    let less = shown.replacen(&format!("{}~", scene.disclosures[0]), "", 1);
    assert_eq!(scene.code(less.as_bytes()), "holder_binding_invalid");
    let issued = String::from_utf8(scene.copy.bytes.clone()).unwrap();
    let withheld = issued.split('~').find(|part| !part.is_empty() && !shown.contains(part) && !part.contains('.'));
    let more = shown.replacen('~', &format!("~{}~", withheld.unwrap()), 1);
    assert_eq!(scene.code(more.as_bytes()), "holder_binding_invalid");
}

#[test]
fn peer_hole_07_nonce_and_audience_are_compared() {
    for (member, verdict) in [("nonce", "wrong_nonce"), ("aud", "wrong_audience")] {
        for value in [json!("another"), json!("")] {
            assert_eq!(code_with(|scene| scene.binding[member] = value), verdict);
        }
        let list = |scene: &mut sd_jwt::Scene| scene.binding[member] = json!([scene.binding[member]]);
        assert_eq!(code_with(list), "malformed");
        let absent = |scene: &mut sd_jwt::Scene| drop(scene.binding.as_object_mut().unwrap().remove(member));
        assert_eq!(code_with(absent), "malformed");
    }
}

#[test]
fn peer_hole_07_alg_none_is_refused() {
    for alg in ["none", "None", "HS256", ""] {
        assert_eq!(code_with(|scene| scene.header["alg"] = json!(alg)), "unsupported");
        assert_eq!(code_with(|scene| scene.binding_header["alg"] = json!(alg)), "unsupported");
    }
    let scene = mdoc::scene();
    for part in [format!("{}/0", mdoc::ISSUER_AUTH), format!("{DEVICE_AUTH}/deviceSignature/0")] {
        for header in [vec![0xa0], vec![0xa1, 0x01, 0x05], Vec::new()] {
            let altered = scene.edit(&part, |protected| *protected = Value::Bytes(header));
            assert_eq!(scene.code(&altered), "unsupported");
        }
    }
}

#[test]
fn peer_hole_07_key_confusion_between_algorithms_is_refused() {
    assert_eq!(code_with(|scene| scene.header["alg"] = json!("ES384")), "issuer_signature_invalid");
    assert_eq!(code_with(|scene| scene.binding_header["alg"] = json!("ES384")), "holder_binding_invalid");
    let scene = mdoc::scene();
    let es384 = |protected: &mut Value| *protected = Value::Bytes(vec![0xa1, 0x01, 0x38, 0x22]);
    assert_eq!(scene.code(&scene.edit(&format!("{}/0", mdoc::ISSUER_AUTH), es384)), "issuer_signature_invalid");
    let device = format!("{DEVICE_AUTH}/deviceSignature/0");
    assert_eq!(scene.code(&scene.edit(&device, es384)), "holder_binding_invalid");
}

#[test]
fn a_key_binding_of_another_type_is_refused() {
    for typ in [json!("JWT"), json!("dc+sd-jwt"), json!("KB+JWT")] {
        assert_eq!(code_with(|scene| scene.binding_header["typ"] = typ), "holder_binding_invalid");
    }
}

/// One JWT of the issuer's own key is none of the holder's.
#[test]
fn a_key_binding_by_the_issuers_key_is_refused() {
    let scene = sd_jwt::scene();
    let issuer = &scene.world.pki.sd_jwt.key;
    assert_eq!(scene.code(&scene.signed_by(issuer, issuer)), "holder_binding_invalid");
    assert_eq!(scene.code(&scene.signed_by(issuer, &stranger())), "holder_binding_invalid");
}

#[test]
fn a_credential_for_other_relying_parties_is_refused() {
    assert_eq!(code_with(|scene| scene.payload["aud"] = json!(scene.world.request.client_id)), "held");
    assert_eq!(code_with(|scene| scene.payload["aud"] = json!("another")), "audience_excluded");
}

#[test]
fn peer_hole_21_a_transcript_in_the_wrong_wrapping_is_refused() {
    let request = Request::default();
    let transcript = request.transcript();
    assert!(SessionTranscript::from_cbor(&transcript.to_tagged()).is_err());
    assert_eq!(SessionTranscript::from_cbor(transcript.as_bytes()).unwrap(), transcript);
}

#[test]
fn peer_hole_21_an_answer_in_one_session_holds_in_no_other() {
    let (mut world, shown) = (World::new(), World::new().show(Format::Mdoc));
    for change in [
        |request: &mut Request| request.nonce.push('1'),
        |request: &mut Request| request.client_id.push('1'),
        |request: &mut Request| request.response_uri.push('1'),
        // The same characters, cut in another place.
        |request: &mut Request| {
            request.client_id.push('n');
            request.nonce.remove(0);
        },
    ] {
        world.request = Request::default();
        assert_eq!(code(world.verify(&shown)), "held");
        change(&mut world.request);
        assert_eq!(code(world.verify(&shown)), "holder_binding_invalid");
    }
}

#[test]
fn peer_hole_22_a_key_binding_a_year_old_is_refused() {
    assert_eq!(code_with(|scene| scene.binding["iat"] = json!((now() - YEAR).unix())), "presentation_time");
}

#[test]
fn a_key_binding_is_good_for_as_long_as_the_policy_says() {
    let signed = |seconds: i64, policy: &Policy<'_>| {
        let mut world = World::new();
        world.request.answered_at = now() - Duration::seconds(seconds);
        code(world.verify_with(&world.show(Format::SdJwt), now(), policy))
    };
    let policy = Policy::default();
    assert_eq!((signed(600, &policy), signed(601, &policy)), ("held", "presentation_time"));
    assert_eq!((signed(-60, &policy), signed(-61, &policy)), ("held", "presentation_time"));
    let patient = policy.presented_within(Duration::days(2));
    assert_eq!((signed(172_800, &patient), signed(172_801, &patient)), ("held", "presentation_time"));
}

#[test]
fn a_key_binding_with_dates_of_its_own_keeps_to_them() {
    let dated = |name: &str, seconds: i64| code_with(|scene| scene.binding[name] = json!(now().unix() + seconds));
    assert_eq!((dated("exp", 10), dated("exp", -60)), ("held", "presentation_time"));
    assert_eq!((dated("nbf", 60), dated("nbf", 61)), ("held", "presentation_time"));
}

#[test]
fn peer_hole_23_a_missing_device_signature_is_refused() {
    let scene = mdoc::scene();
    let without = scene.edit(DOCUMENT, |document| remove(document, "deviceSigned"));
    assert_eq!(scene.code(&without), "malformed");
    assert_eq!(scene.code(&scene.edit(DEVICE_AUTH, |auth| *auth = map([]))), "holder_binding_missing");
    let null = scene.edit(&format!("{DEVICE_AUTH}/deviceSignature"), |signature| *signature = Value::Null);
    assert_eq!(scene.code(&null), "malformed");
    let empty = scene.edit(&format!("{DEVICE_AUTH}/deviceSignature/3"), |bytes| *bytes = Value::Bytes(Vec::new()));
    assert_eq!(scene.code(&empty), "holder_binding_invalid");
}

#[test]
fn peer_hole_23_a_device_signature_by_anybody_else_is_refused() {
    let mut scene = mdoc::scene();
    let signed = |scene: &mdoc::Scene| scene.with_device_signed(&scene.shown, scene.copy.document.doctype(), &map([]));
    assert_eq!(scene.code(&signed(&scene)), "held");
    scene.copy.holder = stranger();
    assert_eq!(scene.code(&signed(&scene)), "holder_binding_invalid");
    scene.copy.holder = SigningKey::from_pkcs8_pem(&scene.world.pki.document.key.to_pkcs8_pem()).unwrap();
    assert_eq!(scene.code(&signed(&scene)), "holder_binding_invalid", "the issuer is not the holder");
}

#[test]
fn an_element_that_the_device_may_not_sign_is_refused() {
    let scene = mdoc::scene();
    let doc_type = scene.copy.document.doctype();
    let own = map([("org.example", map([("seat", Value::from("12A"))]))]);
    assert_eq!(scene.code(&scene.with_device_signed(&scene.shown, doc_type, &own)), "device_element_unauthorized");
    let authorized = scene.edit_mso(|mso| {
        let spaces = map([("nameSpaces", Value::Array(vec![Value::from("org.example")]))]);
        set(at(mso, "deviceKeyInfo"), "keyAuthorizations", spaces);
    });
    let verified = scene.world.verify(&scene.with_device_signed(&authorized, doc_type, &own)).unwrap();
    assert_eq!(verified.credentials()[0].claims().to_json()["org.example"]["seat"], "12A");
}
