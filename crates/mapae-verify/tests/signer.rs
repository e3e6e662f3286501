//! Who signed: a signer below a root of the bundle, for this kind of document, and for its dates.

use mapae_cose::cbor::Value;
use mapae_trust::Distrust;
use mapae_types::Duration;
use mapae_x509::Role;
use serde_json::json;
use testkit::{BOTH, Format, Signer, World, now};

use crate::{
    code,
    mdoc::{self, ISSUER_AUTH, at},
    sd_jwt,
};

const SECOND: Duration = Duration::seconds(1);

/// The verdict on a copy that another signer signed.
fn code_of(world: &World, signer: &Signer, format: Format) -> &'static str {
    let copy = world.issue_by(signer, format, "resident", 0, &world.terms());
    code(world.verify(&world.answer(&copy)))
}

fn role(format: Format) -> Role {
    if format == Format::Mdoc { Role::DocumentSigner } else { Role::SdJwtSigner }
}

#[test]
fn an_unknown_issuer_is_refused() {
    for format in BOTH {
        let (world, abroad) = (World::new(), World::of(2, "FR"));
        assert_eq!(code(world.verify(&abroad.show(format))), "issuer_unknown");
        assert_eq!(code(abroad.verify(&abroad.show(format))), "held");
    }
}

/// A bundle that trusts nobody is not one that trusts everybody.
#[test]
fn peer_hole_09_without_a_trust_list_nobody_is_trusted() {
    for format in BOTH {
        let mut world = World::new();
        let shown = world.show(format);
        world.issuers.clear();
        assert_eq!(code(world.verify(&shown)), "issuer_unknown");
    }
    assert!(mapae_trust::Bundle::parse(Vec::new()).is_err(), "and what cannot be read gives no store to ask");
}

#[test]
fn a_presentation_without_the_signers_certificate_is_refused() {
    let scene = mdoc::scene();
    let without = scene.edit(&format!("{ISSUER_AUTH}/1"), |unprotected| *unprotected = mdoc::map([]));
    assert_eq!(scene.code(&without), "issuer_certificate_missing");
    let without = |scene: &mut sd_jwt::Scene| drop(scene.header.as_object_mut().unwrap().remove("x5c"));
    assert_eq!(sd_jwt::code_with(without), "issuer_certificate_missing");
}

#[test]
fn peer_hole_06_the_key_is_that_of_the_trusted_certificate_and_of_nothing_else() {
    let attacker = World::of(2, "KR").pki.sd_jwt;
    // Names itself after a trusted issuer, and its key by any id.
    let borrowed_name = |scene: &mut sd_jwt::Scene| {
        scene.payload["iss"] = json!("https://id.example");
        scene.header["kid"] = json!("https://id.example#key-1");
        scene.header["x5c"] = mapae_jose::x5c_value(&attacker.chain());
    };
    let mut scene = sd_jwt::scene();
    borrowed_name(&mut scene);
    assert_eq!(scene.code(&scene.signed_by(&attacker.key, &scene.copy.holder)), "issuer_unknown");
    // Sends the trusted certificate along, and signs by its own key.
    let mut scene = sd_jwt::scene();
    scene.header["kid"] = json!("https://id.example#key-1");
    scene.header["jwk"] = mapae_jose::Jwk::from(attacker.key.public().clone()).to_object().into();
    assert_eq!(scene.code(&scene.signed_by(&attacker.key, &scene.copy.holder)), "issuer_signature_invalid");
    // Puts it behind or before its own.
    let trusted = scene.world.pki.sd_jwt.certificate.der();
    let both = [[attacker.certificate.der(), trusted], [trusted, attacker.certificate.der()]];
    for chain in both {
        let mut scene = sd_jwt::scene();
        scene.header["x5c"] = mapae_jose::x5c_value(&chain);
        let verdict = scene.code(&scene.signed_by(&attacker.key, &scene.copy.holder));
        assert_eq!(verdict, "signer_certificate_invalid");
    }
}

