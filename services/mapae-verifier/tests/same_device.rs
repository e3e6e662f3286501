//! On one device: the result is for the browser that the wallet sends back.

use serde_json::{Value, json};
use testkit::Format;

use crate::{
    places::{Place, Sqlite, on_both},
    scene::{Answer, KEY, Scene, Setting, text},
};

fn wish() -> Value {
    json!({ "use": "age_over_19", "flow": "same_device", "redirect_uri": "https://shop.example/back?cart=7" })
}

fn code(answer: &Answer) -> String {
    let redirect = text(&answer.body, "redirect_uri");
    let code = redirect.strip_prefix("https://shop.example/back?cart=7&response_code=").unwrap();
    assert!(code.len() >= 43, "256 bits");
    code.to_owned()
}

async fn poll<P: Place>(scene: &Scene<P>, session: &Value, code: &str) -> Answer {
    let path = format!("/sessions/{}?response_code={code}", text(session, "id"));
    scene.ask("GET", &path, KEY, String::new()).await
}

async fn the_browser_that_comes_back_has_the_result<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let session = scene.begun(&wish()).await;
    let code = code(&scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await);
    let without = scene.poll(&session).await.body;
    assert_eq!((&without["state"], &without["result_needs"]), (&"done".into(), &"response_code".into()), "{without}");
    assert!(without.get("result").is_none());
    assert_eq!(poll(&scene, &session, &code).await.body["result"]["verdict"], "held");
}

on_both!(the_browser_that_comes_back_has_the_result);

/// Who began a session and had its link opened by somebody else has the session, and not the code (OpenID4VP 1.0 §14.2).
#[tokio::test]
async fn peer_hole_10_a_session_that_was_fixed_on_somebody_gives_nothing() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let (theirs, fixed) = (scene.begun(&wish()).await, scene.begun(&wish()).await);
    let own = code(&scene.phone().show(&theirs, Format::Mdoc, &["age_over_19"]).await);
    let victims = code(&scene.phone().show(&fixed, Format::Mdoc, &["age_over_19"]).await);
    for guess in [own.as_str(), "guessed", &victims[1..]] {
        assert_eq!(poll(&scene, &fixed, guess).await.refusal(), (403, "response_code_foreign"), "{guess}");
    }
    assert_eq!(poll(&scene, &theirs, &victims).await.refusal(), (403, "response_code_foreign"));
    assert_eq!(poll(&scene, &fixed, &victims).await.body["result"]["verdict"], "held");
}

/// Whoever finds the code in a browser's history later finds nothing by it.
#[tokio::test]
async fn peer_hole_10_a_replayed_response_code_gives_nothing() {
    let sections = "[lifetimes]\ndelivered_seconds = 0\n".to_owned();
    let scene = Scene::<Sqlite>::with(Setting { sections, ..Setting::default() }).await.unwrap();
    let session = scene.begun(&wish()).await;
    let code = code(&scene.phone().show(&session, Format::Mdoc, &["age_over_19"]).await);
    assert_eq!(poll(&scene, &session, &code).await.body["result"]["verdict"], "held");
    let again = poll(&scene, &session, &code).await;
    assert!([404, 410].contains(&again.status), "{}", again.text);
    assert!(again.body.get("result").is_none());
}

/// Also one that refuses goes back, so that the page does not wait for ever.
#[tokio::test]
async fn whoever_refuses_is_sent_back_as_well() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let (session, phone) = (scene.begun(&wish()).await, scene.phone());
    let request = phone.fetched(&session).await;
    let refusal = request.refuse(mapae_oid4vp::OAuthError::AccessDenied, &mut testkit::Seeded::new(1)).unwrap();
    let code = code(&phone.send(&refusal).await);
    assert_eq!(poll(&scene, &session, &code).await.body["result"]["verdict"], "declined");
}
