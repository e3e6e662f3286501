//! What holds, and what a relying party then learns.

use mapae_cose::cbor::Value as CborValue;
use mapae_crypto::sha256;
use mapae_types::Duration;
use mapae_verify::{Claims, HolderBinding, StatusEvidence, Verified};
use serde_json::json;
use testkit::{BOTH, Format, World, now, person};

use crate::{mdoc, sd_jwt};

#[test]
fn both_documents_hold_in_both_formats() {
    for format in BOTH {
        for (document, n) in [("resident", 0), ("resident", 1), ("licence", 0), ("licence", 2)] {
            let world = World::new();
            let copy = world.issue_document(format, document, n, &world.terms());
            let verified = world.verify(&world.answer(&copy)).unwrap();
            let [credential] = verified.credentials() else { panic!("one was shown") };
            let kind = [copy.document.doctype(), copy.document.vct()][usize::from(format == Format::SdJwt)];
            assert_eq!((credential.format(), credential.document_type()), (format, kind));
        }
    }
}

#[test]
fn everything_disclosed_holds_with_its_portrait() {
    for format in BOTH {
        let world = World::new();
        let copy = world.issue(format);
        let all: Vec<&str> = copy.document.attributes().iter().map(mapae_document::Attribute::id).collect();
        let verified = world.verify(&world.request.answer(&copy, &all)).unwrap();
        let claims = verified.credentials()[0].claims().to_json().to_string();
        assert!(claims.contains(&person(0).resident_number) && claims.len() > 10_000);
    }
}

#[test]
fn an_mdoc_discloses_what_was_chosen_and_nothing_else() {
    let scene = mdoc::scene();
    let verified = scene.world.verify(&scene.shown).unwrap();
    let name = &person(0).name;
    let korean = "org.iso.23220.photoid.1.KR";
    let expected = [
        (mdoc::SPACE, "family_name", CborValue::text(&name.family_latin)),
        (mdoc::SPACE, "age_over_19", CborValue::from(true)),
        (korean, "family_name_hangul", CborValue::text(&name.family)),
    ];
    let expected = expected.map(|(space, element, value)| (space.to_owned(), element.to_owned(), value)).to_vec();
    assert!(*verified.credentials()[0].claims() == Claims::Mdoc(expected));
}

/// A relying party that keeps what it is handed must not keep the copy's key and status index (design D7).
#[test]
fn an_sd_jwt_discloses_claims_about_the_subject_only() {
    let name = &person(0).name;
    let expected = json!({
        "family_name": name.family_latin,
        "family_name#ko": name.family,
        "age_equal_or_over": { "19": true },
    });
    let mut scene = sd_jwt::scene();
    assert!(scene.payload["address"].is_object(), "an object whose members are withheld stands in the payload");
    let claims = |shown: &[u8]| scene.world.verify(shown).unwrap().credentials()[0].claims().to_json();
    assert_eq!(claims(&scene.shown()), expected);
    for (name, value) in [("aud", json!("x509_hash:relying-party")), ("jti", json!("1")), ("vct#integrity", json!("x"))]
    {
        scene.payload[name] = value;
    }
    let claims = |shown: &[u8]| scene.world.verify(shown).unwrap().credentials()[0].claims().to_json();
    assert_eq!(claims(&scene.shown()), expected);
}

#[test]
fn objects_that_hold_nothing_are_no_claims_at_any_depth() {
    let mut scene = sd_jwt::scene();
    scene.payload["a"] = json!({ "b": { "c": {} }, "d": { "e": null } });
    scene.payload["f"] = json!([{}, 1]);
    let verified = scene.world.verify(&scene.shown()).unwrap();
    let claims = verified.credentials()[0].claims().to_json();
    assert_eq!((&claims["a"], &claims["f"]), (&json!({ "d": { "e": null } }), &json!([{}, 1])));
}

#[test]
fn the_issuer_is_the_one_whose_certificate_verified() {
    for format in BOTH {
        let world = World::new();
        let verified = world.verify(&world.show(format)).unwrap();
        let issuer = verified.credentials()[0].issuer();
        let certificate = &world.signer(format).certificate;
        assert_eq!(issuer.signer(), certificate.subject());
        assert_eq!(issuer.root(), world.pki.root.certificate().subject());
        assert_eq!(issuer.country(), Some("KR"));
        assert_eq!(*issuer.certificate_sha256(), sha256(certificate.der()));
    }
}

#[test]
fn the_holder_is_bound_as_the_format_binds() {
    let mut world = World::new();
    world.request.answered_at = now() - Duration::seconds(17);
    let bound = |verified: Verified| verified.credentials()[0].holder_binding();
    assert_eq!(bound(world.verify(&world.show(Format::Mdoc)).unwrap()), HolderBinding::DeviceSignature);
    let signed_at = now() - Duration::seconds(17);
    assert_eq!(bound(world.verify(&world.show(Format::SdJwt)).unwrap()), HolderBinding::KeyBinding { signed_at });
}

#[test]
fn a_credential_says_until_when_it_may_be_used() {
    for format in BOTH {
        let world = World::new();
        let copy = world.issue(format);
        let verified = world.verify(&world.answer(&copy)).unwrap();
        assert_eq!(verified.credentials()[0].valid_until(), Some(world.terms().valid_until));
    }
}

/// Another issuer's documents need nothing that ours have (hole 12 of the peers).
#[test]
fn peer_hole_12_a_foreign_document_without_our_extensions_holds() {
    for format in BOTH {
        let (mut world, abroad) = (World::new(), World::of(2, "FR"));
        world.trust(&abroad, mapae_trust::StatusRule::NotPublished);
        let copy = abroad.issue_on(format, |terms| terms.status = None);
        let verified = world.verify(&world.answer(&copy)).unwrap();
        let credential = &verified.credentials()[0];
        assert_eq!(credential.issuer().country(), Some("FR"));
        assert_eq!(credential.evidence().status(), StatusEvidence::NotPublished);
    }
}

#[test]
fn peer_hole_12_members_that_we_do_not_know_are_passed_over() {
    let scene = mdoc::scene();
    assert_eq!(scene.code(&scene.edit_mso(|mso| mdoc::set(mso, "private", "extension"))), "held");
    assert_eq!(sd_jwt::code_with(|scene| scene.header["private"] = json!("extension")), "held");
    assert_eq!(sd_jwt::code_with(|scene| drop(scene.payload.as_object_mut().unwrap().remove("iss"))), "held");
}
