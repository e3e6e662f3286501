//! What was signed: every disclosed claim leads back to the issuer's signature.

use mapae_cose::cbor::Value;
use mapae_jose::base64url;
use mapae_types::Duration;
use serde_json::json;
use testkit::{Format, now};

use crate::{
    mdoc::{self, ITEMS, SPACE, at, backwards, map, set},
    sd_jwt::{self, code_with},
};

#[test]
fn peer_hole_03_digests_are_taken_over_the_bytes_received() {
    let scene = mdoc::scene();
    let other_order = backwards(&scene.item(0));
    assert_ne!(other_order, scene.item(0).to_cbor());
    assert_eq!(scene.code(&scene.with_item(0, other_order.clone())), "held");
    // The same values in other bytes than the issuer hashed.
    let unhashed = scene.edit(&format!("{ITEMS}/0"), |item| {
        let Value::Tag(_, bytes) = item else { panic!("not a tag") };
        **bytes = Value::Bytes(other_order);
    });
    assert_eq!(scene.code(&unhashed), "digest_mismatch");
    assert_eq!(scene.code(&scene.with_mso(&scene.shown, backwards(&mdoc::mso_of(&scene.shown)))), "held");
}

#[test]
fn peer_hole_03_disclosures_are_hashed_as_they_came() {
    let spaced = |scene: &mut sd_jwt::Scene, digest_too: bool| {
        let index = scene.disclosure_of("family_name");
        let old = scene.disclosures[index].clone();
        let new = base64url::encode(sd_jwt::json_of(&old).to_string().replace(',', " ,\n"));
        if digest_too {
            scene.replace_digest(&old, &new);
        }
        scene.disclosures[index] = new;
    };
    assert_eq!(code_with(|scene| spaced(scene, true)), "held");
    assert_eq!(code_with(|scene| spaced(scene, false)), "digest_missing");
}

#[test]
fn peer_hole_04_edited_claims_are_refused() {
    let scene = mdoc::scene();
    let edited = |change: &dyn Fn(&mut Value)| {
        scene.edit(&format!("{ITEMS}/0"), |item| {
            let Value::Tag(_, bytes) = item else { panic!("not a tag") };
            let mut inner = scene.item(0);
            change(&mut inner);
            **bytes = Value::Bytes(inner.to_cbor());
        })
    };
    assert_eq!(scene.code(&edited(&|_| {})), "held");
    for (member, value) in [
        ("elementValue", Value::from("ANOTHER")),
        ("elementIdentifier", Value::from("given_name")),
        ("random", Value::Bytes(vec![0; 16])),
    ] {
        assert_eq!(scene.code(&edited(&|item| set(item, member, value.clone()))), "digest_mismatch", "{member}");
    }
    assert_eq!(scene.code(&edited(&|item| set(item, "digestID", 9999))), "digest_missing");
    let disclosure = |change: fn(&mut serde_json::Value)| {
        code_with(|scene| {
            let index = scene.disclosure_of("family_name");
            let mut inner = sd_jwt::json_of(&scene.disclosures[index]);
            change(&mut inner);
            scene.disclosures[index] = base64url::encode(inner.to_string());
        })
    };
    assert_eq!(disclosure(|_| {}), "held");
    for change in
        [|inner: &mut _| set_json(inner, 0), |inner: &mut _| set_json(inner, 1), |inner: &mut _| set_json(inner, 2)]
    {
        assert_eq!(disclosure(change), "digest_missing");
    }
}

fn set_json(disclosure: &mut serde_json::Value, index: usize) {
    disclosure[index] = json!("ANOTHER");
}

#[test]
fn peer_hole_04_edited_validity_is_refused() {
    let long_ago = now() - Duration::days(5);
    let scene = mdoc::scene();
    let longer = |mso: &mut Value| *at(mso, "validityInfo/validUntil") = Value::date_time(now() + Duration::days(350));
    assert_eq!(scene.code(&scene.edit_mso(longer)), "held", "the issuer may say so");
    let mut by_holder = Value::from_cbor(&scene.edit_mso(longer)).unwrap();
    let signature = at(&mut Value::from_cbor(&scene.shown).unwrap(), &format!("{}/3", mdoc::ISSUER_AUTH)).clone();
    *at(&mut by_holder, &format!("{}/3", mdoc::ISSUER_AUTH)) = signature;
    assert_eq!(scene.code(&by_holder.to_cbor()), "issuer_signature_invalid");
    let over = scene.edit_mso(|mso| *at(mso, "validityInfo/validUntil") = Value::date_time(long_ago));
    assert_eq!(scene.code(&over), "expired");

    let mut scene = sd_jwt::scene();
    let signed = String::from_utf8(scene.shown()).unwrap();
    scene.payload["exp"] = json!((now() + Duration::days(350)).unix());
    assert_eq!(scene.code(&scene.shown()), "held", "the issuer may say so");
    let (bound, signature) = (scene.bound(&scene.world.pki.sd_jwt.key), |jwt: &str| {
        jwt.split('~').next().unwrap().rsplit_once('.').unwrap().1.to_owned()
    });
    let by_holder = bound.replacen(&signature(&bound), &signature(&signed), 1);
    assert_eq!(scene.code(&scene.bind(&by_holder, &scene.copy.holder)), "issuer_signature_invalid");
    scene.payload["exp"] = json!(long_ago.unix());
    assert_eq!(scene.code(&scene.shown()), "expired");
}

