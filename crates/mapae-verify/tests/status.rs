//! The status of a copy, and how old the evidence for it is.

use mapae_cose::cbor::Value;
use mapae_status_list::Bits;
use mapae_trust::StatusRule;
use mapae_types::Duration;
use mapae_verify::{NotVerified, Refusal, StatusEvidence, Undecided};
use serde_json::json;
use testkit::{BOTH, Format, List, World, now};

use crate::{
    code,
    mdoc::{self, at, map, set},
    sd_jwt,
};

/// The verdict on a copy with a certain entry, after a change to the world.
fn code_of(format: Format, idx: u64, change: impl FnOnce(&mut World)) -> &'static str {
    let mut world = World::new();
    change(&mut world);
    let copy = world.issue_on(format, |terms| terms.status.as_mut().unwrap().idx = idx);
    code(world.verify(&world.answer(&copy)))
}

#[test]
fn a_revoked_copy_is_refused_and_the_persons_others_hold() {
    for format in BOTH {
        let mut world = World::new();
        let (copy, other) = (world.issue(format), world.issue(format));
        assert_eq!(code(world.verify(&world.answer(&copy))), "held");
        world.revoke(&copy);
        let refused = world.verify(&world.answer(&copy)).unwrap_err();
        assert_eq!(refused, Refusal::Revoked { as_of: world.list.issued_at }.into());
        assert_eq!(refused.code(), "revoked");
        assert_eq!(code(world.verify(&world.answer(&other))), "held");
    }
}

#[test]
fn peer_hole_01_an_index_out_of_range_is_refused() {
    for format in BOTH {
        let last = World::new().list.entries.len() as u64 - 1;
        assert_eq!(code_of(format, last, |_| {}), "held");
        for index in [last + 1, last + 2, 1 << 32, (1 << 63) - 1] {
            assert_eq!(code_of(format, index, |_| {}), "status_index_out_of_range", "{index}");
        }
        assert_eq!(code_of(format, 0, |world| world.list.entries.clear()), "status_index_out_of_range");
    }
}

#[test]
fn peer_hole_01_the_entry_is_that_of_the_index_and_not_its_neighbour() {
    for format in BOTH {
        for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
            for index in [0, 1, 7, 8, 1023] {
                let revoked = |world: &mut World| {
                    world.list.bits = bits;
                    world.list.entries[index] = 1;
                };
                assert_eq!(code_of(format, index as u64, revoked), "revoked");
                for neighbour in [index.wrapping_sub(1), index + 1].into_iter().filter(|n| *n < 1024) {
                    assert_eq!(code_of(format, neighbour as u64, revoked), "held", "{neighbour} beside {index}");
                }
            }
        }
    }
}

#[test]
fn a_suspended_copy_of_another_issuer_is_refused() {
    for format in BOTH {
        let (mut world, mut abroad) = (World::new(), World::of(2, "FR"));
        world.trust(&abroad, StatusRule::Required);
        abroad.list.bits = Bits::Two;
        for (value, verdict) in [(0, "held"), (1, "revoked"), (2, "suspended"), (3, "status_unknown")] {
            let copy = abroad.issue(format);
            abroad.list.entries[usize::try_from(copy.status.as_ref().unwrap().idx).unwrap()] = value;
            world.tokens = Some(vec![abroad.list.signed_by(&abroad.pki.status)]);
            assert_eq!(code(world.verify(&world.answer(&copy))), verdict);
        }
    }
}

#[test]
fn a_list_that_the_bundle_lacks_leaves_the_verdict_undecided() {
    for format in BOTH {
        let mut world = World::new();
        let shown = world.show(format);
        world.tokens = Some(Vec::new());
        let missing = Undecided::StatusListMissing { uri: world.list.uri.clone() };
        let verdict = world.verify(&shown).unwrap_err();
        assert_eq!((verdict.code(), verdict), ("status_list_missing", NotVerified::Undecided(missing)));
    }
}

#[test]
fn a_document_without_a_status_is_refused_where_its_issuer_publishes_one() {
    for format in BOTH {
        let (mut world, abroad) = (World::new(), World::of(2, "FR"));
        let copy = abroad.issue_on(format, |terms| terms.status = None);
        world.trust(&abroad, StatusRule::Required);
        assert_eq!(code(world.verify(&world.answer(&copy))), "status_reference_missing");
        world.issuers[1].status = StatusRule::NotPublished;
        assert_eq!(code(world.verify(&world.answer(&copy))), "held");
        // What refers to a status all the same is not taken on trust.
        assert_eq!(code(world.verify(&abroad.show(format))), "status_list_missing");
    }
}

