//! Nothing secret and nothing personal reaches a log or a refusal, nor what is stored in the clear; and after delivery
//! nothing is left (design D18).

use std::{
    io,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use mapae_crypto::{
    aead::{AeadAlgorithm, AeadKey},
    hmac_sha256, sha256_of,
};
use mapae_types::{Duration, Entropy as _};
use mapae_verifier::store::{Answered, SessionStore as _};
use serde_json::{Value, json};
use testkit::{BOTH, Seeded};
use tracing_subscriber::{filter::dynamic_filter_fn, fmt::MakeWriter, layer::SubscriberExt as _};

use crate::{
    phone::Phone,
    places::{Place, on_both},
    scene::{KEY, Scene, WEBHOOK_SECRET, text},
    webhooks::Receiver,
};

/// Whether anybody listens: the subscriber is the whole process's, for work on other threads counts as well.
static LISTENING: AtomicBool = AtomicBool::new(false);
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

const SHOWN: [&str; 5] = ["family_name_hangul", "given_name_hangul", "family_name", "given_name", "birth_date"];

struct Paper;

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        use tracing_subscriber::{Layer as _, fmt::format::FmtSpan};
        let lines =
            tracing_subscriber::fmt::layer().with_ansi(false).with_span_events(FmtSpan::FULL).with_writer(Paper);
        let lines = lines.with_filter(dynamic_filter_fn(|_, _| LISTENING.load(Ordering::Relaxed)));
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines)).unwrap();
    });
    LISTENING.store(true, Ordering::Relaxed);
}

/// Does what a replica does until it dies after taking an answer, as who has the service's secret can.
pub(crate) async fn take_and_die<P: Place>(scene: &Scene<P>, handle: &str, body: &[u8]) {
    let response = sha256_of(&[b"mapae verifier handle\0", handle.as_bytes()]);
    let secret: [u8; 32] = Seeded::new(7).array().unwrap();
    let key = hmac_sha256(&secret, &[b"answer".as_slice(), &[0], &response]);
    let key = AeadKey::new(AeadAlgorithm::A256Gcm, &key).unwrap();
    let sealed = [&[3; 12][..], &key.seal(&[3; 12], &[], body).unwrap()].concat();
    let (store, now) = (scene.place.store().await, scene.now());
    let taken = store.answer(response, &sealed, now, now + Duration::seconds(30)).await.unwrap();
    assert!(matches!(taken, Answered::Done(_)));
}

/// What must not be said: the text, and its bytes as a database shows them.
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, what: &str, text: &str) {
        assert!(!text.is_empty(), "{what}");
        self.0.push((what.to_owned(), text.to_owned()));
        self.0.push((what.to_owned(), mapae_types::hex::encode(text.as_bytes())));
    }

    /// Short words and digits may be parts of others by chance.
    fn found_in(&self, text: &str) -> Vec<&str> {
        let says = |secret: &str| {
            text.match_indices(secret).any(|(at, _)| {
                let around = [text[..at].chars().next_back(), text[at + secret.len()..].chars().next()];
                secret.chars().count() > 12 || around.into_iter().flatten().all(|one| !one.is_ascii_alphanumeric())
            })
        };
        self.0.iter().filter(|(_, secret)| says(secret)).map(|(what, _)| what.as_str()).collect()
    }
}

async fn nothing_is_said_and_nothing_is_left<P: Place>() {
    let receiver = Receiver::new(1).await;
    let Some(scene) = Scene::<P>::with(receiver.setting()).await else { return };
    listen();
    let mut secrets = Secrets(Vec::new());
    let facts = testkit::facts("resident", 0).sd_jwt_claims();
    for claim in ["family_name", "given_name", "family_name#ko", "given_name#ko", "birthdate"] {
        secrets.add(claim, facts[claim].as_str().unwrap_or_else(|| panic!("no {claim} in {:?}", facts.keys())));
    }
    for (what, secret) in
        [("key", KEY), ("webhook secret", &WEBHOOK_SECRET[6..]), ("reference", "the tall one by the door")]
    {
        secrets.add(what, secret);
    }
    let mut refusals = String::new();
    for format in BOTH {
        let query = testkit::Request::query(format, testkit::document("resident"), &SHOWN).to_json();
        let wish = json!({ "dcql_query": query, "flow": "same_device", "redirect_uri": "https://shop.example/back",
            "reference": "the tall one by the door" });
        for (ids, expected) in [(&SHOWN[..], 200), (&SHOWN[..2], 200)] {
            let session = scene.begun(&wish).await;
            secrets.add(
                "request handle",
                text(&session, "link").split("requests%2F").nth(1).unwrap().split('&').next().unwrap(),
            );
            let (phone, copy) = (scene.phone(), scene.world.issue(format));
            let request = phone.fetched(&session).await;
            secrets.add("nonce", request.nonce());
            secrets.add("response handle", request.response_uri().rsplit('/').next().unwrap());
            let shown = phone.present(&request, &copy, ids);
            let answer = Phone::answer(&request, vec![("asked", shown)]);
            let sent = phone.send(&answer).await;
            assert_eq!(sent.status, expected, "{}", sent.text);
            refusals.push_str(&phone.send(&answer).await.text);
            let code = text(&sent.body, "redirect_uri").split("response_code=").nth(1).unwrap().to_owned();
            secrets.add("response code", &code);
            refusals.push_str(&poll(&scene, &session, "guessed").await.to_string());
            let stored = String::from_utf8_lossy(&scene.place.bytes()).into_owned();
            assert_eq!(secrets.found_in(&stored), [""; 0], "in the store before delivery");
            let told = poll(&scene, &session, &code).await;
            assert!(told["result"]["verdict"].is_string(), "{told}");
        }
    }
    receiver.came(4).await;
    LISTENING.store(false, Ordering::Relaxed);
    let said = String::from_utf8_lossy(&LINES.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert!(said.contains("/responses/{handle}"), "nobody listened");
    assert_eq!(secrets.found_in(&said), [""; 0], "in the log");
    assert_eq!(secrets.found_in(&refusals), [""; 0], "in a refusal");
    assert_eq!(secrets.found_in(&scene.said.lock().unwrap()), [""; 0], "to the operator");
    after_delivery(&scene).await;
}

async fn poll<P: Place>(scene: &Scene<P>, session: &Value, code: &str) -> Value {
    let path = format!("/sessions/{}?response_code={code}", text(session, "id"));
    scene.ask("GET", &path, KEY, String::new()).await.body
}

/// A while after delivery there is no row.
async fn after_delivery<P: Place>(scene: &Scene<P>) {
    for _ in 0..3 {
        scene.wait(Duration::seconds(61));
        tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    }
    scene.wait(Duration::seconds(3600));
    let swept = scene.place.store().await.sweep(scene.now()).await.unwrap();
    let again = scene.place.store().await.sweep(scene.now()).await.unwrap();
    assert_eq!((again.deleted, again.given_up, again.expired), (0, 0, 0), "{swept:?}");
}

on_both!(nothing_is_said_and_nothing_is_left);
