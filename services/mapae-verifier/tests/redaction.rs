//! Nothing secret and nothing personal reaches a log or a refusal, nor what is stored in the clear; and after delivery
//! nothing is left (design D18).

use mapae_types::Duration;
use mapae_verifier::store::SessionStore as _;
use serde_json::{Value, json};
use testkit::{BOTH, ear};

use crate::{
    phone::Phone,
    places::{Place, on_both},
    scene::{KEY, Scene, WEBHOOK_SECRET, text},
    webhooks::Receiver,
};

const SHOWN: [&str; 5] = ["family_name_hangul", "given_name_hangul", "family_name", "given_name", "birth_date"];

/// What must not be said: the text, and its bytes as a database shows them.
pub(crate) struct Secrets(pub(crate) Vec<(String, String)>);

impl Secrets {
    pub(crate) fn add(&mut self, what: &str, text: &str) {
        assert!(!text.is_empty(), "{what}");
        self.0.push((what.to_owned(), text.to_owned()));
        self.0.push((what.to_owned(), mapae_types::hex::encode(text.as_bytes())));
    }

    /// Short words and digits may be parts of others by chance.
    pub(crate) fn found_in(&self, text: &str) -> Vec<&str> {
        self.those(|secret| stands_in(text, secret))
    }

    /// Where much is sealed, three bytes stand somewhere by chance, a name's as well: short ones are looked for as JSON has them.
    pub(crate) fn found_in_store(&self, bytes: &[u8]) -> Vec<&str> {
        const SHORT: usize = 8;
        let text = String::from_utf8_lossy(bytes);
        self.those(|secret| match secret.len() {
            ..SHORT => text.contains(&format!("\"{secret}\"")),
            _ => stands_in(&text, secret),
        })
    }

    fn those(&self, said: impl Fn(&str) -> bool) -> Vec<&str> {
        self.0.iter().filter(|(_, secret)| said(secret)).map(|(what, _)| what.as_str()).collect()
    }
}

fn stands_in(text: &str, secret: &str) -> bool {
    text.match_indices(secret).any(|(at, _)| {
        let around = [text[..at].chars().next_back(), text[at + secret.len()..].chars().next()];
        secret.chars().count() > 12 || around.into_iter().flatten().all(|one| !one.is_ascii_alphanumeric())
    })
}

async fn peer_hole_11_nothing_is_said_and_nothing_is_left<P: Place>() {
    let receiver = Receiver::new(1).await;
    let Some(scene) = Scene::<P>::with(receiver.setting()).await else { return };
    ear::listen();
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
            assert_eq!(secrets.found_in_store(&scene.place.bytes()), [""; 0], "in the store before delivery");
            let told = poll(&scene, &session, &code).await;
            assert!(told["result"]["verdict"].is_string(), "{told}");
        }
    }
    receiver.came(4).await;
    ear::stop();
    let said = ear::heard();
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

on_both!(peer_hole_11_nothing_is_said_and_nothing_is_left);
