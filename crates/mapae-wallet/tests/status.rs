//! The status of one's own documents, and what a holder is told in time.

use mapae_types::{Date, Duration};
use mapae_wallet::{CardStatus, CardWarning, Format as Held, StatusState};
use testkit::{Format, now};

use crate::scene::{Post, Scene, query};

fn status(scene: &Scene) -> CardStatus {
    *scene.phone.wallet.statuses(scene.phone.now).values().next().unwrap()
}

fn warnings(scene: &Scene) -> Vec<CardWarning> {
    scene.phone.wallet.cards(scene.phone.now)[0].warnings.clone()
}

#[test]
fn a_card_holds_is_revoked_or_not_known_by_the_bundle_and_nobody_is_asked() {
    let mut scene = Scene::new();
    let known = status(&scene);
    assert_eq!((known.state, known.as_of.unwrap().0), (StatusState::Valid, scene.world.as_of));
    scene.world.list.entries.fill(1);
    scene.rely();
    assert_eq!(status(&scene).state, StatusState::Revoked);
    scene.phone.wallet.rely_on(None);
    assert_eq!(status(&scene).state, StatusState::Unknown);
    assert!(scene.phone.wants.is_empty());
}

#[test]
fn an_old_list_says_so_and_revoked_stays_revoked() {
    let mut scene = Scene::new();
    scene.phone.now = scene.world.as_of + Duration::days(36);
    let state = status(&scene).state;
    assert!(matches!(state, StatusState::TooOld | StatusState::Unknown), "{state:?}");
    scene.phone.now = scene.world.as_of + Duration::days(35);
    assert_eq!(status(&scene).state, StatusState::Valid);
}

#[test]
fn the_end_is_told_90_30_and_7_days_before() {
    for (left, told) in
        [(91, None), (90, Some(90)), (31, Some(90)), (30, Some(30)), (8, Some(30)), (7, Some(7)), (1, Some(7))]
    {
        let scene = ends_in(Duration::days(left));
        let found = warnings(&scene).into_iter().find_map(|one| match one {
            CardWarning::ExpiresSoon { days } => Some(days),
            _ => None,
        });
        assert_eq!(found, told, "{left} days");
    }
    assert!(warnings(&ends_in(Duration::seconds(-1))).contains(&CardWarning::Expired));
}

/// A card whose document ends after so long: its holder looks at it late.
fn ends_in(left: Duration) -> Scene {
    let mut scene = Scene::new();
    let resident = testkit::document("resident");
    let claim = &resident.attribute("expiry_date").unwrap().claim_path()[0];
    let day = testkit::facts("resident", 0).sd_jwt_claims()[claim].as_str().unwrap().parse::<Date>().unwrap();
    // It holds to the end of that day in Korea.
    scene.phone.now = resident.start_of(day.plus_days(1).unwrap()) - left;
    scene
}

#[test]
fn new_copies_are_due_from_the_middle_of_a_copys_life() {
    let mut scene = Scene::empty();
    scene.hold("resident", 5);
    // 310 days in all, of which ten are over.
    for (days, due) in [(144, false), (145, true)] {
        scene.phone.now = now().start_of_day() + Duration::days(days);
        assert_eq!(warnings(&scene).contains(&CardWarning::RefillDue), due, "after {days} days");
    }
}

#[test]
fn few_copies_are_told_of_for_each_format() {
    let mut scene = Scene::new();
    assert!(warnings(&scene).is_empty());
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["age_over_14"]));
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
    assert_eq!(warnings(&scene), [CardWarning::FewCopies { format: Held::SdJwt, fresh: 2 }]);
}