#[test]
fn an_element_that_the_issuer_did_not_sign_is_refused() {
    let scene = mdoc::scene();
    let item = |scene: &mdoc::Scene| at(&mut Value::from_cbor(&scene.shown).unwrap(), &format!("{ITEMS}/0")).clone();
    let elsewhere = scene.edit("documents/0/issuerSigned/nameSpaces", |spaces| {
        set(spaces, "org.example", Value::Array(vec![item(&scene)]));
    });
    assert_eq!(scene.code(&elsewhere), "digest_missing");
    let unsigned =
        |scene: &mut sd_jwt::Scene| scene.disclosures.push(base64url::encode(r#"["salt","nickname","Gil"]"#));
    assert_eq!(code_with(unsigned), "digest_missing");
    assert_eq!(code_with(|scene| scene.disclose(&json!(["salt", "nickname", "Gil"]))), "held");
}

#[test]
fn an_element_that_another_copy_shows_is_refused() {
    let scene = mdoc::scene();
    let other = scene.world.issue(Format::Mdoc);
    let mut other = Value::from_cbor(&scene.world.answer(&other)).unwrap();
    let borrowed = scene.edit(ITEMS, |items| *items = at(&mut other, ITEMS).clone());
    assert!(["digest_mismatch", "digest_missing"].contains(&scene.code(&borrowed)));
    let mut scene = sd_jwt::scene();
    scene.disclosures = sd_jwt::scene().disclosures;
    assert_eq!(scene.code(&scene.shown()), "held", "the same seed, the same copy");
    let other = scene.world.answer(&scene.world.issue(Format::SdJwt));
    let other = String::from_utf8(other).unwrap();
    scene.disclosures = other.split('~').skip(1).take(3).map(str::to_owned).collect();
    assert_eq!(scene.code(&scene.shown()), "digest_missing");
}

#[test]
fn an_element_that_occurs_twice_is_refused() {
    let scene = mdoc::scene();
    let doubled = scene.edit(ITEMS, |items| {
        let Value::Array(items) = items else { panic!("not an array") };
        items.push(items[0].clone());
    });
    assert_eq!(scene.code(&doubled), "element_twice");
    // Two that the issuer signed under one name.
    let mut second = scene.item(1);
    set(&mut second, "elementIdentifier", at(&mut scene.item(0), "elementIdentifier").clone());
    assert_eq!(scene.code(&scene.with_item(1, second.to_cbor())), "element_twice");
    assert_eq!(code_with(|scene| scene.disclose(&json!(["salt", "issuing_region", "X"]))), "held");
    let taken = |scene: &mut sd_jwt::Scene| {
        scene.payload["issuing_region"] = json!("Y");
        scene.disclose(&json!(["salt", "issuing_region", "X"]));
    };
    assert_eq!(code_with(taken), "element_twice");
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let twice = |scene: &mut sd_jwt::Scene| scene.disclosures.push(scene.disclosures[0].clone());
    assert_eq!(code_with(twice), "disclosure_repeated");
}

#[test]
fn peer_hole_22_a_digest_that_occurs_twice_is_refused() {
    let twice = |scene: &mut sd_jwt::Scene| {
        let digests = scene.payload["_sd"].as_array_mut().unwrap();
        digests.push(digests[0].clone());
    };
    assert_eq!(code_with(twice), "digest_repeated");
}

#[test]
fn peer_hole_23_a_document_type_that_the_issuer_did_not_sign_is_refused() {
    let scene = mdoc::scene();
    let signed_by_the_holder = scene.with_device_signed(&scene.shown, "org.iso.18013.5.1.mDL", &map([]));
    assert_eq!(scene.code(&signed_by_the_holder), "document_type_mismatch");
    let in_mso = scene.edit_mso(|mso| *at(mso, "docType") = Value::from("org.iso.18013.5.1.mDL"));
    assert_eq!(scene.code(&in_mso), "document_type_mismatch");
    let both = scene.with_device_signed(&in_mso, "org.iso.18013.5.1.mDL", &map([]));
    assert_eq!(scene.code(&both), "held");
}

#[test]
fn a_hash_that_we_do_not_know_is_unsupported() {
    let scene = mdoc::scene();
    for name in ["SHA-1", "sha-256", ""] {
        assert_eq!(scene.code(&scene.edit_mso(|mso| *at(mso, "digestAlgorithm") = Value::from(name))), "unsupported");
    }
    for name in ["sha-1", "SHA-256", ""] {
        assert_eq!(code_with(|scene| scene.payload["_sd_alg"] = json!(name)), "unsupported");
    }
}

#[test]
fn digests_of_another_length_match_nothing() {
    let scene = mdoc::scene();
    assert_eq!(
        scene.code(&scene.edit_mso(|mso| *at(mso, "digestAlgorithm") = Value::from("SHA-512"))),
        "digest_mismatch"
    );
    let empty = scene.edit_mso(|mso| {
        let Value::Map(digests) = at(mso, &format!("valueDigests/{SPACE}")) else { panic!("not a map") };
        for (_, digest) in digests {
            *digest = Value::Bytes(Vec::new());
        }
    });
    assert_eq!(scene.code(&empty), "digest_mismatch");
}
