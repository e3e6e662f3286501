//! When a copy may be used. The issuer's dates are exact in both formats; only the holder's clock may differ.

use mapae_mdoc::MdocError;
use mapae_sd_jwt::SdJwtError;
use mapae_types::{Duration, Timestamp};
use mapae_verify::{NotVerified, Refusal};
use testkit::{BOTH, Format, World, now};

use crate::code;

const SECOND: Duration = Duration::seconds(1);

fn from() -> Timestamp {
    now() - Duration::hours(1)
}

fn until() -> Timestamp {
    now() + Duration::days(9)
}

/// A copy for ten days, shown at a time.
fn shown_at(format: Format, at: Timestamp) -> Result<(), NotVerified> {
    let mut world = World::new();
    (world.as_of, world.list.issued_at) = (from() - Duration::days(1), from() - Duration::days(1));
    world.request.answered_at = at;
    let copy = world.issue_on(format, |terms| (terms.valid_from, terms.valid_until) = (from(), until()));
    world.verify_at(&world.answer(&copy), at).map(drop)
}

#[test]
fn a_copy_is_good_from_its_first_second() {
    for format in BOTH {
        assert_eq!(shown_at(format, from()), Ok(()));
        assert_eq!(shown_at(format, from() - SECOND).unwrap_err().code(), "not_yet_valid");
    }
}

/// ISO 18013-5 §9.1.2.4: `validUntil` is the last moment. RFC 7519 §4.1.4: `exp` is the first one too late.
#[test]
fn a_copy_is_good_until_its_end() {
    assert_eq!(shown_at(Format::Mdoc, until()), Ok(()));
    assert_eq!(shown_at(Format::Mdoc, until() + SECOND).unwrap_err().code(), "expired");
    assert_eq!(shown_at(Format::SdJwt, until() - SECOND), Ok(()));
    assert_eq!(shown_at(Format::SdJwt, until()).unwrap_err().code(), "expired");
}

#[test]
fn peer_hole_13_a_refusal_carries_the_date_that_was_missed() {
    let (early, late) = (from() - SECOND, until() + SECOND);
    let mdoc = |error: MdocError| Err(NotVerified::Refused(Refusal::Mdoc(error)));
    let sd_jwt = |error: SdJwtError| Err(NotVerified::Refused(Refusal::SdJwt(error)));
    assert_eq!(shown_at(Format::Mdoc, early), mdoc(MdocError::NotYetValid { valid_from: from(), now: early }));
    assert_eq!(shown_at(Format::Mdoc, late), mdoc(MdocError::Expired { valid_until: until(), now: late }));
    assert_eq!(shown_at(Format::SdJwt, early), sd_jwt(SdJwtError::NotYetValid { not_before: from(), now: early }));
    assert_eq!(shown_at(Format::SdJwt, late), sd_jwt(SdJwtError::Expired { expired: until(), now: late }));
}

#[test]
fn peer_hole_13_the_text_of_a_refusal_names_the_right_date() {
    for format in BOTH {
        let text = |at| shown_at(format, at).unwrap_err().to_string();
        let (early, late) = (text(from() - SECOND), text(until() + SECOND));
        assert!(early.contains(&from().to_string()) && !early.contains(&until().to_string()), "{early}");
        assert!(late.contains(&until().to_string()) && !late.contains(&from().to_string()), "{late}");
    }
}

#[test]
fn peer_hole_13_dates_of_signers_are_the_signers() {
    let world = World::new();
    for format in BOTH {
        let signer_until = world.signer(format).certificate.not_after();
        let valid_until = signer_until + SECOND;
        let copy = world.issue_on(format, |terms| terms.valid_until = valid_until);
        let refused = world.verify(&world.answer(&copy)).map(drop);
        assert_eq!(refused, Err(Refusal::OutlivesSigner { valid_until, signer_until }.into()));
        let signed = world.signer(format).certificate.not_before().start_of_day() - SECOND;
        let copy = world.issue_on(format, |terms| (terms.signed, terms.valid_from) = (signed, signed));
        let refused = world.verify(&world.answer(&copy)).map(drop);
        assert_eq!(refused, Err(Refusal::SignedOutsideSigner { signed }.into()));
    }
}

/// Foreign issuers may leave `nbf` out, and with it the only rule that RFC 7519 has against a date to come.
#[test]
fn an_sd_jwt_of_tomorrow_does_not_hold_today() {
    let dated = |issued_at: Timestamp| {
        let mut scene = crate::sd_jwt::scene();
        scene.payload.as_object_mut().unwrap().remove("nbf");
        scene.payload["iat"] = issued_at.unix().into();
        code(scene.world.verify(&scene.shown()))
    };
    assert_eq!((dated(now()), dated(now() + SECOND)), ("held", "not_yet_valid"));
}

/// An SD-JWT may leave its dates out; then the signer's certificate alone limits it.
#[test]
fn an_sd_jwt_without_dates_ends_with_its_signer() {
    let undated = |scene: &mut crate::sd_jwt::Scene| {
        for name in ["iat", "nbf", "exp"] {
            scene.payload.as_object_mut().unwrap().remove(name);
        }
    };
    let mut scene = crate::sd_jwt::scene();
    undated(&mut scene);
    let verified = scene.world.verify(&scene.shown()).unwrap();
    assert_eq!(verified.credentials()[0].valid_until(), None);
    let mut late = World::new();
    late.freshness = mapae_trust::Freshness::new(SECOND, Duration::days(3650)).unwrap();
    let after = late.pki.sd_jwt.certificate.not_after() + SECOND;
    scene.binding["iat"] = after.unix().into();
    assert_eq!(code(late.verify_at(&scene.shown(), after)), "signer_expired");
}
