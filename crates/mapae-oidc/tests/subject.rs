//! `sub`: the same person under the same client alone, and who is asked for by it.

use mapae_oidc::{LoginFault, LoginRefusal, Person, Presented, Provider, RequestFault, SubjectRule, SubjectSecret};
use mapae_types::PersonId;
use mapae_verify::Format;
use serde_json::json;
use testkit::{Seeded, now};

use crate::scene::{
    KEYED, WEB, begin, changed, fault, issue, location, opened, presented, provider, shape, shown, somebody, tokens_at,
};

/// The `sub` of a person of a register at the client [`WEB`].
fn subject(provider: &Provider, register: &str, id: &str) -> String {
    let id: PersonId = id.parse().unwrap();
    let begun = begin(provider, WEB, &[]);
    let presented =
        Presented { verified: shown(Format::SdJwt), shape: &shape, person: Some(Person { issuer: register, id: &id }) };
    let login = begun.pending.complete(&presented, &mut Seeded::new(2), now()).unwrap();
    let issued = login.issue(provider, begun.cookie.expose(), &mut Seeded::new(3), now()).unwrap();
    let code = crate::scene::parameter(&location(&issued.answer), "code");
    let (_, id_token) = opened(&tokens_at(provider, &code, issued.code, now()).unwrap());
    id_token["sub"].as_str().unwrap().to_owned()
}

fn with_secret(secret: u8) -> Provider {
    changed(|new| new.clients[0].subject = SubjectRule::Returning(SubjectSecret::new([secret; 32]))).unwrap()
}

#[test]
fn a_returning_person_has_one_name_at_one_client() {
    let name = subject(&provider(), "https://issuer.example", "p-1");
    assert_eq!(name.len(), 43);
    assert_eq!(subject(&provider(), "https://issuer.example", "p-1"), name);
    assert_ne!(subject(&provider(), "https://issuer.example", "p-2"), name);
    assert_ne!(subject(&provider(), "https://other.example", "p-1"), name);
    assert_ne!(subject(&with_secret(8), "https://issuer.example", "p-1"), name);
    // Where one ends and the other begins is part of the name.
    assert_ne!(subject(&provider(), "https://issuer.examplep", "-1"), name);
    let secret = mapae_crypto::hmac_sha256(&[7; 32], &[&22u64.to_be_bytes(), b"https://issuer.example", b"p-1"]);
    assert_eq!(name, mapae_jose::base64url::encode(secret));
}

#[test]
fn who_changes_the_secret_of_the_client_keeps_its_people() {
    let other = changed(|new| new.clients[0].authentication = mapae_oidc::ClientAuthentication::Public).unwrap();
    let name = |provider: &Provider| {
        let begun = begin(provider, WEB, &[]);
        let login = begun.pending.complete(&presented(shown(Format::SdJwt), somebody()), &mut Seeded::new(2), now());
        let record = login.unwrap().to_record();
        mapae_jose::json::parse_object(&record).unwrap()["grant"]["sub"].clone()
    };
    assert_eq!(name(&other), name(&provider()));
}

#[test]
fn other_clients_get_a_new_name_each_time() {
    let name = |seed| {
        let begun = begin(&provider(), KEYED, &[]);
        let presented = Presented { person: None, ..presented(shown(Format::SdJwt), somebody()) };
        let login = begun.pending.complete(&presented, &mut Seeded::new(seed), now()).unwrap();
        mapae_jose::json::parse_object(&login.to_record()).unwrap()["grant"]["sub"].clone()
    };
    assert_ne!(name(1), name(2));
    assert_eq!(name(1).as_str().map(str::len), Some(43));
}

#[test]
fn a_client_that_knows_its_people_is_told_who_it_is() {
    let begun = begin(&provider(), WEB, &[]);
    let nobody = Presented { person: None, ..presented(shown(Format::SdJwt), somebody()) };
    let failed = begun.pending.complete(&nobody, &mut Seeded::new(2), now()).unwrap_err();
    assert_eq!(failed.fault, LoginFault::PersonMissing);
    assert_eq!(LoginRefusal::from(&failed.fault), LoginRefusal::Internal);
}

#[test]
fn who_is_asked_for_signs_in_and_nobody_else() {
    let name = subject(&provider(), "https://issuer.example", "p-4711");
    let asked = |subject: &str| json!({ "id_token": { "sub": { "value": subject } } }).to_string();
    let complete = |changes: &[(&str, &str)]| {
        let begun = begin(&provider(), WEB, changes);
        let login = begun.pending.complete(&presented(shown(Format::SdJwt), somebody()), &mut Seeded::new(2), now());
        login.map(drop).map_err(|failed| (failed, begun.cookie))
    };
    complete(&[("claims", &asked(&name))]).unwrap();
    let (failed, cookie) = complete(&[("claims", &asked("somebody else"))]).unwrap_err();
    assert_eq!(failed.fault, LoginFault::AnotherPerson);
    let answer = failed.pending.refuse(cookie.expose(), (&failed.fault).into()).unwrap();
    assert!(location(&answer).contains("error=login_required"));
}

#[test]
fn a_hint_says_who_must_sign_in() {
    let (issued, code) = issue(&provider(), WEB, &[]);
    let tokens = tokens_at(&provider(), &code, issued.code, now()).unwrap();
    let hint = opened(&tokens).0["id_token"].as_str().unwrap().to_owned();
    let complete = |id: &str| {
        let (id, begun) = (id.parse().unwrap(), begin(&provider(), WEB, &[("id_token_hint", &hint)]));
        begun.pending.complete(&presented(shown(Format::SdJwt), &id), &mut Seeded::new(2), now()).map(drop)
    };
    complete(somebody().as_str()).unwrap();
    assert_eq!(complete("p-1").unwrap_err().fault, LoginFault::AnotherPerson);
    let other = json!({ "id_token": { "sub": { "value": "other" } } }).to_string();
    assert_eq!(fault(WEB, &[("id_token_hint", &hint), ("claims", &other)]).0, RequestFault::SubjectOutOfReach);
}

#[test]
fn nobody_can_be_asked_for_where_nobody_is_known_again() {
    let asked = json!({ "userinfo": { "sub": { "value": "a" } } }).to_string();
    let expected = (RequestFault::SubjectOutOfReach, "login_required".to_owned());
    assert_eq!(fault(KEYED, &[("claims", &asked)]), expected);
}
