//! Requests that are refused before the holder is asked. Nothing leaves, and nothing is written.

use mapae_dcql::DcqlQuery;
use mapae_oid4vp::ResponseMode;
use mapae_trust::{Freshness, Withdrawn};
use mapae_types::Duration;
use mapae_wallet::{Asked, Consent, Outcome, ProposalWarning, RefusalReason, Stopped, VerifiedBy};
use serde_json::{Value, json};
use testkit::{BOTH, Format, document, now};

use crate::{
    driver::Nobody,
    scene::{Party, Place, Post, Scene, proposal, query, refusal, registered},
};

/// The wallet refuses for that reason, and does nothing at all.
fn refused(scene: &mut Scene, asked: Asked, code: &str) -> Value {
    let refusal = refusal(asked);
    assert_eq!(refusal.code(), code);
    assert!(scene.phone.wants.is_empty(), "{code}: {:?}", scene.phone.wants);
    serde_json::to_value(&refusal).unwrap()
}

fn over_14(format: Format) -> DcqlQuery {
    query(format, &["age_over_14"])
}

fn shop_asks(scene: &mut Scene, query: &DcqlQuery) -> Asked {
    let pending = scene.shop.ask(query, scene.phone.now);
    let text = scene.shop.sign(&pending, None);
    scene.hear(&text)
}

/// A licence by its mdoc elements.
fn licence(elements: &[&str]) -> DcqlQuery {
    let claims: Vec<Value> = elements.iter().map(|one| json!({ "path": ["org.iso.18013.5.1", one] })).collect();
    let meta = json!({ "doctype_value": "org.iso.18013.5.1.mDL" });
    let credential = json!({ "id": "licence", "format": "mso_mdoc", "meta": meta, "claims": claims });
    DcqlQuery::from_json(&json!({ "credentials": [credential] })).unwrap()
}

#[test]
fn over_asking_names_what_is_too_much() {
    for format in BOTH {
        let mut scene = Scene::new();
        let (_, asked) = scene.asked(&query(format, &["age_over_14", "birth_date", "resident_address"]));
        let shown = refused(&mut scene, asked, "over_asking");
        assert_eq!(shown["who"]["name"]["ko"], "세종시립도서관");
        let beyond = shown["values"]["beyond"].as_array().unwrap();
        let codes: Vec<&Value> = beyond.iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["element_not_registered", "element_not_registered"]);
        assert_eq!(
            beyond[0]["element"]["en"],
            document("resident").attribute("birth_date").unwrap().label().en.as_str()
        );
        assert_eq!(beyond[0]["document"]["en"], document("resident").title().en.as_str());
    }
}

#[test]
fn the_whole_document_another_document_and_another_purpose_are_too_much() {
    let mut scene = Scene::new();
    let resident = document("resident");
    let whole = json!({ "credentials": [{
        "id": "all", "format": "mso_mdoc", "meta": { "doctype_value": resident.doctype() } }] });
    let (_, asked) = scene.asked(&DcqlQuery::from_json(&whole).unwrap());
    let shown = refused(&mut scene, asked, "over_asking");
    assert_eq!(shown["values"]["beyond"][0]["code"], "whole_document");

    let other = testkit::Request::query(Format::SdJwt, document("licence"), &["family_name"]);
    let (_, asked) = scene.asked(&other);
    let shown = refused(&mut scene, asked, "over_asking");
    assert_eq!(shown["values"]["beyond"][0]["code"], "document_not_registered");

    scene.library.purpose = Some("To sell it");
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    let shown = refused(&mut scene, asked, "over_asking");
    assert_eq!(shown["values"]["beyond"][0]["purpose"], "To sell it");
}

#[test]
fn who_is_not_registered_is_refused_by_name_of_its_certificate() {
    for format in BOTH {
        let mut scene = Scene::new();
        let asked = shop_asks(&mut scene, &over_14(format));
        let shown = refused(&mut scene, asked, "unregistered");
        assert_eq!((&shown["who"]["id"], &shown["who"]["verified_by"]), (&Value::Null, &json!("certificate")));
    }
}