#[test]
fn peer_hole_06_an_issuers_name_or_key_id_decides_nothing() {
    for iss in [json!("https://somebody.else"), json!("")] {
        assert_eq!(sd_jwt::code_with(|scene| scene.payload["iss"] = iss), "held");
    }
    assert_eq!(sd_jwt::code_with(|scene| scene.header["kid"] = json!("unknown")), "held");
    let scene = mdoc::scene();
    let with_kid = scene.edit(&format!("{ISSUER_AUTH}/1"), |unprotected| {
        let Value::Map(entries) = unprotected else { panic!("not a map") };
        entries.push((Value::from(4), Value::Bytes(b"another key".to_vec())));
    });
    assert_eq!(scene.code(&with_kid), "held");
}

#[test]
fn peer_hole_06_a_signer_for_one_purpose_signs_nothing_else() {
    let world = World::new();
    let pki = &world.pki;
    for (format, signer, verdict) in [
        (Format::Mdoc, &pki.document, "held"),
        (Format::SdJwt, &pki.sd_jwt, "held"),
        (Format::Mdoc, &pki.sd_jwt, "signer_certificate_invalid"),
        (Format::Mdoc, &pki.status, "signer_certificate_invalid"),
        (Format::SdJwt, &pki.document, "signer_certificate_invalid"),
        (Format::SdJwt, &pki.status, "signer_certificate_invalid"),
    ] {
        assert_eq!(code_of(&world, signer, format), verdict);
    }
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let scene = mdoc::scene();
    let garbage = scene.edit(&format!("{ISSUER_AUTH}/1"), |unprotected| {
        *unprotected = Value::Map(vec![(Value::from(33), Value::Bytes(b"no certificate".to_vec()))]);
    });
    assert_eq!(scene.code(&garbage), "signer_certificate_invalid");
    let garbage = |scene: &mut sd_jwt::Scene| scene.header["x5c"] = mapae_jose::x5c_value(&[b"no certificate"]);
    assert_eq!(sd_jwt::code_with(garbage), "signer_certificate_invalid");
}

#[test]
fn a_signer_is_good_from_its_first_to_its_last_second() {
    for format in BOTH {
        let world = World::new();
        let (from, until) = (now() - Duration::days(20), now() + Duration::days(2));
        let signer = world.pki.signer(role(format), 7, from, until);
        let mut terms = world.terms();
        terms.valid_until = until;
        let copy = world.issue_by(&signer, format, "resident", 0, &terms);
        let mut world = world;
        let mut verdict = |at| {
            world.request.answered_at = at;
            code(world.verify_at(&world.answer(&copy), at))
        };
        assert_eq!(verdict(until - SECOND), "held");
        assert_eq!(verdict(until + SECOND), "signer_expired");
    }
}

#[test]
fn a_signer_whose_time_has_not_come_is_refused() {
    for format in BOTH {
        let world = World::new();
        let starting = |from| world.pki.signer(role(format), 7, from, now() + Duration::days(400));
        let signed_now = |signer: &Signer| {
            let mut terms = world.terms();
            (terms.signed, terms.valid_from) = (now(), now());
            let copy = world.issue_by(signer, format, "resident", 0, &terms);
            code(world.verify(&world.answer(&copy)))
        };
        assert_eq!(signed_now(&starting(now())), "held");
        assert_eq!(signed_now(&starting(now() + SECOND)), "signer_not_yet_valid");
    }
}

/// Dates in a copy are whole days, so those of the certificate's first day count (design D7).
#[test]
fn a_copy_dated_outside_its_signers_validity_is_refused() {
    for format in BOTH {
        let world = World::new();
        let from = now() - Duration::days(20);
        let signer = world.pki.signer(role(format), 7, from, now() + Duration::days(400));
        let signed_on = |signed| {
            let mut terms = world.terms();
            (terms.signed, terms.valid_from) = (signed, signed);
            let copy = world.issue_by(&signer, format, "resident", 0, &terms);
            code(world.verify(&world.answer(&copy)))
        };
        assert_eq!(signed_on(from), "held");
        assert_eq!(signed_on(from.start_of_day()), "held");
        assert_eq!(signed_on(from.start_of_day() - SECOND), "signed_outside_signer");
    }
}

