//! What a holder is asked, and what of it is shared: consent in both formats.

use mapae_dcql::DcqlQuery;
use mapae_oid4vp::ResponseMode;
use mapae_types::Duration;
use mapae_verify::Claims;
use mapae_wallet::{
    AnswerError, Consent, CopyState, ElementView, Format as Held, Outcome, Proposal, ProposalWarning, Stopped,
    VerifiedBy,
};
use serde_json::json;
use testkit::{BOTH, Format, document};

use crate::{
    driver::Nobody,
    scene::{PURPOSE, Place, Post, Scene, proposal, query, refusal},
};

fn elements(proposal: &Proposal) -> Vec<&ElementView> {
    proposal.view().asks.iter().flat_map(|ask| &ask.options[0].documents).flat_map(|one| &one.elements).collect()
}

fn labels(proposal: &Proposal) -> Vec<&str> {
    elements(proposal).iter().map(|element| element.label.en.as_str()).collect()
}

fn claims(verified: &[mapae_verify::Verified]) -> Vec<String> {
    let of = |claims: &Claims| match claims {
        Claims::Mdoc(elements) => elements.iter().map(|(_, element, _)| element.clone()).collect::<Vec<_>>(),
        Claims::SdJwt(members) => members.keys().cloned().collect(),
        _ => Vec::new(),
    };
    verified.iter().flat_map(mapae_verify::Verified::credentials).flat_map(|one| of(one.claims())).collect()
}

#[test]
fn a_holder_is_told_who_asks_for_what_and_why_in_both_languages() {
    for format in BOTH {
        let mut scene = Scene::new();
        let (_, proposal) = scene.proposed(&query(format, &["family_name", "age_over_14"]));
        let view = proposal.view();
        assert_eq!(view.who.id.as_deref(), Some("sejong-library"));
        assert_eq!((view.who.name.ko.as_str(), view.who.name.en.as_str()), ("세종시립도서관", "Sejong City Library"));
        assert_eq!(view.who.verified_by, VerifiedBy::Registration);
        assert_eq!(view.who.host.as_deref(), Some("party-101.example"));
        assert_eq!(view.who.use_class.as_deref(), Some("low"));
        assert_eq!((view.purposes.len(), view.purposes[0].ko.as_str()), (1, "도서관 회원증 발급"));
        assert!(view.purpose_stated && !view.needs_express_consent && view.warnings.is_empty());
        assert_eq!(view.expires_at.unwrap().0, scene.phone.now + Duration::seconds(300));
        let resident = document("resident");
        let label = |id: &str| resident.attribute(id).unwrap().label().en.clone();
        assert_eq!(labels(&proposal), [label("family_name"), label("age_over_14")]);
        assert_eq!(elements(&proposal)[1].value, json!(true));
        let one = &view.asks[0].options[0].documents[0];
        assert_eq!(
            (one.document.ko.as_str(), one.copy.state, one.copy.fresh_left),
            (&*resident.title().ko, CopyState::Fresh, 3)
        );
        assert!(one.not_shared.iter().any(|words| words.en == label("birth_date")));
        assert!(!one.not_shared.iter().any(|words| words.en == label("family_name")));
    }
}

#[test]
fn without_a_stated_purpose_all_registered_ones_are_shown() {
    let mut scene = Scene::new();
    scene.library.purpose = None;
    let (_, proposal) = scene.proposed(&query(Format::Mdoc, &["age_over_14"]));
    assert_eq!((proposal.view().purposes.len(), proposal.view().purpose_stated), (2, false));
}

#[test]
fn what_was_agreed_to_is_shared_and_verifies_and_nothing_else() {
    for format in BOTH {
        for mode in [ResponseMode::DirectPostJwt, ResponseMode::DirectPost] {
            let mut scene = Scene::new();
            scene.library.mode = mode;
            let (pending, proposal) = scene.proposed(&query(format, &["family_name", "age_over_14"]));
            let is_open = proposal.view().warnings.contains(&ProposalWarning::NotEncrypted);
            assert_eq!(is_open, mode == ResponseMode::DirectPost);
            let verified = scene.share(pending, &proposal);
            let mut shared = claims(&verified);
            shared.sort();
            let over_14 = if format == Format::Mdoc { "age_over_14" } else { "age_equal_or_over" };
            let mut expected = vec![over_14.to_owned(), "family_name".to_owned()];
            expected.sort();
            assert_eq!(shared, expected);
        }
    }
}

