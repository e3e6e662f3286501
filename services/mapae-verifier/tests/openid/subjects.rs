//! What people are called (docs/decisions/0016): the register's id of a person is told to nobody.

use serde_json::json;
use testkit::{BOTH, Format};

use super::{
    browser::Browser,
    library::{APP, OTHER, SECRET, WEB, basic, opened, scene, sign_in, token, userinfo},
};
use crate::{
    phone::Phone,
    places::{Place, Sqlite, on_both},
    scene::{Scene, text},
};

/// The `sub` of a person at an application.
async fn subject<P: Place>(scene: &Scene<P>, id: &str, person: usize, format: Format) -> String {
    let copy = scene.world.issue_document(format, "resident", person, &scene.world.terms());
    let back = sign_in(scene, &Browser::default(), &copy, id, &[]).await;
    let (authorization, name) = if id == APP { (String::new(), APP) } else { (basic(id, SECRET), "") };
    let tokens = token(scene, &authorization, &back.parameter("code"), &[("client_id", name)]).await;
    let (_, claims) = opened(scene, &tokens).await;
    let told = userinfo(scene, tokens.body["access_token"].as_str().unwrap()).await;
    assert_eq!(told.body["sub"], claims["sub"]);
    assert!(!told.text.contains(id_of(person)) && !format!("{claims:?}").contains(id_of(person)));
    claims["sub"].as_str().unwrap().to_owned()
}

/// The register's id of a sample person.
fn id_of(person: usize) -> &'static str {
    let facts = testkit::facts("resident", person).sd_jwt_claims();
    facts["person_id"].as_str().unwrap().to_owned().leak()
}

async fn a_person_has_one_name_at_an_application_that_knows_its_people<P: Place>() {
    let Some(scene) = scene::<P>().await else { return };
    let one = subject(&scene, WEB, 0, Format::SdJwt).await;
    assert_eq!(subject(&scene, WEB, 0, Format::Mdoc).await, one, "by either format");
    assert_ne!(subject(&scene, WEB, 1, Format::SdJwt).await, one, "other people have others");
    assert_ne!(subject(&scene, OTHER, 0, Format::SdJwt).await, one, "and so has another application");
    let (first, second) = (subject(&scene, APP, 0, Format::Mdoc).await, subject(&scene, APP, 0, Format::Mdoc).await);
    assert_ne!(first, second, "who has no reason to know people again does not");
}

on_both!(a_person_has_one_name_at_an_application_that_knows_its_people);

/// By REST as well: `subject`, and not what it is made of.
#[tokio::test]
async fn a_result_names_people_for_this_organisation_alone() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let mut names = Vec::new();
    for format in BOTH {
        let query =
            testkit::Request::query(format, testkit::document("resident"), &["age_over_19", "person_id"]).to_json();
        let session = scene.begun(&json!({ "dcql_query": query, "flow": "cross_device" })).await;
        let phone = scene.phone();
        let request = phone.fetched(&session).await;
        let shown = phone.present(&request, &scene.world.issue(format), &["age_over_19", "person_id"]);
        phone.send(&Phone::answer(&request, vec![("asked", shown)])).await;
        let told = scene.poll(&session).await;
        let credential = &told.body["result"]["credentials"][0];
        assert_eq!(credential["claims"], json!({ "age_over_19": true }), "{}", told.text);
        assert!(!told.text.contains(id_of(0)));
        names.push(text(credential, "subject").to_owned());
    }
    assert_eq!(names[0], names[1]);
    assert_eq!(names[0].len(), 43);
    let session = scene.begun(&json!({ "use": "age_over_19", "flow": "cross_device" })).await;
    scene.phone().show(&session, Format::Mdoc, &["age_over_19"]).await;
    assert_eq!(scene.poll(&session).await.body["result"]["credentials"][0].get("subject"), None, "if it was asked for");
}
