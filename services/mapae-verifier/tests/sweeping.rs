//! What is over is done away with: delivered, not answered, not fetched.

use mapae_types::Duration;
use mapae_verifier::store::SessionStore as _;
use testkit::Format;

use crate::{
    places::{Place, on_both},
    scene::{Scene, Setting, of_age, text},
};

/// How a scene's sessions end.
fn settings(lines: &str) -> Setting {
    Setting { sections: format!("[lifetimes]\n{lines}\n"), ..Setting::default() }
}

async fn a_result_is_kept_for_a_moment_after_delivery<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    assert_eq!(scene.poll(&session).await.body["result"]["verdict"], "held");
    scene.wait(Duration::seconds(59));
    scene.place.store().await.sweep(scene.now()).await.unwrap();
    // The answer may have been lost on the way.
    assert_eq!(scene.poll(&session).await.body["result"]["verdict"], "held");
    scene.wait(Duration::seconds(1));
    scene.place.store().await.sweep(scene.now()).await.unwrap();
    assert_eq!(scene.poll(&session).await.refusal(), (404, "session_unknown"));
}

async fn a_result_may_be_told_but_once<P: Place>() {
    let Some(scene) = Scene::<P>::with(settings("delivered_seconds = 0")).await else { return };
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    assert_eq!(scene.poll(&session).await.body["result"]["verdict"], "held");
    let again = scene.poll(&session).await;
    assert!([404, 410].contains(&again.status), "{}", again.text);
}

async fn a_result_that_nobody_fetches_is_deleted<P: Place>() {
    let Some(scene) = Scene::<P>::with(settings("result_seconds = 60")).await else { return };
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    scene.wait(Duration::seconds(60));
    scene.place.store().await.sweep(scene.now()).await.unwrap();
    assert_eq!(scene.poll(&session).await.refusal(), (404, "session_unknown"));
}

/// The key that would open an answer goes with the time in which one may come.
async fn a_session_that_nobody_answers_is_deleted<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let session = scene.begun(&of_age()).await;
    let (store, id) = (scene.place.store().await, text(&session, "id").parse().unwrap());
    assert!(store.session(id).await.unwrap().unwrap().context.is_some());
    scene.wait(Duration::seconds(300));
    store.sweep(scene.now()).await.unwrap();
    assert!(store.session(id).await.unwrap().unwrap().context.is_none());
    assert_eq!(scene.poll(&session).await.body["state"], "expired");
    scene.wait(Duration::seconds(300));
    store.sweep(scene.now()).await.unwrap();
}

on_both!(
    a_result_is_kept_for_a_moment_after_delivery
    a_result_may_be_told_but_once
    a_result_that_nobody_fetches_is_deleted
    a_session_that_nobody_answers_is_deleted
);