#[test]
fn a_withdrawn_registration_is_told_apart_from_none() {
    let mut scene = Scene::new();
    let since = now() - Duration::days(3);
    let certificate = scene.library.signer.certificate.fingerprint();
    scene.registrations.clear();
    scene.withdrawn = vec![Withdrawn { relying_party: "sejong-library".parse().unwrap(), certificate, since }];
    scene.rely();
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    let shown = refused(&mut scene, asked, "registration_revoked");
    assert_eq!(shown["values"]["since"], since.to_string());
}

#[test]
fn a_registration_that_is_withdrawn_while_the_holder_reads_ends_the_proposal() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&over_14(Format::Mdoc));
    let certificate = scene.library.signer.certificate.fingerprint();
    scene.registrations.clear();
    scene.withdrawn = vec![Withdrawn { relying_party: "sejong-library".parse().unwrap(), certificate, since: now() }];
    scene.rely();
    let stopped = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    let Err(Stopped::Answer(error)) = stopped else { panic!() };
    assert_eq!(error.code(), "registration_revoked");
    assert!(scene.phone.wants.is_empty());
}

#[test]
fn another_certificate_of_a_registered_name_is_not_registered() {
    let mut scene = Scene::new();
    scene.library.signer = Party::new(&scene.world, 999).signer;
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    refused(&mut scene, asked, "unregistered");
}

#[test]
fn a_certificate_of_no_registrar_is_refused_even_with_a_registration() {
    let mut scene = Scene::new();
    scene.library.signer = Party::new(&testkit::World::of(7, "KR"), 101).signer;
    scene.registrations = vec![scene.library.registration("sejong-library", registered("resident", &["age_over_14"]))];
    scene.rely();
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    refused(&mut scene, asked, "certificate_untrusted");
}

#[test]
fn an_altered_request_an_expired_one_and_one_from_the_future() {
    let mut scene = Scene::new();
    let pending = scene.library.ask(&over_14(Format::SdJwt), scene.phone.now);
    let text = scene.library.sign(&pending, None);
    let (head, signature) = text.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    let asked = scene.hear(&altered);
    refused(&mut scene, asked, "signature_invalid");
    scene.phone.now = now() + Duration::seconds(361);
    let asked = scene.hear(&text);
    refused(&mut scene, asked, "request_expired");
    scene.phone.now = now() - Duration::seconds(61);
    let asked = scene.hear(&text);
    refused(&mut scene, asked, "request_from_future");
    scene.phone.now = now();
    assert!(matches!(scene.hear(&text), Asked::Proposal(_)));
}

#[test]
fn a_request_is_answered_once() {
    let mut scene = Scene::new();
    let pending = scene.library.ask(&over_14(Format::SdJwt), scene.phone.now);
    let text = scene.library.sign(&pending, None);
    let (first, second) = (proposal(scene.hear(&text)), proposal(scene.hear(&text)));
    scene.share(pending, &first);
    scene.reopen();
    scene.phone.wants.clear();
    let asked = scene.hear(&text);
    refused(&mut scene, asked, "replayed");
    // One that was read before the first was answered.
    let again = scene.answer(&mut Post::default(), &second, &second.least());
    assert!(matches!(again, Err(Stopped::Answer(mapae_wallet::AnswerError::Replayed))));
    assert!(scene.phone.wants.is_empty());
}

#[test]
fn a_wallet_without_a_bundle_does_not_even_fetch() {
    let mut scene = Scene::new();
    scene.phone.wallet.rely_on(None);
    let pending = scene.library.ask(&over_14(Format::SdJwt), scene.phone.now);
    let mut place = Place { party: &scene.library, pending: &pending, forges_nonce: false };
    let link = place.link();
    let asked = scene.phone.run(&mut place, |wallet, start| wallet.ask(&link, start)).unwrap();
    refused(&mut scene, asked, "trust_missing");
}

#[test]
fn a_bundle_may_be_as_old_as_its_class_of_use_says() {
    for (age, warns, code) in [
        (Duration::hours(24), false, None),
        (Duration::hours(25), true, None),
        (Duration::days(35), true, None),
        (Duration::days(36), true, Some("trust_too_old")),
        (Duration::hours(-1), false, Some("clock_behind")),
    ] {
        let mut scene = Scene::new();
        scene.phone.now = scene.world.as_of + age;
        let (_, asked) = scene.asked(&over_14(Format::Mdoc));
        if let Some(code) = code {
            refused(&mut scene, asked, code);
            continue;
        }
        let proposal = proposal(asked);
        let is_warned = matches!(proposal.view().warnings.as_slice(), [ProposalWarning::TrustOld { .. }]);
        assert_eq!(is_warned, warns);
    }
}

