//! Every break, as far as `mapae-oid4vp` and `mapae-verify` refuse it. What the service refuses is in its own tests.
#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_issue::Format;
use mapae_oid4vp::TransactionData;
use mapae_sandbox::{Break, Pocket, SandboxError};
use serde_json::json;

use crate::scene::{Scene, entropy, judge, now};

/// What the verifying crates let pass, for the service to refuse.
const OF_THE_SERVICE: [Break; 3] = [Break::MoreThanAsked, Break::TwoPersons, Break::SecondAnswer];

fn pocket(scene: &Scene) -> Pocket {
    let mut drivers = scene.country.people("licence");
    let person = drivers.find(|person| scene.country.documents(*person).contains(&"resident")).unwrap();
    scene.country.issue(person, &["resident", "licence"], &mut entropy(1)).unwrap()
}

/// The code by which a break is refused, where both documents are asked for.
fn code(scene: &mut Scene, pocket: &Pocket, wrong: Break, format: Format) -> Result<(), &'static str> {
    let query = scene.query(format, &["resident", "licence"], &["family_name_hangul", "age_over_19"]);
    let transactions = match wrong {
        Break::WrongTransaction => {
            let details = json!({ "payee": "Bookshop" }).as_object().unwrap().clone();
            TransactionData::new("payment", vec!["resident".parse().unwrap()], details).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let (pending, request) = scene.ask(&query, transactions);
    let sent = pocket.answer_broken(wrong, Some(format), &request, now(), &mut entropy(3)).unwrap();
    judge(pending, &sent[0], &scene.store()).map(drop)
}

#[test]
fn each_break_is_refused_by_its_own_rule() {
    let mut scene = Scene::new();
    let pocket = pocket(&scene);
    for format in Format::ALL {
        for wrong in Break::ALL {
            let Some(expected) = wrong.expected(format) else { continue };
            let refused = code(&mut scene, &pocket, wrong, format);
            if OF_THE_SERVICE.contains(&wrong) {
                assert_eq!(refused, Ok(()), "{} as {format}", wrong.name());
            } else {
                assert_eq!(refused, Err(expected.code), "{} as {format}", wrong.name());
            }
        }
    }
}

#[test]
fn what_a_request_does_not_have_cannot_be_broken() {
    let mut scene = Scene::new();
    let pocket = pocket(&scene);
    let query = scene.query(Format::SdJwt, &["resident"], &["family_name_hangul"]);
    let (_, request) = scene.ask(&query, Vec::new());
    for wrong in [Break::TwoPersons, Break::WrongTransaction] {
        let refused = pocket.answer_broken(wrong, None, &request, now(), &mut entropy(3)).unwrap_err();
        assert!(matches!(refused, SandboxError::NotApplicable(found) if found == wrong), "{refused}");
        assert!(wrong.needs().is_some());
    }
}

#[test]
fn a_second_answer_is_the_first_again() {
    let mut scene = Scene::new();
    let pocket = pocket(&scene);
    let query = scene.query(Format::SdJwt, &["resident"], &["family_name_hangul"]);
    let (pending, request) = scene.ask(&query, Vec::new());
    let sent = pocket.answer_broken(Break::SecondAnswer, None, &request, now(), &mut entropy(3)).unwrap();
    assert_eq!((sent.len(), &sent[0].body), (2, &sent[1].body));
    assert!(judge(pending, &sent[0], &scene.store()).is_ok());
}

#[test]
fn every_break_has_a_name_and_a_rule() {
    for wrong in Break::ALL {
        assert_eq!(wrong.name().parse(), Ok(wrong));
        assert!(Format::ALL.into_iter().any(|format| wrong.expected(format).is_some()), "{}", wrong.name());
        let (ko, en) = wrong.says();
        assert!(ko.ends_with('.') && en.ends_with('.'), "{}", wrong.name());
    }
    assert!("no_such_break".parse::<Break>().is_err());
}