#[test]
fn a_status_that_cannot_be_looked_up_is_refused() {
    let scene = mdoc::scene();
    for status in [map([]), map([("identifier_list", map([]))]), map([("status_list", map([("idx", Value::from(1))]))])]
    {
        assert_eq!(scene.code(&scene.edit_mso(|mso| set(mso, "status", status))), "status_unusable");
    }
    for status in [json!({}), json!({ "other": {} }), json!({ "status_list": { "idx": 1 } })] {
        assert_eq!(sd_jwt::code_with(|scene| scene.payload["status"] = status), "status_unusable");
    }
    let moved = |mso: &mut Value| *at(mso, "status/status_list/uri") = Value::from("https://elsewhere.example");
    assert_eq!(scene.code(&scene.edit_mso(moved)), "status_list_missing");
}

#[test]
fn a_list_by_somebody_else_is_refused() {
    for format in BOTH {
        let (mut world, abroad) = (World::new(), World::of(2, "FR"));
        world.trust(&abroad, StatusRule::NotPublished);
        let shown = world.show(format);
        let signers = [&abroad.pki.status, &world.pki.document, &world.pki.sd_jwt, &World::of(3, "KR").pki.status];
        let tokens = signers.map(|signer| world.list.signed_by(signer));
        for token in tokens {
            world.tokens = Some(vec![token]);
            assert_eq!(code(world.verify(&shown)), "status_list_invalid");
        }
    }
}

#[test]
fn a_list_that_expired_is_too_old() {
    for format in BOTH {
        let mut world = World::new();
        let shown = world.show(format);
        world.list.expires_at = now() + Duration::seconds(1);
        assert_eq!(code(world.verify(&shown)), "held");
        world.list.expires_at = now();
        assert_eq!(code(world.verify(&shown)), "status_too_old");
    }
}

#[test]
fn a_list_older_than_the_bundle_allows_is_too_old() {
    for format in BOTH {
        let mut world = World::new();
        let shown = world.show(format);
        let usable = world.freshness.usable_for();
        world.list = List::new(&world.list.uri, now() - usable);
        assert_eq!(code(world.verify(&shown)), "held");
        world.list.issued_at = now() - usable - Duration::seconds(1);
        assert_eq!(code(world.verify(&shown)), "status_too_old");
    }
}

#[test]
fn a_list_from_the_future_leaves_the_verdict_undecided() {
    for format in BOTH {
        for ahead in [1, 60, 61] {
            let mut world = World::new();
            let shown = world.show(format);
            let as_of = now() + Duration::seconds(ahead);
            world.list.issued_at = as_of;
            let behind = NotVerified::Undecided(Undecided::ClockBehind { as_of, now: now() });
            assert_eq!(world.verify(&shown).unwrap_err(), behind);
        }
    }
}

/// Ages count from the times that the evidence states (hole 17 of the peers).
#[test]
fn peer_hole_17_ages_follow_the_times_in_the_evidence() {
    for format in BOTH {
        for (bundle, list) in [(1, 2), (2, 1), (3, 30), (40, 40)] {
            let mut world = World::new();
            (world.as_of, world.list.issued_at) = (now() - Duration::hours(bundle), now() - Duration::hours(list));
            let verified = world.verify(&world.show(format)).unwrap();
            let evidence = verified.credentials()[0].evidence();
            assert_eq!(evidence.bundle_as_of(), world.as_of);
            assert_eq!(evidence.status(), StatusEvidence::Valid { as_of: world.list.issued_at });
            assert_eq!(evidence.age(), Duration::hours(bundle.max(list)));
            assert_eq!(evidence.marked(), bundle.max(list) > 24);
        }
    }
}

/// Where no status is published the bundle alone has an age.
#[test]
fn peer_hole_17_without_a_status_the_bundles_age_counts() {
    for format in BOTH {
        let mut world = World::new();
        (world.issuers[0].status, world.as_of) = (StatusRule::NotPublished, now() - Duration::hours(31));
        let copy = world.issue_on(format, |terms| terms.status = None);
        let verified = world.verify(&world.answer(&copy)).unwrap();
        let evidence = verified.credentials()[0].evidence();
        assert_eq!((evidence.age(), evidence.marked()), (Duration::hours(31), true));
    }
}

#[test]
fn peer_hole_19_every_document_of_a_response_is_checked() {
    let mut world = World::new();
    let resident = world.issue(Format::Mdoc);
    let licence = world.issue_document(Format::Mdoc, "licence", 0, &world.terms());
    let response = |first: &[u8], second: &[u8]| {
        let mut second = Value::from_cbor(second).unwrap();
        let second = at(&mut second, mdoc::DOCUMENT).clone();
        mdoc::edit(first, "documents", |documents| {
            let Value::Array(documents) = documents else { panic!("not an array") };
            documents.push(second);
        })
    };
    let (one, two) = (world.answer(&resident), world.answer(&licence));
    let both = [response(&one, &two), response(&two, &one)];
    for shown in &both {
        let verified = world.verify(shown).unwrap();
        let types: Vec<_> = verified.credentials().iter().map(|c| c.document_type().to_owned()).collect();
        assert_eq!(types.len(), 2);
        assert_ne!(types[0], types[1]);
    }
    world.revoke(&licence);
    assert_eq!(code(world.verify(&one)), "held");
    for shown in &both {
        assert_eq!(code(world.verify(shown)), "revoked");
    }
}