#[test]
fn a_stricter_class_of_use_makes_the_same_bundle_too_old() {
    let mut scene = Scene::new();
    scene.world.freshness = Freshness::new(Duration::hours(24), Duration::hours(30)).unwrap();
    scene.rely();
    scene.phone.now = scene.world.as_of + Duration::hours(31);
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    refused(&mut scene, asked, "trust_too_old");
}

#[test]
fn what_is_not_held_or_revoked_or_out_of_date_is_said_and_not_shown() {
    let mut scene = Scene::empty();
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    refused(&mut scene, asked, "nothing_fits");

    let mut scene = Scene::new();
    scene.world.list.entries.fill(1);
    scene.rely();
    let (_, asked) = scene.asked(&over_14(Format::Mdoc));
    refused(&mut scene, asked, "document_revoked");

    let mut scene = Scene::empty();
    let mut terms = scene.world.terms();
    terms.valid_until = now() - Duration::hours(2);
    scene.hold_on("resident", 1, &terms);
    let (_, asked) = scene.asked(&over_14(Format::SdJwt));
    refused(&mut scene, asked, "document_expired");
}

#[test]
fn of_several_copies_a_revoked_one_is_passed_over() {
    let mut scene = Scene::new();
    // The mdocs have the first three entries.
    let first = usize::try_from(scene.world.terms().status.unwrap().idx).unwrap() - 6;
    scene.world.list.entries[first] = 1;
    scene.rely();
    let (pending, proposal) = scene.proposed(&over_14(Format::Mdoc));
    scene.share(pending, &proposal);
}

#[test]
fn an_unregistered_reader_of_a_licence_is_warned_of_and_expressly_agreed_to() {
    let mut scene = Scene::new();
    scene.hold("licence", 1);
    let pending = scene.shop.ask(&licence(&["family_name", "portrait"]), scene.phone.now);
    let text = scene.shop.sign(&pending, None);
    let proposal = proposal(scene.hear(&text));
    assert_eq!(proposal.view().warnings, [ProposalWarning::Unregistered]);
    assert!(proposal.view().needs_express_consent && proposal.view().purposes.is_empty());
    let refused = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    assert!(matches!(refused, Err(Stopped::Answer(mapae_wallet::AnswerError::NotExpress))));
    assert!(scene.phone.wants.is_empty());
    let mut post = Post::default();
    let consent = Consent { express: true, ..proposal.least() };
    scene.answer(&mut post, &proposal, &consent).unwrap();
    assert_eq!(scene.verified(pending, &post.only()).len(), 1);
}

#[test]
fn a_reader_of_licences_that_another_country_certified_is_a_stranger() {
    let mut scene = Scene::new();
    scene.hold("licence", 1);
    scene.shop = Party::new(&testkit::World::of(7, "JP"), 102);
    let pending = scene.shop.ask(&licence(&["family_name"]), scene.phone.now);
    let text = scene.shop.sign(&pending, None);
    let proposal = proposal(scene.hear(&text));
    assert_eq!(proposal.view().warnings, [ProposalWarning::Unregistered]);
    assert_eq!(
        (proposal.view().who.verified_by, proposal.view().who.name.en.as_str()),
        (VerifiedBy::Nothing, "party-102.example")
    );
    // Its signature must hold nevertheless, and nothing but the mandatory elements is for strangers.
    let (head, signature) = text.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    let asked = scene.hear(&altered);
    refused(&mut scene, asked, "certificate_untrusted");
    let asked = shop_asks(&mut scene, &licence(&["age_over_18"]));
    refused(&mut scene, asked, "certificate_untrusted");
}

#[test]
fn one_element_more_than_the_mandatory_ones_ends_the_exception() {
    let mut scene = Scene::new();
    scene.hold("licence", 1);
    for (elements, code) in [
        (&["family_name", "resident_address"][..], Some("unregistered")),
        (&["age_over_18"], Some("unregistered")),
        (&["family_name", "driving_privileges", "un_distinguishing_sign"], None),
    ] {
        let asked = shop_asks(&mut scene, &licence(elements));
        if let Some(code) = code {
            refused(&mut scene, asked, code);
        } else {
            proposal(asked);
        }
    }
    // The same names in a resident card are no licence's.
    let asked = shop_asks(&mut scene, &query(Format::Mdoc, &["family_name"]));
    refused(&mut scene, asked, "unregistered");
}

