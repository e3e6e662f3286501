//! Results pushed: signed, until they are taken, and so that one that comes twice is known.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use mapae_crypto::hmac_sha256;
use mapae_http::{Limits, Listening, Running, stopping};
use mapae_jose::base64url;
use mapae_types::Duration;
use mapae_verifier::WebhookSecret;
use serde_json::{Value, json};
use testkit::Format;

use crate::{
    places::{Place, Sqlite, on_both},
    scene::{Scene, Setting, WEBHOOK_SECRET, of_age, text},
};

/// One message as it came.
#[derive(Clone)]
pub(crate) struct Came {
    pub(crate) id: String,
    timestamp: String,
    signature: String,
    pub(crate) body: String,
}

#[derive(Default)]
pub(crate) struct Inbox {
    pub(crate) all: Mutex<Vec<Came>>,
    /// How many it refuses first.
    refusals: AtomicUsize,
}

/// A relying party that listens.
pub(crate) struct Receiver {
    pub(crate) inbox: Arc<Inbox>,
    running: Running,
}

async fn take(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    inbox.all.lock().unwrap().push(Came {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let refuse = inbox.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if refuse.is_ok() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}

impl Receiver {
    pub(crate) async fn new(refusals: usize) -> Self {
        let inbox = Arc::new(Inbox { refusals: refusals.into(), ..Inbox::default() });
        let routes = Router::new().route("/hook", post(take)).with_state(Arc::clone(&inbox));
        let listening = Listening::on("127.0.0.1:0".parse().unwrap()).await.unwrap();
        Self { inbox, running: listening.serve(routes, Limits::default(), stopping().0) }
    }

    pub(crate) fn setting(&self) -> Setting {
        let url = self.running.url();
        let sections = format!("[webhook]\nurl = \"{url}/hook\"\nsecret_file = \"unused\"\n");
        Setting { sections, ..Setting::default() }
    }

    /// So many messages, once they came.
    pub(crate) async fn came(&self, count: usize) -> Vec<Came> {
        for _ in 0..2_400 {
            let all = self.inbox.all.lock().unwrap().clone();
            if all.len() >= count {
                return all;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("{} of {count} came", self.inbox.all.lock().unwrap().len());
    }
}

impl Receiver {
    /// The same, a second for each moment.
    pub(crate) async fn came_while_time_passes<P: Place>(&self, scene: &Scene<P>, count: usize) -> Vec<Came> {
        for _ in 0..2_400 {
            if self.inbox.all.lock().unwrap().len() >= count {
                break;
            }
            scene.wait(Duration::seconds(1));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        self.came(count).await
    }
}

async fn a_result_is_pushed<P: Place>() {
    let receiver = Receiver::new(0).await;
    let Some(scene) = Scene::<P>::with(receiver.setting()).await else { return };
    let wish = json!({ "use": "age_over_19", "flow": "cross_device", "reference": "till 4" });
    let session = scene.begun(&wish).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    let came = receiver.came(1).await.remove(0);
    let body: Value = serde_json::from_str(&came.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["id"]), (&"session.done".into(), &session["id"]));
    assert_eq!(body["data"]["reference"], "till 4");
    assert_eq!(body["data"]["result"]["credentials"][0]["claims"], json!({ "age_over_19": true }));
    let key = base64url::decode_standard(WEBHOOK_SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.{}.{}", came.id, came.timestamp, came.body);
    let signature = base64url::encode_standard(hmac_sha256(&key, &[signed.as_bytes()]));
    assert_eq!(came.signature, format!("v1,{signature}"));
}

async fn a_webhook_is_tried_until_it_is_taken<P: Place>() {
    let receiver = Receiver::new(2).await;
    let Some(scene) = Scene::<P>::with(receiver.setting()).await else { return };
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    let came = receiver.came_while_time_passes(&scene, 3).await;
    assert!(came.iter().all(|one| one.id == came[0].id && one.body == came[0].body), "known by its id");
    assert!(came[0].timestamp < came[2].timestamp && came[0].signature != came[2].signature);
    // Taken, it does not come again.
    scene.wait(Duration::seconds(3000));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(receiver.inbox.all.lock().unwrap().len(), 3);
}

on_both!(a_result_is_pushed a_webhook_is_tried_until_it_is_taken);

#[tokio::test]
async fn a_webhook_is_not_tried_beyond_the_results_time() {
    let receiver = Receiver::new(99).await;
    let scene = Scene::<Sqlite>::with(receiver.setting()).await.unwrap();
    let session = scene.begun(&of_age()).await;
    scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    receiver.came(1).await;
    scene.wait(Duration::seconds(3600));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(receiver.inbox.all.lock().unwrap().len(), 1);
}

/// On the same device the result is for the browser that comes back: whoever fixed a session on somebody is pushed nothing.
#[tokio::test]
async fn nothing_is_pushed_past_the_response_code() {
    let receiver = Receiver::new(0).await;
    let scene = Scene::<Sqlite>::with(receiver.setting()).await.unwrap();
    let wish = json!({ "use": "age_over_19", "flow": "same_device", "redirect_uri": "https://shop.example/back" });
    let session = scene.begun(&wish).await;
    let sent = scene.phone().show(&session, Format::SdJwt, &["age_over_19"]).await;
    let came = receiver.came(1).await.remove(0);
    let body: Value = serde_json::from_str(&came.body).unwrap();
    assert_eq!(body["data"]["result_needs"], "response_code");
    assert!(body["data"].get("result").is_none());
    let code = text(&sent.body, "redirect_uri").split("response_code=").nth(1).unwrap();
    assert!(!came.body.contains(code));
}

#[test]
fn a_secret_is_as_standard_webhooks_has_it() {
    let of = |bytes: usize| format!("whsec_{}", base64url::encode_standard(vec![7; bytes]));
    assert!(WebhookSecret::parse(&of(24)).is_ok() && WebhookSecret::parse(&format!("{}\n", of(64))).is_ok());
    for wrong in [of(23), of(65), of(32).replace("whsec_", ""), "whsec_%".to_owned()] {
        assert!(WebhookSecret::parse(&wrong).is_err(), "{wrong}");
    }
}