#[test]
fn a_picture_is_shown_as_one() {
    for format in BOTH {
        let mut scene = Scene::new();
        let (_, proposal) = scene.proposed(&query(format, &["portrait"]));
        let element = elements(&proposal)[0];
        assert_eq!(
            (element.image.as_ref().map(|image| image.media_type), element.value.is_null()),
            (Some("image/jpeg"), true)
        );
    }
}

#[test]
fn what_they_keep_is_said() {
    let mut scene = Scene::new();
    let resident = document("resident");
    let path = |id: &str| {
        let attribute = resident.attribute(id).unwrap();
        json!([attribute.namespace(), attribute.element()])
    };
    let query = DcqlQuery::from_json(&json!({ "credentials": [{
        "id": "card", "format": "mso_mdoc", "meta": { "doctype_value": resident.doctype() },
        "claims": [
            { "path": path("family_name"), "intent_to_retain": true },
            { "path": path("given_name"), "intent_to_retain": false },
            { "path": path("age_over_14") },
        ],
    }] }))
    .unwrap();
    let (_, proposal) = scene.proposed(&query);
    let keeps: Vec<Option<bool>> = elements(&proposal).iter().map(|element| element.keeps).collect();
    assert_eq!(keeps, [Some(true), Some(false), None]);
}

#[test]
fn a_request_is_fetched_with_a_nonce_of_the_wallets() {
    let mut scene = Scene::new();
    let asked = query(Format::SdJwt, &["age_over_14"]);
    let pending = scene.library.ask(&asked, scene.phone.now);
    for forges_nonce in [false, true] {
        let mut place = Place { party: &scene.library, pending: &pending, forges_nonce };
        let link = place.link();
        let asked = scene.phone.run(&mut place, |wallet, start| wallet.ask(&link, start)).unwrap();
        if forges_nonce {
            assert_eq!(refusal(asked).code(), "wallet_nonce");
        } else {
            proposal(asked);
        }
    }
    assert!(scene.phone.written().is_empty());
}

#[test]
fn signatures_are_wanted_before_anything_is_written_and_writing_before_sending() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::Mdoc, &["age_over_14"]));
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
    let kinds: Vec<&str> = scene.phone.wants.iter().map(kind).collect();
    assert_eq!(kinds, ["sign", "write", "send", "write"]);
    let [_, mapae_wallet::Want::Write(changes), ..] = scene.phone.wants.as_slice() else { panic!() };
    let names: Vec<&str> = changes.iter().map(name).collect();
    assert!(names.contains(&"answered") && names.iter().any(|name| name.starts_with("card.")));
    assert!(names.iter().any(|name| name.starts_with("shown.")));
}

fn kind(want: &mapae_wallet::Want) -> &'static str {
    match want {
        mapae_wallet::Want::Send(_) => "send",
        mapae_wallet::Want::MakeKeys(_) => "keys",
        mapae_wallet::Want::Sign(_) => "sign",
        mapae_wallet::Want::Write(_) => "write",
    }
}

fn name(change: &mapae_wallet::Change) -> &str {
    match change {
        mapae_wallet::Change::Put(name, _) | mapae_wallet::Change::Remove(name) => name,
        mapae_wallet::Change::ForgetKey(handle) => handle.as_str(),
    }
}

#[test]
fn a_device_that_does_not_sign_leaves_nothing_behind() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    scene.phone.refuses = |want| matches!(want, mapae_wallet::Want::Sign(_));
    let refused = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    assert!(matches!(refused, Err(Stopped::DeviceRefused)));
    assert!(scene.phone.sent().is_empty() && scene.phone.written().is_empty());
    scene.phone.refuses = |_| false;
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
}

#[test]
fn what_could_not_be_written_is_not_sent_and_may_be_tried_again() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    scene.phone.refuses = |want| matches!(want, mapae_wallet::Want::Write(_));
    let refused = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    assert!(matches!(refused, Err(Stopped::NotWritten)));
    assert!(scene.phone.sent().is_empty() && scene.phone.wallet.history().is_empty());
    scene.phone.refuses = |_| false;
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
    assert_eq!(scene.last_line().outcome, Outcome::Shared);
}

#[test]
fn a_consent_must_fit_its_proposal() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    for chosen in [vec![], vec![None], vec![Some(9)], vec![Some(0), Some(0)]] {
        let consent = Consent { chosen, express: true };
        let refused = scene.answer(&mut Post::default(), &proposal, &consent);
        assert!(matches!(refused, Err(Stopped::Answer(AnswerError::ConsentForeign))));
    }
    assert!(scene.phone.wants.is_empty());
}

