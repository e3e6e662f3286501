//! The trust bundle: fetched, remembered, kept, and gone by while its source is away.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use mapae_http::{Limits, Listening, Running, stopping};
use mapae_types::Duration;
use serde_json::Value;
use testkit::{Format, World, now};

use crate::{
    places::Sqlite,
    scene::{Scene, Setting, client, of_age},
};

/// A cache that hands out a bundle.
#[derive(Default)]
struct Source {
    file: Mutex<Option<Vec<u8>>>,
    sent: AtomicUsize,
    same: AtomicUsize,
}

async fn file(State(source): State<Arc<Source>>, headers: HeaderMap) -> Response {
    let Some(file) = source.file.lock().unwrap().clone() else { return StatusCode::BAD_GATEWAY.into_response() };
    let etag = format!("\"{}\"", mapae_types::hex::encode(&mapae_crypto::sha256(&file)[..8]));
    if headers.get("if-none-match").is_some_and(|seen| *seen == *etag) {
        source.same.fetch_add(1, Ordering::SeqCst);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    source.sent.fetch_add(1, Ordering::SeqCst);
    ([("etag", etag)], file).into_response()
}

async fn serve(source: &Arc<Source>) -> Running {
    let routes = Router::new().route("/trust.bundle", get(file)).with_state(Arc::clone(source));
    let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
    listening.serve(routes, Limits::default(), stopping().0)
}

/// A bundle as of so many minutes before now.
fn bundle(minutes: i64) -> Vec<u8> {
    let mut world = World::new();
    world.as_of = now() - Duration::seconds(minutes * 60);
    world.list.issued_at = world.as_of;
    world.bundle()
}

async fn told(scene: &Scene<Sqlite>) -> Value {
    let answer = client().get(format!("{}/health/bundle", scene.running.url())).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// Looks, a fortieth of a second apart: a minute's.
const ROUNDS: usize = 2_400;

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..ROUNDS {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it did not come about in a minute");
}

/// Waits until the bundle's age is so many minutes.
async fn is_of(scene: &Scene<Sqlite>, minutes: i64) {
    for _ in 0..ROUNDS {
        if told(scene).await["bundle"]["age_seconds"] == minutes * 60 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{}", told(scene).await);
}

#[tokio::test]
async fn a_newer_bundle_is_gone_by_and_an_older_one_is_not() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let put = |file: Vec<u8>| fs::write(scene.dir.path().join("trust.bundle"), file).unwrap();
    is_of(&scene, 60).await;
    put(bundle(30));
    is_of(&scene, 30).await;
    put(bundle(45));
    until(|| scene.said.lock().unwrap().contains("was used before")).await;
    assert_eq!(told(&scene).await["bundle"]["age_seconds"], 30 * 60);
}

/// Nobody else's key, nor bytes that were changed: peers' hole 9.
#[tokio::test]
async fn peer_hole_09_what_cannot_be_believed_is_not() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let mut changed = bundle(30);
    *changed.last_mut().unwrap() ^= 1;
    for wrong in [World::of(8, "KR").bundle(), changed, Vec::new()] {
        fs::write(scene.dir.path().join("trust.bundle"), wrong).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
        is_of(&scene, 60).await;
    }
}

#[tokio::test]
async fn a_bundle_is_fetched_once_as_long_as_it_is_the_same() {
    let source = Arc::new(Source::default());
    *source.file.lock().unwrap() = Some(bundle(50));
    let serving = serve(&source).await;
    let scene = fetching(&serving, None).await;
    is_of(&scene, 50).await;
    until(|| source.same.load(Ordering::SeqCst) > 1).await;
    assert_eq!(source.sent.load(Ordering::SeqCst), 1);
    *source.file.lock().unwrap() = Some(bundle(20));
    is_of(&scene, 20).await;
}

/// A verifier whose bundle lies there; with what it kept, if it has run before.
async fn fetching(serving: &Running, kept: Option<&Scene<Sqlite>>) -> Scene<Sqlite> {
    let dir = tempfile::tempdir().unwrap().keep();
    if let Some(before) = kept {
        for file in ["memory", "memory.bundle"] {
            fs::copy(before.dir.path().join(file), dir.join(file)).unwrap();
        }
    }
    let setting = Setting { source: Some((format!("{}/trust.bundle", serving.url()), dir)), ..Setting::default() };
    Scene::<Sqlite>::with(setting).await.unwrap()
}

/// The source burns: what is held is gone by, until its own ages end that; also by who starts anew.
#[tokio::test]
async fn verdicts_go_on_while_the_source_is_away() {
    let before = Scene::<Sqlite>::new().await.unwrap();
    let serving = serve(&Arc::default()).await;
    let scene = fetching(&serving, Some(&before)).await;
    for days in [0, 7, 27] {
        scene.wait(Duration::days(days));
        let session = scene.begun(&of_age()).await;
        assert_eq!(scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await.status, 200);
        let result = scene.poll(&session).await.body["result"].clone();
        assert_eq!(result["verdict"], "held", "{result}");
        assert_eq!(result["credentials"][0]["evidence"]["marked"], days > 0);
    }
    scene.wait(Duration::days(2));
    assert_eq!(told(&scene).await["bundle"]["band"], "too_old");
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    assert_eq!(scene.poll(&session).await.body["result"]["reason"]["code"], "bundle_too_old");
    assert_eq!(scene.said.lock().unwrap().matches("answers 502").count(), 1, "said once");
}

/// Without any bundle nobody is asked for what could not be judged.
#[tokio::test]
async fn without_a_bundle_nobody_is_asked() {
    let source = Arc::new(Source::default());
    let serving = serve(&source).await;
    let scene = fetching(&serving, None).await;
    assert_eq!(scene.begin(&of_age()).await.refusal(), (503, "bundle_missing"));
    let health = client().get(format!("{}/health", scene.running.url())).send().await.unwrap();
    assert_eq!(health.status(), 503);
    *source.file.lock().unwrap() = Some(bundle(10));
    is_of(&scene, 10).await;
    scene.begun(&of_age()).await;
}
