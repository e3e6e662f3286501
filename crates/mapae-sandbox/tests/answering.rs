//! Right answers.

use mapae_issue::Format;
use mapae_oid4vp::{OAuthError, TransactionData, verifier::ResponseFault};
use mapae_sandbox::SandboxError;
use mapae_verify::{self as verify, Claims, Verified};
use serde_json::json;

use crate::scene::{Scene, entropy, judge, now};

fn told(verified: &Verified) -> usize {
    match verified.credentials()[0].claims() {
        Claims::Mdoc(elements) => elements.len(),
        Claims::SdJwt(claims) => claims.len(),
        _ => 0,
    }
}

#[test]
fn what_is_asked_is_told_in_either_format_and_holds() {
    let mut scene = Scene::new();
    let person = scene.country.people("resident").next().unwrap();
    let pocket = scene.country.issue(person, &["resident"], &mut entropy(1)).unwrap();
    for format in Format::ALL {
        let query = scene.query(format, &["resident"], &["family_name_hangul"]);
        let (pending, request) = scene.ask(&query, Vec::new());
        let answer = pocket.answer(&request, now(), &mut entropy(2)).unwrap();
        let verified = judge(pending, &answer, &scene.store()).unwrap();
        assert_eq!((verified.len(), told(&verified[0])), (1, 1));
    }
}

#[test]
fn two_documents_answer_together() {
    let mut scene = Scene::new();
    let person = scene.country.people("licence").find(|n| scene.country.documents(*n).contains(&"resident")).unwrap();
    let pocket = scene.country.issue(person, &["resident", "licence"], &mut entropy(1)).unwrap();
    let query = scene.query(Format::Mdoc, &["resident", "licence"], &["family_name_hangul"]);
    let (pending, request) = scene.ask(&query, Vec::new());
    let answer = pocket.answer(&request, now(), &mut entropy(2)).unwrap();
    assert_eq!(judge(pending, &answer, &scene.store()).unwrap().len(), 2);
}

#[test]
fn one_format_is_answered_in_and_the_other_is_not_to_be_had() {
    let mut scene = Scene::new();
    let person = scene.country.people("resident").next().unwrap();
    let pocket = scene.country.issue_ahead(person, &["resident"], &[Format::Mdoc], 2, &mut entropy(1)).unwrap();
    let query = scene.query(Format::Mdoc, &["resident"], &["family_name_hangul"]);
    let (pending, request) = scene.ask(&query, Vec::new());
    let answer = pocket.answer_in(Format::Mdoc, &request, now(), &mut entropy(2)).unwrap();
    let verified = judge(pending, &answer, &scene.store()).unwrap();
    assert_eq!(verified[0].credentials()[0].format(), verify::Format::Mdoc);
    let query = scene.query(Format::SdJwt, &["resident"], &["family_name_hangul"]);
    let (_, request) = scene.ask(&query, Vec::new());
    let nothing = pocket.answer(&request, now(), &mut entropy(2)).unwrap_err();
    assert!(matches!(nothing, SandboxError::Unanswerable(_)), "{nothing}");
}

/// Two answers in a row show two copies; the third shows the first again.
#[test]
fn copies_are_taken_in_turn() {
    let mut scene = Scene::new();
    let person = scene.country.people("resident").next().unwrap();
    let pocket = scene.country.issue_ahead(person, &["resident"], &[Format::SdJwt], 2, &mut entropy(1)).unwrap();
    let query = scene.query(Format::SdJwt, &["resident"], &["family_name_hangul"]);
    let mut shown = Vec::new();
    for _ in 0..3 {
        let (pending, request) = scene.ask(&query, Vec::new());
        let answer = pocket.answer(&request, now(), &mut entropy(2)).unwrap();
        let received = pending.receive(&answer.body).unwrap();
        let text = String::from_utf8(received.presentations().values().next().unwrap()[0].clone()).unwrap();
        shown.push(text.split('~').next().unwrap().to_owned());
    }
    assert!(shown[0] != shown[1] && shown[0] == shown[2]);
}

#[test]
fn what_is_to_be_authorised_is_signed() {
    let mut scene = Scene::new();
    let person = scene.country.people("resident").next().unwrap();
    let pocket = scene.country.issue(person, &["resident"], &mut entropy(1)).unwrap();
    let query = scene.query(Format::SdJwt, &["resident"], &["family_name_hangul"]);
    let details = json!({ "payee": "Bookshop" }).as_object().unwrap().clone();
    let payment = TransactionData::new("any-kind", vec!["resident".parse().unwrap()], details).unwrap();
    let (pending, request) = scene.ask(&query, vec![payment.clone()]);
    let answer = pocket.answer(&request, now(), &mut entropy(2)).unwrap();
    let received = pending.receive(&answer.body).unwrap();
    assert_eq!(received.transactions()[0].transaction().hash(), payment.hash());
}

#[test]
fn a_person_may_decline() {
    let mut scene = Scene::new();
    let person = scene.country.people("resident").next().unwrap();
    let pocket = scene.country.issue(person, &["resident"], &mut entropy(1)).unwrap();
    let query = scene.query(Format::Mdoc, &["resident"], &["family_name_hangul"]);
    let (pending, request) = scene.ask(&query, Vec::new());
    let answer = pocket.decline(&request, &mut entropy(2)).unwrap();
    assert_eq!(pending.receive(&answer.body).unwrap_err(), ResponseFault::Refused(OAuthError::AccessDenied));
}