#[test]
fn an_answer_after_the_requests_end_is_not_made() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    scene.phone.now = scene.phone.now + Duration::seconds(360);
    let refused = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    assert!(matches!(refused, Err(Stopped::Answer(AnswerError::Expired))));
    assert!(scene.phone.wants.is_empty());
}

#[test]
fn a_no_is_noted_and_told_to_the_registered_alone() {
    let mut scene = Scene::new();
    let (pending, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    let mut post = Post::default();
    let shared = scene.phone.run(&mut post, |wallet, start| wallet.decline(proposal, start)).unwrap();
    assert_eq!(shared.redirect_uri.as_deref(), Some("https://party.example/done"));
    assert_eq!(scene.last_line().outcome, Outcome::Declined);
    assert_eq!(pending.receive(&post.only()).unwrap_err().to_string(), "the wallet answers access_denied");

    let pending = scene.shop.ask(&query(Format::SdJwt, &["age_over_14"]), scene.phone.now);
    let text = scene.shop.sign(&pending, None);
    let asked =
        scene.phone.run(&mut Nobody, |wallet, start| wallet.ask_unregistered(&text, Vec::new(), start)).unwrap();
    let before = scene.phone.sent().len();
    scene.phone.run(&mut Nobody, |wallet, start| wallet.decline(crate::scene::proposal(asked), start)).unwrap();
    assert_eq!(scene.phone.sent().len(), before);
}

#[test]
fn prepared_without_a_network_and_sent_later() {
    let mut scene = Scene::new();
    let (pending, proposal) = scene.proposed(&query(Format::Mdoc, &["age_over_14"]));
    let (given, consent) = (proposal.clone(), proposal.least());
    let prepared = scene.phone.run(&mut Nobody, |wallet, start| wallet.prepare(given, consent, start)).unwrap();
    assert!(scene.phone.sent().is_empty());
    assert_eq!(scene.last_line().outcome, Outcome::Prepared);
    scene.reopen();
    scene.phone.now = scene.phone.now + Duration::seconds(200);
    let mut post = Post::default();
    scene.phone.run(&mut post, |wallet, start| wallet.send_prepared(&prepared.id, start)).unwrap();
    assert_eq!(scene.last_line().outcome, Outcome::Shared);
    scene.verified(pending, &post.only());
    let again = scene.phone.run(&mut post, |wallet, start| wallet.send_prepared(&prepared.id, start));
    assert!(matches!(again, Err(Stopped::Answer(AnswerError::NotPrepared))));
    assert!(!scene.phone.records.keys().any(|name| name.starts_with("prepared.")));
}

#[test]
fn prepared_and_too_late() {
    let mut scene = Scene::new();
    let (_, proposal) = scene.proposed(&query(Format::Mdoc, &["age_over_14"]));
    let consent = proposal.least();
    let prepared = scene.phone.run(&mut Nobody, |wallet, start| wallet.prepare(proposal, consent, start)).unwrap();
    scene.phone.now = scene.phone.now + Duration::seconds(360);
    let late = scene.phone.run(&mut Post::default(), |wallet, start| wallet.send_prepared(&prepared.id, start));
    assert!(matches!(late, Err(Stopped::Answer(AnswerError::Expired))));
    assert!(scene.phone.sent().is_empty());
}

#[test]
fn an_answer_that_was_lost_is_sent_again_as_it_was() {
    let mut scene = Scene::new();
    let (pending, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    let lost = scene.answer(&mut Nobody, &proposal, &proposal.least());
    assert!(matches!(lost, Err(Stopped::Silent { ref host }) if host == "party-101.example"));
    let line = scene.last_line();
    assert_eq!(line.outcome, Outcome::Unanswered);
    let sent = scene.phone.sent()[0].body.clone();
    scene.reopen();
    let mut post = Post::default();
    scene.phone.run(&mut post, |wallet, start| wallet.send_prepared(&line.id, start)).unwrap();
    assert_eq!(post.only(), sent);
    scene.verified(pending, &sent);
    assert_eq!(scene.last_line().outcome, Outcome::Shared);
}

#[test]
fn an_answer_that_is_not_taken_is_noted_as_seen() {
    for (status, is_kept) in [(400, false), (503, true)] {
        let mut scene = Scene::new();
        let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
        let mut post = Post { status, ..Post::default() };
        let refused = scene.answer(&mut post, &proposal, &proposal.least());
        assert!(matches!(refused, Err(Stopped::Answer(AnswerError::NotTaken { status: told, .. })) if told == status));
        assert_eq!(scene.last_line().outcome, Outcome::Failed { status });
        assert_eq!(scene.phone.records.keys().any(|name| name.starts_with("prepared.")), is_kept);
        let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
        assert_eq!(proposal.view().asks[0].options[0].documents[0].copy.fresh_left, 2);
    }
}

#[test]
fn an_answer_to_a_request_from_a_file_is_handed_over() {
    for (format, held) in [(Format::Mdoc, Held::Mdoc), (Format::SdJwt, Held::SdJwt)] {
        let mut scene = Scene::new();
        let request = scene.world.request.clone();
        let start = scene.phone.start();
        let asked = scene.phone.wallet.ask_handed(
            mapae_wallet::HandedRequest {
                client_id: request.client_id.clone(),
                nonce: request.nonce.clone(),
                transcript: request.transcript(),
                query: query(format, &["age_over_14"]),
                purpose: None,
                expires_at: None,
            },
            &start,
        );
        let proposal = proposal(asked);
        assert!(proposal.view().needs_express_consent);
        assert_eq!(proposal.view().asks[0].options[0].documents[0].format, held);
        let consent = Consent { express: true, ..proposal.least() };
        let handed = scene.phone.run(&mut Nobody, |wallet, start| wallet.make(proposal, consent, start)).unwrap();
        assert!(scene.world.verify(&handed.presentations["asked"]).is_ok());
        assert_eq!(scene.last_line().outcome, Outcome::Shared);
        assert!(scene.phone.sent().is_empty());
    }
}

/// Hole 17 of the peers: fake or constant timestamps in signed data.
#[test]
fn peer_hole_17_a_key_binding_carries_the_time_and_the_nonce_of_its_own_request() {
    let mut scene = Scene::new();
    let mut seen = Vec::new();
    for seconds in [0, 61] {
        scene.phone.now = testkit::now() + Duration::seconds(seconds);
        let (pending, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
        let nonce = pending.nonce().to_owned();
        let mut post = Post::default();
        scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
        let received = pending.receive(&post.only()).unwrap();
        let text = String::from_utf8(received.presentations().values().next().unwrap()[0].clone()).unwrap();
        let binding = text.rsplit('~').next().unwrap().split('.').nth(1).unwrap().to_owned();
        let payload: serde_json::Value =
            serde_json::from_slice(&mapae_jose::base64url::decode(binding).unwrap()).unwrap();
        assert_eq!(payload["iat"], scene.phone.now.unix());
        assert_eq!(payload["nonce"], nonce.as_str());
        seen.push(payload["iat"].clone());
    }
    assert_ne!(seen[0], seen[1]);
}

#[test]
fn a_line_says_who_what_and_why_and_no_value() {
    let mut scene = Scene::new();
    let (pending, proposal) = scene.proposed(&query(Format::SdJwt, &["family_name"]));
    let value = elements(&proposal)[0].value.as_str().unwrap().to_owned();
    scene.share(pending, &proposal);
    let line = scene.last_line();
    assert_eq!((line.who.id.as_deref(), line.purposes[0].en.as_str()), (Some("sejong-library"), PURPOSE));
    assert_eq!(line.at.0, scene.phone.now);
    let records: Vec<_> = scene.phone.records.iter().filter(|(name, _)| name.starts_with("shown.")).collect();
    let text = String::from_utf8(records[0].1.clone()).unwrap();
    assert!(text.contains("Family name") && !text.contains(&value), "{text}");
}

#[test]
fn what_can_no_longer_be_sent_or_answered_is_not_kept() {
    let mut scene = Scene::new();
    let asked = query(Format::Mdoc, &["age_over_14"]);
    let (_, proposal) = scene.proposed(&asked);
    let consent = proposal.least();
    scene.phone.run(&mut Nobody, |wallet, start| wallet.prepare(proposal, consent, start)).unwrap();
    for (seconds, prepared, answered) in [(359, 1, 2), (360, 0, 3), (300 + 3600, 0, 3), (360 + 3900, 0, 2)] {
        scene.phone.now = testkit::now() + Duration::seconds(seconds);
        let (_, proposal) = scene.proposed(&asked);
        scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
        let kept = scene.phone.records.keys().filter(|name| name.starts_with("prepared.")).count();
        let marks: serde_json::Value = serde_json::from_slice(&scene.phone.records["answered"]).unwrap();
        assert_eq!((kept, marks.as_object().unwrap().len()), (prepared, answered), "after {seconds} s");
    }
}
