//! What an answer is worth: all that was asked, nothing else, of one person, and verified to the last credential.

use mapae_oid4vp::{Presentation, Request};
use serde_json::{Value, json};
use testkit::{BOTH, Format, IssuedCopy, World, document};

use crate::{
    phone::Phone,
    places::Sqlite,
    scene::{Scene, Setting, of_age},
};

const NAME: [&str; 2] = ["family_name", "given_name"];

/// Asks for a resident card and a licence, in that format.
fn two(format: Format, ids: &[&str]) -> Value {
    let one = |name: &str| {
        let mut query = testkit::Request::query(format, document(name), ids).to_json()["credentials"][0].clone();
        query["id"] = name.into();
        query
    };
    json!({ "dcql_query": { "credentials": [one("resident"), one("licence")] }, "flow": "cross_device" })
}

fn copy(world: &World, format: Format, name: &str, person: usize) -> IssuedCopy {
    world.issue_document(format, name, person, &world.terms())
}

/// Answers with what `show` makes, and polls the result.
async fn result<'s>(
    scene: &'s Scene<Sqlite>,
    wish: &Value,
    show: impl AsyncFnOnce(&Phone<'s>, &Request) -> Vec<(&'static str, Presentation)>,
) -> Value {
    let session = scene.begun(wish).await;
    let phone = scene.phone();
    let request = phone.fetched(&session).await;
    let shown = show(&phone, &request).await;
    assert_eq!(phone.send(&Phone::answer(&request, shown)).await.status, 200);
    let result = scene.poll(&session).await.body["result"].clone();
    assert!(result["verdict"] == "held" || result.get("credentials").is_none(), "{result}");
    result
}

async fn pair(scene: &Scene<Sqlite>, wish: &Value, format: Format, persons: [usize; 2], ids: &[&str]) -> Value {
    result(scene, wish, async |phone, request| {
        let card = copy(&scene.world, format, "resident", persons[0]);
        let licence = copy(&scene.world, format, "licence", persons[1]);
        vec![("resident", phone.present(request, &card, ids)), ("licence", phone.present(request, &licence, ids))]
    })
    .await
}

#[tokio::test]
async fn two_documents_of_one_person_hold() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let held = pair(&scene, &two(format, &NAME), format, [1, 1], &NAME).await;
        assert_eq!(held["verdict"], "held", "{held}");
        assert_eq!(held["credentials"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn peer_hole_18_two_persons_documents_are_refused() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let refused = pair(&scene, &two(format, &NAME), format, [0, 1], &NAME).await;
        assert_eq!(refused["reason"]["code"], "holders_differ", "{refused}");
    }
}

/// Unless the relying party expects several, as of a parent and a child.
#[tokio::test]
async fn two_persons_documents_hold_where_they_were_asked_for() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let mut wish = two(Format::SdJwt, &NAME);
    wish["holders"] = "any".into();
    assert_eq!(pair(&scene, &wish, Format::SdJwt, [0, 1], &NAME).await["verdict"], "held");
}

/// What could not be compared is not asked for.
#[tokio::test]
async fn documents_without_a_name_are_not_asked_for_together() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        assert_eq!(scene.begin(&two(format, &["age_over_19"])).await.refusal(), (400, "holders_not_comparable"));
        assert_eq!(scene.begin(&two(format, &["family_name"])).await.refusal(), (400, "holders_not_comparable"));
    }
}

#[tokio::test]
async fn peer_hole_19_one_revoked_credential_refuses_all() {
    for format in BOTH {
        for revoked in ["resident", "licence"] {
            let mut world = World::new();
            let copies = ["resident", "licence"].map(|name| copy(&world, format, name, 0));
            world.revoke(copies.iter().find(|copy| copy.document.name().as_str() == revoked).unwrap());
            let scene = Scene::<Sqlite>::of(world, Setting::default()).await.unwrap();
            let refused = result(&scene, &two(format, &NAME), async |phone, request| {
                let [card, licence] = &copies;
                vec![
                    ("resident", phone.present(request, card, &NAME)),
                    ("licence", phone.present(request, licence, &NAME)),
                ]
            })
            .await;
            let reason = &refused["reason"];
            assert_eq!((&reason["code"], &reason["query"]), (&"revoked".into(), &revoked.into()), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_wallet_that_shows_more_than_asked_is_refused() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let refused = result(&scene, &of_age(), async |phone, request| {
            let card = scene.world.issue(format);
            vec![(Phone::query(format), phone.present(request, &card, &["age_over_19", "family_name"]))]
        })
        .await;
        assert_eq!(refused["reason"]["code"], "more_than_asked", "{refused}");
        assert!(refused["reason"]["detail"].as_str().unwrap().contains("family_name"));
    }
}

#[tokio::test]
async fn a_wallet_that_shows_less_than_asked_is_refused() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let mut wish = two(format, &NAME);
        wish["dcql_query"]["credentials"].as_array_mut().unwrap().pop();
        let refused = result(&scene, &wish, async |phone, request| {
            vec![("resident", phone.present(request, &scene.world.issue(format), &["family_name"]))]
        })
        .await;
        assert_eq!(refused["reason"]["code"], "not_what_was_asked", "{refused}");
    }
}

/// A presentation under the name of another query answers that query or none.
#[tokio::test]
async fn a_presentation_answers_the_query_that_it_is_under() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    for format in BOTH {
        let refused = result(&scene, &two(format, &NAME), async |phone, request| {
            let card = copy(&scene.world, format, "resident", 0);
            let twice = || phone.present(request, &card, &NAME);
            vec![("resident", twice()), ("licence", twice())]
        })
        .await;
        let reason = &refused["reason"];
        assert_eq!((&reason["code"], &reason["query"]), (&"not_what_was_asked".into(), &"licence".into()), "{refused}");
    }
}

#[tokio::test]
async fn a_document_of_another_country_is_refused() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let stranger = World::of(9, "XX");
    for format in BOTH {
        let refused = result(&scene, &of_age(), async |phone, request| {
            vec![(Phone::query(format), phone.present(request, &stranger.issue(format), &["age_over_19"]))]
        })
        .await;
        assert_eq!(refused["verdict"], "refused", "{refused}");
    }
}

/// A relying party may be stricter than the bundle, whose evidence is an hour old.
#[tokio::test]
async fn evidence_older_than_the_operator_accepts_is_refused() {
    let setting = Setting { lines: "accept_age_hours = 0".to_owned(), ..Setting::default() };
    let scene = Scene::<Sqlite>::with(setting).await.unwrap();
    let refused = result(&scene, &of_age(), async |phone, request| {
        vec![("resident_mdoc", phone.present(request, &scene.world.issue(Format::Mdoc), &["age_over_19"]))]
    })
    .await;
    assert_eq!(refused["reason"]["code"], "bundle_too_old", "{refused}");
}

/// Pictures come out alike, whatever the format.
#[tokio::test]
async fn a_portrait_is_the_same_in_both_formats() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let mut shapes = Vec::new();
    for format in BOTH {
        let query = testkit::Request::query(format, document("resident"), &["portrait", "birth_date"]);
        let wish = json!({ "dcql_query": query.to_json(), "flow": "cross_device" });
        let held = result(&scene, &wish, async |phone, request| {
            vec![("asked", phone.present(request, &scene.world.issue(format), &["portrait", "birth_date"]))]
        })
        .await;
        shapes.push(held["credentials"][0]["claims"].clone());
    }
    assert_eq!(shapes[0]["portrait"]["media_type"], "image/jpeg");
    assert_eq!(shapes[0], shapes[1]);
}
