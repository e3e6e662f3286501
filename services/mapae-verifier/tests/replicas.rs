//! Two replicas on one PostgreSQL: hundreds of sessions at once, each answered twice, taken once; and sessions that go from
//! one to the other.

use std::{collections::HashMap, rc::Rc};

use serde_json::Value;
use testkit::Format;
use tokio::task::{JoinSet, LocalSet};

use crate::{
    phone::Phone,
    places::{Place, Postgres, on_both},
    scene::{KEY, Scene, ask, of_age, text},
    webhooks::{Came, Receiver},
};

const SESSIONS: usize = 300;

async fn one_session(scene: Rc<Scene<Postgres>>, urls: [String; 2], number: usize) -> String {
    let session = scene.begun(&of_age()).await;
    let phone = scene.phone().reaching(urls[number % 2].clone());
    let request = phone.fetched(&session).await;
    let format = if number.is_multiple_of(3) { Format::Mdoc } else { Format::SdJwt };
    let shown = phone.present(&request, &scene.world.issue(format), &["age_over_19"]);
    let answer = Phone::answer(&request, vec![(Phone::query(format), shown)]);
    let other = scene.phone().reaching(urls[(number + 1) % 2].clone());
    let (first, second) = tokio::join!(phone.send(&answer), other.send(&answer));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", first.text, second.text);
    text(&session, "id").to_owned()
}

/// Each is consumed once, on whichever replica; each result is told, in webhooks of one id each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sessions_on_two_replicas_are_each_consumed_once() {
    let receiver = Receiver::new(20).await;
    let Some(scene) = Scene::<Postgres>::with(receiver.setting()).await else { return };
    let replica = scene.replica().await;
    let urls = [scene.running.url(), replica.url()];
    let scene = Rc::new(scene);
    let ids = LocalSet::new().run_until(many(&scene, &urls)).await;
    for id in &ids {
        let polled = ask(&replica, "GET", &format!("/sessions/{id}"), KEY, String::new()).await;
        assert_eq!(polled.body["result"]["verdict"], "held", "{}", polled.text);
    }
    // Each is sent at once; what was refused comes again in time.
    receiver.came(ids.len()).await;
    let came = receiver.came_while_time_passes(&scene, ids.len() + 20).await;
    told_once_each(came, &ids);
}

/// So many at a time as wallets there are.
async fn many(scene: &Rc<Scene<Postgres>>, urls: &[String; 2]) -> Vec<String> {
    let (mut running, mut ids) = (JoinSet::new(), Vec::new());
    for number in 0..SESSIONS {
        if running.len() >= 32 {
            ids.push(running.join_next().await.unwrap().unwrap());
        }
        running.spawn_local(one_session(Rc::clone(scene), urls.clone(), number));
    }
    while let Some(id) = running.join_next().await {
        ids.push(id.unwrap());
    }
    ids
}

fn told_once_each(came: Vec<Came>, ids: &[String]) {
    let mut sessions: HashMap<String, String> = HashMap::new();
    for one in came {
        let body: Value = serde_json::from_str(&one.body).unwrap();
        let session = sessions.entry(one.id).or_insert_with(|| text(&body["data"], "id").to_owned());
        assert_eq!(session, text(&body["data"], "id"));
    }
    let mut told: Vec<String> = sessions.into_values().collect();
    let mut begun = ids.to_vec();
    told.sort();
    begun.sort();
    assert_eq!(told, begun, "one message of each session, however often it came");
}

/// Which of the two gives the request out, and which takes the answer.
async fn a_replica_goes_on_where_another_began<P: Place>() {
    let Some(scene) = Scene::<P>::new().await else { return };
    let other = scene.replica().await;
    let (here, there) = (scene.running.url(), other.url());
    for (gives, takes) in [(&here, &there), (&there, &here), (&there, &there)] {
        let (session, asks) = (scene.begun(&of_age()).await, scene.phone().reaching(gives.clone()));
        let request = asks.fetched(&session).await;
        let shown = asks.present(&request, &scene.world.issue(Format::SdJwt), &["age_over_19"]);
        let answer = Phone::answer(&request, vec![("resident_sd_jwt", shown)]);
        let taken = scene.phone().reaching(takes.clone()).send(&answer).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        // Of which the first does not know.
        assert_eq!(scene.phone().reaching(gives.clone()).send(&answer).await.status, 409);
        assert_eq!(scene.poll(&session).await.body["result"]["verdict"], "held");
    }
}

on_both!(a_replica_goes_on_where_another_began);
