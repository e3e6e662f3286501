//! Sessions watched as server-sent events.

use serde_json::Value;
use testkit::Format;

use crate::{
    phone::Phone,
    places::{Place, Sqlite, on_both},
    scene::{KEY, Scene, client, of_age, text},
};

/// The events as they come.
struct Watched(reqwest::Response, String);

impl Watched {
    async fn new<P: Place>(scene: &Scene<P>, session: &Value) -> Self {
        let url = format!("{}/sessions/{}/events", scene.running.url(), text(session, "id"));
        let response = client().get(url).bearer_auth(KEY).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self(response, String::new())
    }

    /// The next event: its kind and data; nothing at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) =
                self.1.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned()))
            {
                self.1 = rest;
                let Some((kind, data)) = event.split_once('\n') else { continue };
                let kind = kind.strip_prefix("event: ").unwrap().to_owned();
                return Some((kind, serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap()));
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_mins(2), self.0.chunk()).await;
            self.1.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()?).unwrap());
        }
    }
}

async fn a_session_is_watched_to_its_result<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let session = scene.begun(&of_age()).await;
    let mut watched = Watched::new(&scene, &session).await;
    let (kind, first) = watched.next().await.unwrap();
    assert_eq!((kind.as_str(), &first["state"]), ("state", &"waiting".into()));
    let phone = scene.phone();
    let request = phone.fetched(&session).await;
    assert_eq!(watched.next().await.unwrap().1["state"], "fetched");
    let shown = phone.present(&request, &scene.world.issue(Format::Mdoc), &["age_over_19"]);
    phone.send(&Phone::answer(&request, vec![("resident_mdoc", shown)])).await;
    let last = watched.next().await.unwrap().1;
    assert_eq!((&last["state"], &last["result"]["verdict"]), (&"done".into(), &"held".into()), "{last}");
    assert!(watched.next().await.is_none());
}

on_both!(a_session_is_watched_to_its_result);

/// What another replica did is seen by looking.
#[tokio::test]
async fn a_session_that_another_replica_ends_is_seen() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let (other, session) = (scene.replica().await, scene.begun(&of_age()).await);
    let mut watched = Watched::new(&scene, &session).await;
    assert_eq!(watched.next().await.unwrap().1["state"], "waiting");
    let phone = scene.phone().reaching(other.url());
    assert_eq!(phone.show(&session, Format::SdJwt, &["age_over_19"]).await.status, 200);
    let mut last = watched.next().await.unwrap().1;
    while last["state"] != "done" {
        last = watched.next().await.unwrap().1;
    }
    assert_eq!(last["result"]["verdict"], "held");
}

#[tokio::test]
async fn a_session_that_is_deleted_is_told() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let session = scene.begun(&of_age()).await;
    let mut watched = Watched::new(&scene, &session).await;
    watched.next().await.unwrap();
    let path = format!("/sessions/{}", text(&session, "id"));
    scene.ask("DELETE", &path, KEY, String::new()).await;
    let (kind, told) = watched.next().await.unwrap();
    assert_eq!((kind.as_str(), &told["code"]), ("problem", &"session_unknown".into()));
    assert!(watched.next().await.is_none());
}