#[test]
fn a_registered_reader_beyond_its_registration_is_no_worse_off_than_a_stranger() {
    let mut scene = Scene::new();
    scene.hold("licence", 1);
    let (_, asked) = scene.asked(&licence(&["family_name"]));
    let proposal = proposal(asked);
    assert_eq!(proposal.view().warnings, [ProposalWarning::BeyondRegistration]);
    assert!(proposal.view().needs_express_consent);
    // One of whom something is known is worse off.
    let certificate = scene.library.signer.certificate.fingerprint();
    let since = now();
    scene.registrations.clear();
    scene.withdrawn = vec![Withdrawn { relying_party: "sejong-library".parse().unwrap(), certificate, since }];
    scene.rely();
    let (_, asked) = scene.asked(&licence(&["family_name"]));
    refused(&mut scene, asked, "registration_revoked");
}

#[test]
fn a_request_that_nobody_signed_is_nobodys() {
    let mut scene = Scene::new();
    let request = json!({
        "client_id": "redirect_uri:https://shop.example/r", "response_type": "vp_token", "nonce": "n-0123456789abcdef",
        "response_mode": "direct_post", "response_uri": "https://shop.example/r",
        "dcql_query": over_14(Format::SdJwt).to_json(),
    })
    .to_string();
    let asked = scene.hear(&request);
    let shown = refused(&mut scene, asked, "unregistered");
    assert_eq!(shown["who"]["verified_by"], "nothing");
    // On a command line that says so, it can be answered.
    let asked = scene.phone.run(&mut Nobody, |wallet, start| wallet.ask_unregistered(&request, Vec::new(), start));
    let proposal = proposal(asked.unwrap());
    assert_eq!(proposal.view().warnings, [ProposalWarning::Unregistered, ProposalWarning::NotEncrypted]);
    assert_eq!(proposal.view().who.name.en, "shop.example");
}

#[test]
fn a_wallet_without_a_bundle_can_be_told_whose_signature_to_believe() {
    let mut scene = Scene::new();
    scene.phone.wallet.rely_on(None);
    scene.library.mode = ResponseMode::DirectPost;
    let pending = scene.library.ask(&over_14(Format::SdJwt), scene.phone.now);
    let text = scene.library.sign(&pending, None);
    let roots = vec![scene.world.pki.root.clone()];
    let asked = scene.phone.run(&mut Nobody, |wallet, start| wallet.ask_unregistered(&text, roots, start)).unwrap();
    assert!(proposal(asked).view().warnings.contains(&ProposalWarning::Unregistered));
    let asked = scene.phone.run(&mut Nobody, |wallet, start| wallet.ask_unregistered(&text, vec![], start)).unwrap();
    assert_eq!(refusal(asked).code(), "certificate_untrusted");
}

#[test]
fn what_is_no_request_is_refused_by_its_fault() {
    let mut scene = Scene::new();
    for (text, code) in [
        ("hello", "not_a_request"),
        (
            "openid4vp://?client_id=origin%3Ahttps%3A%2F%2Fa.example&request_uri=https%3A%2F%2Fa.example",
            "origin_claimed",
        ),
        (
            "openid4vp://?client_id=did%3Aweb%3Aa.example&request_uri=https%3A%2F%2Fa.example",
            "client_id_prefix_unsupported",
        ),
        ("openid4vp://?client_id=shop&request_uri=https%3A%2F%2Fa.example", "client_id_without_prefix"),
    ] {
        let asked = scene.hear(text);
        refused(&mut scene, asked, code);
    }
}

#[test]
fn a_note_of_a_refusal_is_kept_when_the_holder_wants_it() {
    let mut scene = Scene::new();
    let asked = shop_asks(&mut scene, &over_14(Format::Mdoc));
    let refusal = refusal(asked);
    assert!(matches!(refusal.reason(), RefusalReason::Unregistered));
    scene.phone.run(&mut Nobody, |wallet, start| wallet.keep_refusal(&refusal, start)).unwrap();
    scene.reopen();
    let line = scene.last_line();
    assert_eq!(line.outcome, Outcome::Refused { code: "unregistered".to_owned() });
    assert_eq!(Some(&line.who), refusal.who());
}