#[test]
fn a_copy_that_outlives_its_signer_is_refused() {
    for format in BOTH {
        let world = World::new();
        let signer_until = world.signer(format).certificate.not_after();
        let until = |valid_until| {
            let copy = world.issue_on(format, |terms| terms.valid_until = valid_until);
            code(world.verify(&world.answer(&copy)))
        };
        assert_eq!(until(signer_until), "held");
        assert_eq!(until(signer_until + SECOND), "outlives_signer");
    }
}

#[test]
fn what_a_compromised_signer_signed_is_refused_whatever_its_date() {
    for format in BOTH {
        let mut world = World::new();
        let signer = world.signer(format).certificate.fingerprint();
        let old = world.issue_on(format, |terms| (terms.signed, terms.valid_from) = old_dates());
        assert_eq!(code(world.verify(&world.answer(&old))), "held");
        world.distrusted.push((signer, Distrust::Compromised));
        for copy in [old, world.issue(format)] {
            assert_eq!(code(world.verify(&world.answer(&copy))), "signer_compromised");
        }
    }
}

fn old_dates() -> (mapae_types::Timestamp, mapae_types::Timestamp) {
    let day = now().start_of_day() - Duration::days(50);
    (day, day)
}

#[test]
fn what_a_ceased_signer_signed_before_stays_good() {
    for format in BOTH {
        let mut world = World::new();
        let ceased_at = now().start_of_day() - Duration::days(30);
        world.distrusted.push((world.signer(format).certificate.fingerprint(), Distrust::CeasedAt(ceased_at)));
        let signed = |at| {
            let copy = world.issue_on(format, |terms| (terms.signed, terms.valid_from) = (at, at));
            code(world.verify(&world.answer(&copy)))
        };
        assert_eq!(signed(ceased_at - SECOND), "held");
        assert_eq!(signed(ceased_at), "held");
        assert_eq!(signed(ceased_at + SECOND), "signer_ceased");
    }
}

/// Only an SD-JWT may leave its date out.
#[test]
fn an_undated_copy_of_a_ceased_signer_is_refused() {
    let undated = |scene: &mut sd_jwt::Scene| drop(scene.payload.as_object_mut().unwrap().remove("iat"));
    assert_eq!(sd_jwt::code_with(undated), "held");
    let ceased = |scene: &mut sd_jwt::Scene| {
        let signer = scene.world.pki.sd_jwt.certificate.fingerprint();
        scene.world.distrusted.push((signer, Distrust::CeasedAt(now())));
    };
    assert_eq!(sd_jwt::code_with(ceased), "held");
    assert_eq!(
        sd_jwt::code_with(|scene| {
            undated(scene);
            ceased(scene);
        }),
        "signer_ceased"
    );
}

#[test]
fn distrust_of_one_signer_leaves_the_others() {
    let mut world = World::new();
    world.distrusted.push((world.pki.document.certificate.fingerprint(), Distrust::Compromised));
    assert_eq!(code(world.verify(&world.show(Format::Mdoc))), "signer_compromised");
    assert_eq!(code(world.verify(&world.show(Format::SdJwt))), "held");
}

#[test]
fn a_broken_signature_of_the_issuer_is_refused() {
    let scene = mdoc::scene();
    let broken = scene.edit(&format!("{ISSUER_AUTH}/3"), |signature| {
        let Value::Bytes(bytes) = signature else { panic!("not bytes") };
        bytes[63] ^= 1;
    });
    assert_eq!(scene.code(&broken), "issuer_signature_invalid");
    let other = scene.with_mso(&scene.shown, mdoc::mso_of(&scene.shown).to_cbor());
    assert_eq!(scene.code(&other), "held");
    let payload_only = scene.edit(ISSUER_AUTH, |auth| {
        let mut signed = Value::from_cbor(&scene.edit_mso(|mso| mdoc::set(mso, "x", true))).unwrap();
        *at(auth, "2") = at(&mut signed, &format!("{ISSUER_AUTH}/2")).clone();
    });
    assert_eq!(scene.code(&payload_only), "issuer_signature_invalid");
    let scene = sd_jwt::scene();
    let stranger = World::of(2, "KR").pki.sd_jwt.key;
    assert_eq!(scene.code(&scene.signed_by(&stranger, &scene.copy.holder)), "issuer_signature_invalid");
}
